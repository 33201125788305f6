/**
 * Whom the view Query runs as: the sessions that the person chose by name, in the order chosen.
 *
 * A page's session has another key after each reload; it is found again by its place, so that nothing
 * ever runs as whoever stands there by chance. With nobody chosen, the selected session stands in.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionKey } from "../../session/model.ts";
import { isPageSessionKey } from "../../session/page/page-model.ts";
import type { PageStore } from "./page.ts";
import { sessionAt } from "./selection.ts";

/** One session to run as, and in which of its transactions. */
export interface QueryTarget {
  key: SessionKey;
  txn?: string;
  /** Of a page's session: by it the session is found again after a reload, under another key. */
  place?: string;
}

/** As many sessions are compared at once: more columns than this nobody reads. */
export const MOST_TARGETS = 8;

export interface QueryTargets {
  /** Empty: the selected session. */
  readonly all: ReadonlySignal<readonly QueryTarget[]>;
  /** These and no others; a transaction only where there is one session. */
  choose(keys: readonly SessionKey[], txn?: string): void;
  close(): void;
}

export function createQueryTargets(page: PageStore): QueryTargets {
  const all = signal<readonly QueryTarget[]>([]);

  function target(key: SessionKey, txn: string | undefined): QueryTarget {
    const place = isPageSessionKey(key) ? page.sessions.get(key).peek()?.holder.place : undefined;
    return { key, ...(txn !== undefined && { txn }), ...(place !== undefined && { place }) };
  }

  const close = effect(() => {
    const views = page.sessions.all.value;
    let moved = false;
    const found = all.value.map((each) => {
      const { key, place } = each;
      if (place === undefined || views.some((view) => view.key === key)) return each;
      const again = sessionAt(views, place);
      if (!again) return each;
      moved = true;
      return { key: again.key, place };
    });
    if (moved) all.value = found;
  });

  return {
    all,
    choose(keys, txn) {
      const once = [...new Set(keys)].slice(0, MOST_TARGETS);
      all.value = once.map((key) => target(key, once.length === 1 ? txn : undefined));
    },
    close,
  };
}
