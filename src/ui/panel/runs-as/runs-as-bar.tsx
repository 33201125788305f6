/**
 * The first row of the panel: whom the tab runs as, whether the server says so too, and the way back.
 *
 * It has the session's colour for as long as the page isn't itself, so that nobody debugs as somebody
 * else without seeing it; a Careful connection makes it red.
 */
import { endKey } from "../../components/end-key.ts";
import "../../components/badge.css";
import "./runs-as-bar.css";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { usePopup } from "../../components/popup.ts";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { Switcher } from "../../switcher/switcher.tsx";
import { placeWord } from "../../words/identity.ts";
import { OWN_SESSION, routeState, scopeWord, siteName } from "../../words/routes.ts";
import { runTabAs, runTabAsItself, signPageInAs, whyNotRun } from "./run-tab-as.tsx";

/** @param children what stands at the end of the row */
export function RunsAsBar({ children }: { children: ComponentChildren }): JSX.Element {
  const store = useStore();
  const { routes, sessions, connections } = store;
  const route = routes.current.value;
  const session = route && sessions.get(route.to).value;
  const careful = session && connections.get(session.connectionId)?.careful === true;
  const state = route && routeState(route, session, now.value);
  return (
    <section
      class={`sy-runs${route ? " sy-runs-other" : ""}${careful ? " sy-runs-careful" : ""}`}
      aria-label="Whom this tab runs as"
      data-runs-as={route?.to ?? "own"}
      style={session && { "--sy-as": session.colour }}
    >
      <span class="sy-runs-words">
        <span class="sy-runs-long">This tab runs as</span>
        <span class="sy-runs-short">Runs as</span>
      </span>
      <Picker />
      {state && (
        <span class={`sy-runs-state sy-tone-${state.tone}`} title={state.sentence}>
          {state.mark !== "✓" && <span aria-hidden="true">{state.mark}</span>}
          <span class="sy-runs-state-word">{state.word}</span>
          {state.mark === "✓" && <span aria-hidden="true">✓</span>}
        </span>
      )}
      {careful && <span class="sy-careful sy-runs-tag">Careful</span>}
      {route ? (
        <span class="sy-runs-back">
          <Button
            title="The page's requests go to its own session again"
            onClick={() => runTabAsItself(store)}
          >
            {OWN_SESSION}
          </Button>
        </span>
      ) : (
        <Resting />
      )}
      <span class="sy-runs-end">{children}</span>
    </section>
  );
}

/** A choice that belongs to another site than the tab shows, and the way to end it from here. */
function Resting(): JSX.Element | null {
  const store = useStore();
  const { routes, sessions } = store;
  const [route] = routes.resting.value;
  if (!route) return null;
  const name = sessions.get(route.to).value?.label ?? "Another session";
  return (
    <span class="sy-runs-rests">
      <span
        class="sy-dim sy-ellipsis"
        title={`On ${siteName(route.topOrigin)} the tab runs as ${name}, and does again when it is back there`}
      >
        {name} rests: this tab shows another site
      </span>
      <Button
        icon="close"
        label={`End it: ${siteName(route.topOrigin)} runs as itself again`}
        onClick={() => runTabAsItself(store)}
      />
    </span>
  );
}

/** The session, as a button that opens the list to pick another from. */
function Picker(): JSX.Element {
  const store = useStore();
  const { routes, sessions, picking } = store;
  const anchor = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const open = picking.value;
  const close = () => {
    picking.value = false;
  };
  usePopup({ anchor, popup, open, close, align: "fill" });
  // What isn't shown can't have the focus: only now it is.
  useLayoutEffect(() => {
    if (open) popup.current?.querySelector("input")?.focus();
  }, [open]);
  const leave = () => {
    close();
    anchor.current?.focus();
  };

  const route = routes.current.value;
  const session = route && sessions.get(route.to).value;
  const why = whyNotRun(store);
  const scope = route && scopeWord(route.scope);
  const place = session && [placeWord(session), scope].filter(Boolean).join(" · ");
  const name = route ? (session?.label ?? "A session that is gone") : OWN_SESSION;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="sy-button sy-runs-button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-busy={routes.busy.value || undefined}
        aria-label={`This tab runs as ${name}${place ? `, ${place}` : ""}. Choose`}
        title={why ?? "Choose whom this tab runs as ( R )"}
        disabled={why !== undefined}
        onClick={() => {
          picking.value = !open;
        }}
      >
        {session && <Badge label={session.label} colour={session.colour} />}
        <span class="sy-runs-name sy-ellipsis">{name}</span>
        {place && <span class="sy-runs-place sy-dim sy-ellipsis">· {place}</span>}
        <span aria-hidden="true">▾</span>
      </button>
      <div
        ref={popup}
        class="sy-popup sy-runs-picker"
        role="dialog"
        aria-label="Run this tab as"
        popover="manual"
        tabIndex={-1}
        onFocusOut={({ relatedTarget: to }) => {
          if (to instanceof Node && !popup.current?.contains(to) && to !== anchor.current) close();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.defaultPrevented) return;
          endKey(event);
          leave();
        }}
      >
        {open && (
          <Switcher
            parts={store}
            onPick={(to, target) => {
              leave();
              void runTabAs(store, to, target);
            }}
            onOwn={(documentId) => {
              leave();
              void runTabAsItself(store, documentId);
            }}
            onPickWeb={(to) => {
              leave();
              void signPageInAs(store, to);
            }}
            onLeave={leave}
            none={
              <>
                <p>You have no session of your own yet.</p>
                <Button
                  icon="add"
                  variant="primary"
                  onClick={() => {
                    close();
                    store.open({ kind: "new-session" });
                  }}
                >
                  New session
                </Button>
              </>
            }
          />
        )}
      </div>
    </>
  );
}
