/** A registry in Node, on the embedded server: what the worker has, less the browser. */
import { WebSocket } from "ws";
import type { SessionView } from "../../src/session/model.ts";
import { Registry, type RegistryListener } from "../../src/session/registry.ts";
import type { DurableStore, SecretStore } from "../../src/session/store.ts";
import type { WebSocketLike } from "../../src/wire/rpc-socket.ts";
import { memoryDurableStore, memorySecretStore } from "./memory-stores.ts";

export interface RegistryParts {
  durable?: DurableStore;
  secret?: SecretStore;
  listener?: Partial<RegistryListener>;
  createWebSocket?: (url: string, protocols: string[]) => WebSocketLike;
}

export function nodeWebSocket(url: string, protocols: string[]): WebSocketLike {
  return new WebSocket(url, protocols) as unknown as WebSocketLike;
}

export function loadRegistry({
  durable = memoryDurableStore(),
  secret = memorySecretStore(),
  listener = {},
  createWebSocket = nodeWebSocket,
}: RegistryParts = {}): Promise<Registry> {
  return Registry.load({
    durable,
    secret,
    surroundings: {
      createWebSocket,
      online: () => true,
      probe: async (url) => {
        try {
          await fetch(url, { signal: AbortSignal.timeout(2_000) });
          return true;
        } catch {
          // Nothing answers there: that is what is asked.
          return false;
        }
      },
    },
    listener: {
      changed: () => undefined,
      history: () => undefined,
      notified: () => undefined,
      ...listener,
    },
  });
}

/** The session with this key, as the views are shown it. */
export function viewIn(registry: Registry, key: string): SessionView {
  const view = registry.sessions.find((session) => session.key === key);
  if (!view) throw new Error(`No session ${key}`);
  return view;
}

/** Waits until `probe` answers something true; fails after `patience` milliseconds. */
export async function until<T>(
  probe: () => T | Promise<T>,
  patience = 10_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Not true after ${patience} ms: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
