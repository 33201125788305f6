/** "Run tab as": the switch itself from the panel, and its button at a session. */
import type { JSX } from "preact";
import type { SessionKey, SessionView } from "../../../session/model.ts";
import { Button } from "../../components/button.tsx";
import { useStore } from "../../store/context.ts";
import type { RouteTarget, SwitchAnswer } from "../../store/routes.ts";
import type { PanelStore } from "../../store/store.ts";

/** Says what came of a switch, once it is done. */
async function announced(store: PanelStore, done: Promise<boolean>): Promise<void> {
  if (!(await done)) return;
  const route = store.routes.current.peek();
  const session = route && store.sessions.get(route.to).peek();
  const { state, identity } = session?.truth ?? {};
  const confirmed = state === "agrees" && identity ? ` Server confirms: ${identity}.` : "";
  store.announce(
    session
      ? `This tab runs as ${session.label}.${confirmed}`
      : "This tab runs as the page's own session.",
  );
}

export function runTabAs(store: PanelStore, to: SessionKey, target?: RouteTarget): Promise<void> {
  return announced(store, store.routes.set(to, target));
}

export function runTabAsItself(store: PanelStore, documentId?: string): Promise<void> {
  return announced(store, store.routes.clear(documentId));
}

export function answerSwitch(store: PanelStore, word: SwitchAnswer): Promise<void> {
  return announced(store, store.routes.answer(word));
}

/** The page runs as this web session: another of its own, or a saved one. */
export async function signPageInAs(store: PanelStore, to: SessionKey): Promise<void> {
  if (!(await store.web.switchTo(to))) return;
  store.announce(`The page runs as ${store.web.get(to)?.label ?? "the chosen session"}.`);
}

/** Why this view's tab can't run as one of the held sessions; undefined: it can. Subscribes. */
export function whyNotRun({ page }: Pick<PanelStore, "page">): string | undefined {
  switch (page.info.value?.status) {
    case "off":
      return "Switchyard is off on this site.";
    case "forbidden":
      return "The browser lets no extension into this page.";
    default:
      return undefined;
  }
}

/** Nothing in a view that belongs to no tab. */
export function RunTabAs({ session }: { session: SessionView }): JSX.Element | null {
  const store = useStore();
  if (!store.page.info.value) return null;
  const on = store.routes.runsAs(session.key) !== undefined;
  const why = whyNotRun(store);
  return (
    <Button
      variant={on ? "plain" : "primary"}
      pressed={on}
      disabled={why !== undefined}
      title={
        why ??
        (on
          ? "On: this tab's requests run as this session. Press for the page's own session."
          : "A route: the page's requests go to this session, until you choose otherwise")
      }
      onClick={() => {
        if (on) return runTabAsItself(store);
        // Somebody else, but for the same part of the page.
        const { scope } = store.routes.current.peek() ?? {};
        return runTabAs(store, session.key, scope && { scope });
      }}
    >
      {on ? "Run tab as ✓" : "Run tab as"}
    </Button>
  );
}
