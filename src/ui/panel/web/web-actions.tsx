/** The buttons of a web session. Their words are those of every session; the tooltips give the systems' own. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { WebOperation, WebSessionView } from "../../../web/web-model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { useStore } from "../../store/context.ts";
import { isInPage } from "../../store/web.ts";
import { isOver, touchWords } from "../../words/web.ts";
import { webSessionJson } from "./copy-json.ts";
import type { WebQuestion } from "./web-questions.tsx";

export interface WebActionsProps {
  session: WebSessionView;
  action: Action;
  question: Signal<WebQuestion | undefined>;
}

/** A button's state for an operation that the session knows; undefined: it has no such thing. */
function stateOf({ operations }: WebSessionView, operation: WebOperation) {
  const can = operations[operation];
  if (can === undefined) return undefined;
  return { disabled: can !== true, why: can === true ? undefined : can };
}

export function WebActions({ session, action, question }: WebActionsProps): JSX.Element {
  const store = useStore();
  const { key, kind } = session;
  const inPage = isInPage(store.web, session);
  const touch = stateOf(session, "touch");
  const end = stateOf(session, "end");
  const remove = stateOf(session, "remove");
  const saved = session.holder === "extension";
  /** What would sign the page out, or can't be taken back, is asked about first. */
  const asksToRemove = inPage || (saved && !isOver(session.status));

  const items: MenuItem[] = [
    {
      text: "Copy as JSON",
      title: "All that is shown here; no token's value",
      onSelect: () => action.run(() => store.copy(webSessionJson(session), "Session as JSON")),
    },
  ];
  if (remove) {
    items.push({
      text: asksToRemove ? "Remove…" : "Remove",
      title:
        remove.why ?? (saved || isOver(session.status) ? "Out of the list" : "Out of the page"),
      disabled: remove.disabled,
      parted: true,
      danger: true,
      onSelect: () => {
        if (asksToRemove) question.value = "remove";
        else return action.run(() => store.call("web.remove", { key }));
      },
    });
  }

  return (
    <div class="sy-head-actions">
      <RunTabAsWeb session={session} action={action} />
      <Save session={session} action={action} />
      {touch && (
        <Button
          title={touch.why ?? touchWords(kind)}
          disabled={touch.disabled}
          onClick={() => action.run(() => store.call("web.touch", { key }))}
        >
          Touch
        </Button>
      )}
      {end && !isOver(session.status) && (
        <Button
          title={end.why ?? "end(): signs it out at the server"}
          disabled={end.disabled}
          onClick={() => {
            if (!inPage) return action.run(() => store.call("web.end", { key }));
            question.value = "end";
            return undefined;
          }}
        >
          Sign out
        </Button>
      )}
      <Menu label="More actions" items={items} busy={action.busy} />
    </div>
  );
}

interface PartProps {
  session: WebSessionView;
  action: Action;
}

/** Why it can't is said in words beneath, so that nobody has to find the tooltip. */
function RunTabAsWeb({ session, action }: PartProps): JSX.Element | null {
  const store = useStore();
  const state = stateOf(session, "switch");
  const on = isInPage(store.web, session);
  if (!state && !on) return null;
  return (
    <Button
      variant={on ? "plain" : "primary"}
      pressed={on}
      disabled={!on && state?.disabled}
      title={
        on
          ? "The page runs as this session"
          : (state?.why ?? "The page runs as this session from now on")
      }
      onClick={() => {
        // There is nothing to go back to: a page that isn't signed in as this is so as another.
        if (on) return store.announce(`The page runs as ${session.label} already.`);
        // What came of it is said by a bar, to those who listen too.
        return action.run(() => store.call("web.switch", { key: session.key }));
      }}
    >
      {on ? "Run tab as ✓" : "Run tab as"}
    </Button>
  );
}

/** Keeps a page's session under My sessions, or leads to where it is kept. */
function Save({ session, action }: PartProps): JSX.Element | null {
  const store = useStore();
  const { key, holder, savedAs } = session;
  const state = stateOf(session, "save");
  if (holder === "extension") return null;
  if (savedAs !== undefined) {
    return (
      <Button title="Go to the saved one" onClick={() => store.select(savedAs)}>
        Saved ✓
      </Button>
    );
  }
  if (!state) return null;
  return (
    <Button
      disabled={state.disabled}
      title={state.why ?? "Under My sessions: it can be switched to when the page has it no more"}
      onClick={() =>
        action.run(async () => {
          await store.call("web.save", { key });
          store.announce("Saved under My sessions");
        })
      }
    >
      Save
    </Button>
  );
}
