/**
 * `switchyard/engine`: lets a page's SurrealDB client run as sessions that Switchyard holds.
 *
 * ```ts
 * const db = new Surreal({ engines: { ...createRemoteEngines(), ...createSwitchyardEngine() } });
 * await db.connect("switchyard://Bob");
 * ```
 */
import type { Engines } from "surrealdb";
import { SwitchyardEngine, type SwitchyardEngineOptions } from "./switchyard-engine.ts";

export type {
  ApiErrorData,
  ApiEvents,
  ApiNotification,
  ApiResults,
  ApiRoute,
  ApiSession,
} from "../messages/api-messages.ts";
export { SwitchyardError } from "./engine-error.ts";
export type { SwitchyardProvider } from "./provider.ts";
export type { SwitchyardEngineOptions };

/** The engine for `switchyard://` URLs, to be put among the others of a client. */
export function createSwitchyardEngine(options: SwitchyardEngineOptions = {}): Engines {
  return { switchyard: (context) => new SwitchyardEngine(context, options) };
}
