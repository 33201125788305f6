/**
 * Which session the panel shows, so that it never opens on an empty half.
 *
 * What the person chose comes first, then what was looked at last time, then the default session of
 * the page or as whom the page is signed in, then the first held one. A page's session has another key
 * after each reload: it is found again by its place, and waited for where it isn't there yet.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionKey } from "../../session/model.ts";
import { isPageSessionKey, type PageSessionView } from "../../session/page/page-model.ts";
import type { WebSessionView } from "../../web/web-model.ts";
import type { PageStore } from "./page.ts";
import type { Preferences } from "./preferences.ts";
import { isClosed, type SessionsStore } from "./sessions.ts";
import type { WebStore } from "./web.ts";

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
/** The same for a web session of a page. */
const WEB_PLACE = "web-place:";

export function createSelection(
  sessions: SessionsStore,
  page: PageStore,
  web: WebStore,
  preferences: Preferences,
): Selection {
  const key = signal<SessionKey | undefined>(undefined);
  /** Where the selected session stands in its page; undefined: its key never changes. */
  let place: string | undefined;
  let settled = false;

  function take(next: SessionKey | undefined) {
    place = next === undefined ? undefined : placeOf(next);
    key.value = next;
  }

  /** By what a session of the page is known over reloads and tabs; undefined for others. */
  function placeOf(session: SessionKey): string | undefined {
    if (isPageSessionKey(session)) {
      const view = page.sessions.get(session).peek();
      return view && PLACE + view.holder.place;
    }
    const view = web.ofPage.get(session).peek();
    return view && webPlace(view);
  }

  /** Which session stands at this place now. Subscribes. */
  function keyAt(where: string): SessionKey | undefined {
    return where.startsWith(PLACE)
      ? sessionAt(page.sessions.all.value, where.slice(PLACE.length))?.key
      : web.ofPage.all.value.find((view) => webPlace(view) === where)?.key;
  }

  /** What was looked at last time, if it is there. */
  function remembered(): SessionKey | undefined {
    const value = preferences.get(REMEMBERED, "").value;
    if (value.startsWith(PLACE) || value.startsWith(WEB_PLACE)) return keyAt(value);
    return [...sessions.keys.value, ...web.saved.keys.value].find((each) => each === value);
  }

  const stop = effect(() => {
    const keys = [...sessions.keys.value, ...web.saved.keys.value];
    const views = page.sessions.all.value;
    const ofPage = [...page.sessions.keys.value, ...web.ofPage.keys.value];
    const last = remembered();
    const selected = key.value;
    const there = selected !== undefined && (keys.includes(selected) || ofPage.includes(selected));

    if (settled && there) return;
    if (!settled && last !== undefined) return take(last);
    if (place !== undefined) {
      if (there) return;
      const again = keyAt(place);
      if (again) return take(again);
      const { status } = page.info.value ?? {};
      if (status === "watched" || status === "unknown") return;
    }
    const own = settled ? undefined : (defaultSession(views)?.key ?? currentWeb());
    if (own) return take(own);
    if (there) return;
    take(sessions.all.peek().find((each) => !isClosed(each))?.key ?? keys[0] ?? ofPage[0]);
  });

  /** As whom the page itself is signed in. Subscribes. */
  function currentWeb(): SessionKey | undefined {
    return web.ofPage.all.value.find(({ current }) => current)?.key;
  }

  return {
    key,
    select(next) {
      settled = true;
      take(next);
      preferences.set(REMEMBERED, place ?? next);
    },
    settle() {
      settled = true;
    },
    close: stop,
  };
}

/** Without the tab, so that another tab of the same page finds it too. */
function webPlace({ origin, kind, id }: WebSessionView): string {
  return `${WEB_PLACE}${origin} ${kind} ${id}`;
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
