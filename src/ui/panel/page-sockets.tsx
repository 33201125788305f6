/** The page's sockets in one mark, at the top of every view, and all about them when it is pressed. */
import "./page-sockets.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PageSocketView } from "../../session/page/page-model.ts";
import { usePopup } from "../components/popup.ts";
import { StateMark } from "../components/state-mark.tsx";
import { Ago } from "../components/times.tsx";
import { useStore } from "../store/context.ts";
import { pageCondition } from "../store/page-condition.ts";
import { byteSize, plural } from "../values/sizes.ts";
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
          event.stopPropagation();
          event.preventDefault();
          close();
          anchor.current?.focus();
        }}
      >
        {open.value && (
          <>
            {condition && <PageState condition={condition} />}
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
  return (
    <li class="sy-sockets-one" data-socket={socket.key}>
      <div class="sy-sockets-head">
        <span class="sy-mono sy-sockets-url">{socket.url}</span>
        <StateMark state={socketState(socket)} />
      </div>
      <dl class="sy-facts">
        <dt>Frame</dt>
        <dd>
          <span>{!frame || frame.top ? "the page itself" : frameName(frame)}</span>
        </dd>
        <dt>Format</dt>
        <dd>
          <span>{socket.format}</span>
        </dd>
        <dt>{closedAt === undefined ? "Opened" : "Closed"}</dt>
        <dd>
          <span>
            {closedAt !== undefined ? (
              <Ago at={closedAt} />
            ) : openedAt === undefined ? (
              "not yet"
            ) : (
              <Ago at={openedAt} />
            )}
            {closedAt !== undefined && ` · ${socketState(socket).sentence}`}
          </span>
        </dd>
        {reconnects > 0 && (
          <>
            <dt>Reconnected</dt>
            <dd>
              <span>
                {reconnects === 1 ? "once" : `${reconnects} times`}
                {reconnectedAt !== undefined && (
                  <>
                    , last <Ago at={reconnectedAt} />
                  </>
                )}
              </span>
            </dd>
          </>
        )}
        <dt>Sent</dt>
        <dd>
          <span>
            {plural(socket.framesSent, "frame")} · {byteSize(socket.bytesSent)}
          </span>
        </dd>
        <dt>Received</dt>
        <dd>
          <span>
            {plural(socket.framesReceived, "frame")} · {byteSize(socket.bytesReceived)}
          </span>
        </dd>
        {strayFrames > 0 && (
          <>
            <dt>Not RPC</dt>
            <dd>
              <span>
                {plural(strayFrames, "frame")}
                {socket.lastStray !== undefined && `, last: ${socket.lastStray}`}
              </span>
            </dd>
          </>
        )}
      </dl>
      {[socket.unreadable, socket.cannotAct].map(
        (sentence) =>
          sentence !== undefined && (
            <p key={sentence} class="sy-sockets-warning">
              {sentence}
            </p>
          ),
      )}
    </li>
  );
}
