/**
 * Which session the panel shows, so that it never opens on an empty half.
 *
 * What the person chose comes first, then what was looked at last time, then the default session of
 * the page, then the first held one. A page's session has another key after each reload: it is found
 * again by its place, and waited for where it isn't there yet.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionKey } from "../../session/model.ts";
import { isPageSessionKey, type PageSessionView } from "../../session/page/page-model.ts";
import type { PageStore } from "./page.ts";
import type { Preferences } from "./preferences.ts";
import { isClosed, type SessionsStore } from "./sessions.ts";

export interface Selection {
  /** Undefined while there is nothing to select. A page's session that is gone stays selected. */
  readonly key: ReadonlySignal<SessionKey | undefined>;
  select(key: SessionKey): void;
  /** The person works in what is shown: nothing that appears later takes its place. */
  settle(): void;
  close(): void;
}

/** Name of the preference that holds the last choice. */
const REMEMBERED = "selected";
/** Stands before a page session's place, where the choice of one is remembered. */
const PLACE = "place:";

export function createSelection(
  sessions: SessionsStore,
  page: PageStore,
  preferences: Preferences,
): Selection {
  const key = signal<SessionKey | undefined>(undefined);
  /** Where the selected session stands in its page; undefined: it is a held one. */
  let place: string | undefined;
  let settled = false;

  function take(next: SessionKey | undefined, pageSession?: PageSessionView) {
    place = pageSession?.holder.place;
    key.value = next;
  }

  /** What was looked at last time, if it is there. */
  function remembered(views: readonly PageSessionView[]): SessionKey | PageSessionView | undefined {
    const value = preferences.get(REMEMBERED, "").value;
    if (value.startsWith(PLACE)) return sessionAt(views, value.slice(PLACE.length));
    return sessions.keys.value.includes(value) ? value : undefined;
  }

  const stop = effect(() => {
    const keys = sessions.keys.value;
    const views = page.sessions.all.value;
    const last = remembered(views);
    const selected = key.value;
    const there =
      selected !== undefined &&
      (keys.includes(selected) || views.some((view) => view.key === selected));

    if (settled && there) return;
    if (!settled && last !== undefined) {
      if (typeof last === "string") take(last);
      else take(last.key, last);
      return;
    }
    if (place !== undefined) {
      if (there) return;
      const again = sessionAt(views, place);
      if (again) return take(again.key, again);
      const { status } = page.info.value ?? {};
      if (status === "watched" || status === "unknown") return;
    }
    const own = settled ? undefined : defaultSession(views);
    if (own) return take(own.key, own);
    if (there) return;
    take(sessions.all.peek().find((each) => !isClosed(each))?.key ?? keys[0] ?? views[0]?.key);
  });

  return {
    key,
    select(next) {
      settled = true;
      const view = isPageSessionKey(next) ? page.sessions.get(next).peek() : undefined;
      take(next, view);
      preferences.set(REMEMBERED, view ? PLACE + view.holder.place : next);
    },
    settle() {
      settled = true;
    },
    close: stop,
  };
}

/**
 * The session at a place of the page: a living one before one that is over, since a page may have
 * closed one and opened another there.
 */
export function sessionAt(
  views: readonly PageSessionView[],
  place: string,
): PageSessionView | undefined {
  const there = views.filter((view) => view.holder.place === place);
  return there.find((view) => !isClosed(view)) ?? there[0];
}

/** The default session of the page's first socket; one in the top frame before others. */
function defaultSession(views: readonly PageSessionView[]): PageSessionView | undefined {
  const living = views.filter((view) => view.id === undefined && !isClosed(view));
  return living.find((view) => view.holder.top) ?? living[0];
}
