/**
 * What is open of the history and the saved statements, and what choosing one of them does.
 *
 * It lives as long as the panel: a name that was recalled is still there when the text is saved again.
 */
import { batch, type Signal, signal } from "@preact/signals";
import type { AskedSession, Statement } from "../../../session/query/kept-statements.ts";
import { sessionAt } from "../../store/selection.ts";
import { isClosed } from "../../store/sessions.ts";
import type { PanelStore } from "../../store/store.ts";
import { listOf } from "../../store/tabs-of.ts";
import { takesArguments } from "../methods.ts";
import type { QueryState } from "../query-state.ts";

export type ShelfSide = "past" | "saved";

export interface Shelf {
  /** Which list is shown; undefined: closed. */
  readonly side: Signal<ShelfSide | undefined>;
  /** What is written is about to be saved: the field for its name is there. */
  readonly saving: Signal<boolean>;
  /** The name under which what is written was saved or recalled last; empty: none. */
  readonly name: Signal<string>;
}

const shelves = new WeakMap<PanelStore, Shelf>();

/** The one shelf of this panel. */
export function shelfOf(store: PanelStore): Shelf {
  let shelf = shelves.get(store);
  if (!shelf) {
    shelf = { side: signal(undefined), saving: signal(false), name: signal("") };
    shelves.set(store, shelf);
  }
  return shelf;
}

/** Opens the field for the name of what is written. */
export function beginSaving(shelf: Shelf): void {
  batch(() => {
    shelf.saving.value = true;
    shelf.side.value = "saved";
  });
}

export function closeShelf(shelf: Shelf): void {
  batch(() => {
    shelf.saving.value = false;
    shelf.side.value = undefined;
  });
}

/** What is written now, as it would be saved. Reading it subscribes. */
export function writtenIn(state: QueryState): Statement {
  const method = state.method.value;
  if (method === "query") {
    return { method, text: state.text.value, bindings: state.bindings.value };
  }
  return { method, text: takesArguments(method) ? state.args.value : "", bindings: "" };
}

/** True where there is nothing that could be saved. */
export function isBlank({ method, text }: Statement): boolean {
  return method === "query" && text.trim() === "";
}

/**
 * Chooses the sessions of a past run once more: a page's by its place, every other by its key, none by
 * its name. Whoever isn't there any more is named; where nobody is, the choice stays as it was.
 */
export function chooseAgain(store: PanelStore, asked: readonly AskedSession[]): void {
  const gone: string[] = [];
  const keys = asked.flatMap(({ key, place, label }) => {
    const views = store.page.sessions.all.peek();
    const session =
      place === undefined
        ? store.sessions.get(key).peek()
        : (views.find((view) => view.key === key) ?? sessionAt(views, place));
    if (session && !isClosed(session)) return [session.key];
    gone.push(`“${label}”`);
    return [];
  });
  if (keys.length > 0) store.queryTargets.choose(keys);
  if (gone.length === 0) return;
  const verb = gone.length === 1 ? "isn’t" : "aren’t";
  const rest = keys.length > 0 ? "The others are chosen." : "The choice stays as it was.";
  store.announce(`${listOf(gone)} ${verb} there any more. ${rest}`);
}
