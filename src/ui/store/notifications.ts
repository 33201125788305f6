/** The last notifications of one live query, while somebody looks at it. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Notification } from "../../messages/commands.ts";
import type { ViewClient } from "../../messages/view-client.ts";
import type { SessionKey } from "../../session/model.ts";

export interface Notifications {
  /** Oldest first; undefined until the worker answered. */
  readonly all: ReadonlySignal<readonly Notification[] | undefined>;
  readonly failure: ReadonlySignal<unknown>;
  load(): Promise<void>;
  close(): void;
}

const LIMIT = 200;

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * What the worker keeps, and what was heard while it answered. The answer is a state at one moment,
 * so only the run of heard ones that the answer already ends with is dropped.
 */
export function mergeNotifications(
  stored: readonly Notification[],
  heard: readonly Notification[],
): Notification[] {
  const same = (one: Notification | undefined, other: Notification | undefined) =>
    one !== undefined &&
    other !== undefined &&
    one.at === other.at &&
    one.action === other.action &&
    sameBytes(one.record, other.record) &&
    sameBytes(one.value, other.value);
  let overlap = Math.min(stored.length, heard.length);
  while (overlap > 0 && !stored.slice(-overlap).every((line, index) => same(line, heard[index]))) {
    overlap--;
  }
  return [...stored, ...heard.slice(overlap)].slice(-LIMIT);
}

export function openNotifications(client: ViewClient, key: SessionKey, id: string): Notifications {
  const all = signal<readonly Notification[] | undefined>(undefined);
  const failure = signal<unknown>(undefined);
  let heard: Notification[] = [];
  let closed = false;

  async function load() {
    failure.value = undefined;
    heard = [];
    try {
      const answer = await client.call("session.notifications", { key, id });
      if (!closed) all.value = mergeNotifications(answer.notifications, heard);
    } catch (error) {
      if (!closed) failure.value = error;
    }
  }

  const stop = client.onEvent((message) => {
    if (message.event === "snapshot") void load();
    if (message.event !== "notification" || message.key !== key || message.id !== id) return;
    heard = [...heard, message.notification].slice(-LIMIT);
    if (all.value) all.value = [...all.value, message.notification].slice(-LIMIT);
  });
  void load();

  return {
    all,
    failure,
    load,
    close() {
      closed = true;
      stop();
    },
  };
}
