/** Whom this tab runs as, and the list to pick another from, opened by a press or the key R. */
import "../components/badge.css";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { RouteView } from "../../session/relay/route-model.ts";
import { useAction } from "../components/action.ts";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { now } from "../store/clock.ts";
import { SwitchQuestion } from "../switcher/switch-question.tsx";
import { Switcher } from "../switcher/switcher.tsx";
import { placeWord } from "../words/identity.ts";
import { leftoverSentence, OWN_SESSION, routeState, scopeWord, siteName } from "../words/routes.ts";
import type { PopupParts } from "./popup.tsx";

export interface RunsAsCardProps {
  parts: PopupParts;
  /** What is looked for in the list, where it opens; undefined: it is closed. */
  picking: Signal<string | undefined>;
}

export function RunsAsCard({ parts, picking }: RunsAsCardProps): JSX.Element {
  const { routes, sessions, connections, web, host } = parts;
  const button = useRef<HTMLButtonElement>(null);
  const route = routes.current.value;
  const session = route && sessions.get(route.to).value;
  const careful = session && connections.get(session.connectionId)?.careful === true;
  const scope = route && scopeWord(route.scope);
  const place = session && [placeWord(session), scope].filter(Boolean).join(" · ");
  const open = picking.value !== undefined;
  const leave = () => {
    picking.value = undefined;
    button.current?.focus();
  };

  return (
    <section
      class={`sy-toolbar-runs${route ? " sy-toolbar-other" : ""}${
        careful ? " sy-toolbar-careful" : ""
      }`}
      aria-label="Whom this tab runs as"
      data-runs-as={route?.to ?? "own"}
      style={session && { "--sy-as": session.colour }}
    >
      <div class="sy-toolbar-runs-now">
        <div class="sy-toolbar-line">
          <h2>This tab runs as</h2>
          {careful && <span class="sy-careful">Careful</span>}
          {route && <StateMark state={routeState(route, session, now.value)} />}
        </div>
        <button
          ref={button}
          type="button"
          class="sy-button sy-toolbar-runs-button"
          title="Choose whom this tab runs as ( R )"
          aria-expanded={open}
          aria-busy={routes.busy.value || undefined}
          onClick={() => {
            picking.value = open ? undefined : "";
          }}
        >
          {session && <Badge label={session.label} colour={session.colour} />}
          <b class="sy-ellipsis">
            {route ? (session?.label ?? "A session that is gone") : OWN_SESSION}
          </b>
          {place && <span class="sy-dim sy-ellipsis">{place}</span>}
          <span class="sy-toolbar-runs-arrow" aria-hidden="true">
            ▾
          </span>
        </button>
        <SwitchQuestion routes={routes} onAnswer={(word) => routes.answer(word)} />
        {!open && <Matters route={route} parts={parts} />}
        {!route && !open && <Resting parts={parts} />}
      </div>
      {open && (
        <Switcher
          parts={parts}
          filter={picking.value}
          onPick={(to, target) => {
            leave();
            void routes.set(to, target);
          }}
          onOwn={(documentId) => {
            leave();
            void routes.clear(documentId);
          }}
          onPickWeb={(to) => {
            leave();
            void web.switchTo(to);
          }}
          onLeave={leave}
          none={
            <>
              <p>You have no session of your own yet. The panel makes them.</p>
              <Button icon="link" onClick={() => host.openOwnTab()}>
                Open the panel
              </Button>
            </>
          }
        />
      )}
    </section>
  );
}

/** What there is to know, in a sentence, and the ways on. All of it stands in the panel. */
interface MattersProps {
  route: RouteView | undefined;
  parts: PopupParts;
}

function Matters({ route, parts }: MattersProps): JSX.Element {
  const { routes, client } = parts;
  const { notices = [] } = route ?? {};
  const leftovers = [...(route?.leftovers ?? []), ...routes.leftovers.value];
  const reloading = useAction();
  const unserved = notices.find((notice) => notice.kind === "cannot-serve");
  const lost = notices.find((notice) => notice.kind === "choose-again");
  const reload =
    routes.outdated.value !== undefined ||
    leftovers.length > 0 ||
    notices.some(({ kind }) => kind === "reload-advised" || kind === "needs-reload");
  return (
    <>
      {unserved && <p class="sy-tone-bad">The page's requests fail: {unserved.reason}</p>}
      {lost && (
        <p class="sy-tone-bad">
          “{lost.label}” can't be told from other sessions after the reload: choose again.
        </p>
      )}
      {leftovers.length > 0 && <p class="sy-tone-warn">{leftoverSentence(leftovers)}</p>}
      <div class="sy-toolbar-actions">
        {route && <Button onClick={() => routes.clear()}>{OWN_SESSION}</Button>}
        {reload && (
          <Button
            icon="refresh"
            onClick={() => reloading.run(() => client.call("page.reload", {}))}
          >
            Reload page
          </Button>
        )}
      </div>
      <ErrorNote error={reloading.error} onDismiss={reloading.clear} />
    </>
  );
}

function Resting({ parts }: { parts: PopupParts }): JSX.Element | null {
  const [route] = parts.routes.resting.value;
  const session = route && parts.sessions.get(route.to).value;
  if (!route || !session) return null;
  return (
    <p class="sy-dim">
      {session.label} rests until the tab is back on {siteName(route.topOrigin)}.
    </p>
  );
}
