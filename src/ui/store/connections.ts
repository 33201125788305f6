/** The connections that the worker told of, in the order of their making. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ConnectionView } from "../../session/model.ts";

export interface ConnectionsStore {
  readonly all: ReadonlySignal<readonly ConnectionView[]>;
  /** Undefined where there is none of this id. Reading it subscribes. */
  get(id: string): ConnectionView | undefined;
  replaceAll(views: readonly ConnectionView[]): void;
  apply(changed: readonly ConnectionView[], removed: readonly string[]): void;
}

export function createConnectionsStore(): ConnectionsStore {
  const all = signal<readonly ConnectionView[]>([]);
  return {
    all,
    get: (id) => all.value.find((view) => view.id === id),
    replaceAll(views) {
      all.value = views;
    },
    apply(changed, removed) {
      const fresh = new Map(changed.map((view) => [view.id, view]));
      const kept = all.peek().map((view) => {
        const next = fresh.get(view.id) ?? view;
        fresh.delete(view.id);
        return next;
      });
      all.value = [...kept, ...fresh.values()].filter((view) => !removed.includes(view.id));
    },
  };
}
