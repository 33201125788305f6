/**
 * The sessions that the worker told of: one signal per session and one for their order, so that a
 * change of one session repaints what shows that session, and nothing else. One such store has the
 * held sessions, others those of the page and its web sign-ins.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SessionBase, SessionKey, SessionView } from "../../session/model.ts";

export interface SessionsStore<V extends { key: SessionKey } = SessionView> {
  /** Keys in list order: as the snapshot had them, later ones behind. */
  readonly keys: ReadonlySignal<readonly SessionKey[]>;
  /** Every session, in list order. Reading it subscribes to each. */
  readonly all: ReadonlySignal<readonly V[]>;
  /** One session's view; undefined inside where it is unknown, or no more. */
  get(key: SessionKey): ReadonlySignal<V | undefined>;
  /** A snapshot: what it doesn't name is gone. */
  replaceAll(views: readonly V[]): void;
  /** A delta. */
  apply(changed: readonly V[], removed: readonly SessionKey[]): void;
}

/** Closed sessions leave the list of the living, but stay under "Closed". */
export function isClosed({ status }: Pick<SessionBase, "status">): boolean {
  return status === "removed" || status === "replaced";
}

export function createSessionsStore<
  V extends { key: SessionKey } = SessionView,
>(): SessionsStore<V> {
  const byKey = new Map<SessionKey, Signal<V | undefined>>();
  const keys = signal<readonly SessionKey[]>([]);

  function at(key: SessionKey): Signal<V | undefined> {
    let found = byKey.get(key);
    if (!found) {
      found = signal<V | undefined>(undefined);
      byKey.set(key, found);
    }
    return found;
  }

  /** Readers that still hold the signal see the session go; the map doesn't grow for ever. */
  function drop(key: SessionKey) {
    const found = byKey.get(key);
    if (found) found.value = undefined;
    byKey.delete(key);
  }

  const all = computed(() => {
    const views: V[] = [];
    for (const key of keys.value) {
      const view = byKey.get(key)?.value;
      if (view) views.push(view);
    }
    return views;
  });

  return {
    keys,
    all,
    get: at,
    replaceAll(views) {
      batch(() => {
        const next = new Set(views.map((view) => view.key));
        for (const key of [...byKey.keys()]) if (!next.has(key)) drop(key);
        for (const view of views) at(view.key).value = view;
        keys.value = [...next];
      });
    },
    apply(changed, removed) {
      batch(() => {
        const added = changed.filter((view) => byKey.get(view.key)?.peek() === undefined);
        for (const view of changed) at(view.key).value = view;
        for (const key of removed) drop(key);
        if (added.length === 0 && removed.length === 0) return;
        const gone = new Set(removed);
        keys.value = [...keys.peek(), ...added.map((view) => view.key)].filter(
          (key) => !gone.has(key),
        );
      });
    },
  };
}
