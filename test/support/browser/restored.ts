/** Sessions that come back: what the panel shows of them, against what the server holds. */
import { expect } from "vitest";
import { PATIENCE_MS, until } from "../../../demo/browser/wait.ts";
import type { DemoServer } from "../../../demo/server/server.ts";
import type { WorkerLink } from "../../../demo/start/worker-link.ts";
import type { SessionKey, SessionView } from "../../../src/session/model.ts";
import type { Panel } from "./panel.ts";

/** `expect.poll` with the patience of the panel's own waiting: what the server has comes in time. */
export function eventually<T>(ask: () => T | Promise<T>, timeout = PATIENCE_MS) {
  return expect.poll(ask, { timeout });
}

/** The UUIDs that the server knows, over all sockets, sorted. */
export function attachedAt(server: DemoServer): string[] {
  return server
    .stats()
    .sockets.flatMap((socket) => socket.sessions)
    .sort();
}

/** Waits until the server has exactly these sessions, on one socket or so many. */
export async function attachedExactly(
  server: DemoServer,
  keys: readonly SessionKey[],
  sockets = 1,
): Promise<void> {
  const wanted = `${[...keys].sort().join(" ")} on ${sockets}`;
  const found = () => `${attachedAt(server).join(" ")} on ${server.stats().openSockets}`;
  await until(
    async () => found() === wanted,
    PATIENCE_MS,
    () => `The server has the sessions ${found()} sockets, not ${wanted}.`,
  );
}

/** The session as the worker shows it to views. */
export async function viewOf(link: WorkerLink, key: SessionKey): Promise<SessionView> {
  const found = (await link.snapshot()).sessions.find((session) => session.key === key);
  if (!found) throw new Error(`The worker has no session ${key}.`);
  return found;
}

/** Waits until the row of this session shows this status. */
export async function rowHas(panel: Panel, key: SessionKey, status: string): Promise<void> {
  await panel.show("Sessions");
  await panel.page.see(`[data-session="${key}"][data-status=${status}]`);
}

/** Waits until the connection is shown in this state (`open`, `waiting`, `closed`, …). */
export async function connectionIs(panel: Panel, id: string, state: string): Promise<void> {
  await panel.show("Sessions");
  await panel.page.see(`nav [data-connection="${id}"][data-state=${state}]`);
}

/** How many records a table has, at the server. */
export async function countAt(server: DemoServer, table: string): Promise<number> {
  const where = { namespace: "app", database: "tenant_a" };
  const [rows] = await server.query(`SELECT VALUE id FROM ${table}`, undefined, where);
  return (rows as unknown[]).length;
}
