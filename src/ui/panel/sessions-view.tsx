/**
 * The view Sessions: list and page beside each other with a divider that can be moved, or one after
 * the other where the panel is narrow; where it is wide the history gets a column of its own.
 */
import "./sessions-view.css";
import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isPageSessionKey } from "../../session/page/page-model.ts";
import { isWebSessionKey } from "../../web/web-model.ts";
import { Button } from "../components/button.tsx";
import { useStore } from "../store/context.ts";
import { pageCondition } from "../store/page-condition.ts";
import type { Pane } from "../store/store.ts";
import { ConnectionPage } from "./connect/connection-page.tsx";
import { FirstConnection } from "./connect/first-connection.tsx";
import { History } from "./detail/history.tsx";
import { RecentRequests } from "./detail/recent-requests.tsx";
import { SessionPage } from "./detail/session-page.tsx";
import type { WidthClass } from "./layout.ts";
import { leaveByEscape } from "./leave-by-escape.ts";
import { SessionList } from "./list/session-list.tsx";
import { NewSessionPage } from "./new-session/new-session-page.tsx";
import { PageState } from "./page-states.tsx";
import { SettingsPage } from "./settings-page.tsx";
import { SignInAgainPage } from "./sign-in/sign-in-again-page.tsx";
import { WebSessionPage } from "./web/web-session-page.tsx";
import { WhoseSessions } from "./whose-sessions.tsx";

const LIST_MIN = 220;
const LIST_MAX = 640;
const LIST_DEFAULT = 300;
const STEP = 16;

export function SessionsView({ width }: { width: WidthClass }): JSX.Element {
  const store = useStore();
  const { front, pane, selectedKey } = store;
  const key = selectedKey.value;
  useFocusOnPage(pane.value.kind, width === "narrow" ? front.value : undefined);
  /** The first form is being filled in: what the page opens meanwhile doesn't take it away. */
  const connecting = useSignal(false);
  if (!store.loaded.value) return <Loading />;
  const nothing = store.connections.all.value.length === 0;
  if (nothing && pane.value.kind === "settings") return <PaneOf width={width} />;
  const seen = store.page.sessions.keys.value.length > 0 || store.web.any.value;
  if (nothing && (connecting.value || !seen)) {
    return <FirstConnection writing={connecting} />;
  }
  if (width === "narrow") {
    if (front.value === "list") {
      return (
        <div class="sy-columns">
          <SessionList />
        </div>
      );
    }
    return (
      <div class="sy-narrow">
        <PaneOf width={width} />
      </div>
    );
  }
  const listWidth = store.preferences.get("divider", LIST_DEFAULT).value;
  return (
    <div class="sy-columns">
      <div class="sy-column-list" style={{ width: `${listWidth}px` }}>
        <SessionList />
      </div>
      <Divider />
      <div class="sy-column-page">
        <PaneOf width={width} />
      </div>
      {width === "wide" && pane.value.kind === "session" && key !== undefined && (
        <aside class="sy-column-history" aria-label="What happened lately">
          {(isPageSessionKey(key) || store.routes.runsAs(key)) && (
            <RecentRequests sessionKey={key} />
          )}
          <section aria-label="History" data-section="history">
            <h2 class="sy-column-title">History</h2>
            <History key={key} sessionKey={key} />
          </section>
        </aside>
      )}
    </div>
  );
}

/**
 * Moves the focus with the person: into a form that was opened, and between list and page where only
 * one of them is shown. Nothing moves at the first painting.
 */
function useFocusOnPage(kind: Pane["kind"], front: "list" | "detail" | undefined): void {
  const first = useRef(true);
  useLayoutEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const view = document.querySelector(".sy-view");
    const shown = front === "list" ? ".sy-virtual" : kind === "session" ? undefined : PAGE_FIELDS;
    const wanted = shown === undefined ? null : view?.querySelector<HTMLElement>(shown);
    const back = front === "detail" ? view?.querySelector<HTMLElement>(".sy-page button") : null;
    (wanted ?? back)?.focus({ preventScroll: true });
  }, [kind, front]);
}

/** Only forms that were opened to be filled in: who looks at a connection doesn't want to type. */
const PAGE_FIELDS =
  ":is([data-page=new-session], [data-page=new-connection], [data-page=sign-in-again]) " +
  ".sy-page-body input:not([type=radio], [type=checkbox])";

function Loading(): JSX.Element {
  // The banner above says why, when it takes longer than a moment.
  return <div class="sy-columns" aria-busy="true" />;
}

function PaneOf({ width }: { width: WidthClass }): JSX.Element {
  const store = useStore();
  const pane = store.pane.value;
  const selected = store.selectedKey.value;
  const back =
    width === "narrow" || pane.kind !== "session" ? (
      <Button
        icon="back"
        variant="quiet"
        onClick={() => {
          if (width === "narrow") store.front.value = "list";
          if (pane.kind !== "session") store.leavePane();
        }}
      >
        Back
      </Button>
    ) : undefined;

  // Before the next key, which a quick hand presses before the page is painted.
  useLayoutEffect(() => {
    if (back === undefined) return;
    return leaveByEscape(() => {
      if (width === "narrow") store.front.value = "list";
      if (pane.kind !== "session") store.leavePane();
    });
  }, [back === undefined, pane.kind, width]);

  const Page = selected !== undefined && isWebSessionKey(selected) ? WebSessionPage : SessionPage;
  switch (pane.kind) {
    case "settings":
      return <SettingsPage back={back} />;
    case "new-session":
      return (
        <NewSessionPage
          key={pane.signIn ?? ""}
          back={back}
          connectionId={pane.connectionId}
          signIn={pane.signIn}
        />
      );
    case "sign-in-again":
      return <SignInAgainPage back={back} />;
    case "connection":
      return <ConnectionPage key={pane.id ?? "new"} back={back} id={pane.id} />;
    case "session":
      return selected === undefined ? (
        <NoSession />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: only heard of; what is pressed is in it
        <div class="sy-pane" onPointerDown={store.settle} onKeyDown={store.settle}>
          <Page key={selected} sessionKey={selected} back={back} wide={width === "wide"} />
        </div>
      );
  }
}

function NoSession(): JSX.Element {
  const store = useStore();
  const condition = pageCondition(store.page);
  return (
    <div class="sy-empty">
      {condition && <PageState condition={condition} />}
      <p>No session yet. Make one for each person or role that you test as.</p>
      <Button variant="primary" icon="add" onClick={() => store.open({ kind: "new-session" })}>
        New session
      </Button>
      <WhoseSessions />
    </div>
  );
}

function Divider(): JSX.Element {
  const { preferences } = useStore();
  const width = preferences.get("divider", LIST_DEFAULT).value;
  const set = (next: number) =>
    preferences.set("divider", Math.round(Math.min(LIST_MAX, Math.max(LIST_MIN, next))));

  function onPointerDown(event: TargetedPointerEvent<HTMLElement>) {
    const handle = event.currentTarget;
    const start = event.clientX - width;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(moved.clientX - start);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", move);
    });
  }

  return (
    <hr
      class="sy-divider"
      aria-orientation="vertical"
      aria-label="Width of the list"
      aria-valuenow={width}
      aria-valuemin={LIST_MIN}
      aria-valuemax={LIST_MAX}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onDblClick={() => set(LIST_DEFAULT)}
      onKeyDown={(event) => {
        const to: Record<string, number> = {
          ArrowLeft: width - STEP,
          ArrowRight: width + STEP,
          Home: LIST_MIN,
          End: LIST_MAX,
        };
        const next = to[event.key];
        if (next === undefined) return;
        set(next);
        event.preventDefault();
      }}
    />
  );
}
