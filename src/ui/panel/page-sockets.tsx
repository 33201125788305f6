/** The page's sockets in one mark, at the top of every view, and all about them when it is pressed. */
import { endKey } from "../components/end-key.ts";
import "./page-sockets.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PageSocketView } from "../../session/page/page-model.ts";
import { usePopup } from "../components/popup.ts";
import { StateMark } from "../components/state-mark.tsx";
import { Ago } from "../components/times.tsx";
import { useStore } from "../store/context.ts";
import { pageCondition, pageTroubles } from "../store/page-condition.ts";
import { byteSize, count, plural } from "../values/sizes.ts";
import { frameName, pageState, socketState } from "../words/page.ts";
import { PageState } from "./page-states.tsx";

/** Nothing in a view without a page. */
export function PageSockets(): JSX.Element | null {
  const { page } = useStore();
  const open = useSignal(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const close = () => {
    open.value = false;
  };
  usePopup({ anchor, popup, open: open.value, close, align: "end" });
  useLayoutEffect(() => {
    if (open.value) popup.current?.focus();
  }, [open.value]);

  if (!page.info.value) return null;
  const sockets = page.sockets.value;
  const condition = pageCondition(page);
  const state = pageState(sockets, condition);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="sy-summary sy-sockets-button"
        title={state.sentence}
        aria-label={`This page: ${state.word}`}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <StateMark state={state} />
      </button>
      <div
        ref={popup}
        class="sy-popup sy-sockets"
        role="dialog"
        aria-label="Sockets of this page"
        popover="manual"
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          endKey(event);
          close();
          anchor.current?.focus();
        }}
      >
        {open.value && (
          <>
            {(condition !== undefined || pageTroubles(page).length > 0) && (
              <PageState condition={condition} />
            )}
            {sockets.length > 0 && (
              <ul>
                {sockets.map((socket) => (
                  <Socket key={socket.key} socket={socket} />
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </>
  );
}

function Socket({ socket }: { socket: PageSocketView }): JSX.Element {
  const { page } = useStore();
  const frame = page.frame(socket.documentId);
  const { openedAt, closedAt, reconnects, reconnectedAt, strayFrames } = socket;
  const state = socketState(socket);
  const trouble = socket.unreadable ?? (closedAt === undefined ? socket.cannotAct : undefined);
  return (
    <li class="sy-sockets-one" data-socket={socket.key}>
      <div class="sy-sockets-head">
        <span class="sy-mono sy-sockets-url">{socket.url}</span>
        <StateMark state={state} />
      </div>
      <p class="sy-dim">
        {socket.format} · {!frame || frame.top ? "the page itself" : `frame ${frameName(frame)}`}
      </p>
      <p class="sy-dim">
        {closedAt !== undefined ? (
          <>
            {state.sentence.replace(/\.$/, "")}, <Ago at={closedAt} />
          </>
        ) : openedAt !== undefined ? (
          <>
            Opened <Ago at={openedAt} />
          </>
        ) : (
          state.sentence
        )}
        {reconnects > 0 && ` · reconnected ${reconnects === 1 ? "once" : `${reconnects} times`}`}
        {reconnectedAt !== undefined && closedAt === undefined && reconnectedAt !== openedAt && (
          <>
            , last <Ago at={reconnectedAt} />
          </>
        )}
      </p>
      <p class="sy-dim">
        {plural(socket.framesSent, "frame")} sent, {byteSize(socket.bytesSent)} ·{" "}
        {count(socket.framesReceived)} received, {byteSize(socket.bytesReceived)}
      </p>
      {strayFrames > 0 && (
        <p class="sy-sockets-warning">
          {plural(strayFrames, "frame")} {strayFrames === 1 ? "was" : "were"} not RPC
          {socket.lastStray === undefined ? "." : `, the last: ${socket.lastStray}`}
        </p>
      )}
      {trouble !== undefined && <p class="sy-sockets-warning">{trouble}</p>}
    </li>
  );
}
