/**
 * What a page's hook and the worker say to each other, through the bridge.
 *
 * The hook keeps the state of each of the page's sockets (the journal) and says nothing until it is
 * asked. From then on it tells facts: whole states of what changed, and frames while somebody records.
 * Everything that comes up may be forged by the page; everything that goes down the page may read.
 */

import type { PageFact } from "../session/page/page-facts.ts";
import type { RelayDown, RelayUp } from "../session/relay/relay-messages.ts";
import type { ApiDownMessage, ApiUpMessage } from "./api-messages.ts";

export {
  type AuthFact,
  type FrameFact,
  LIMITS,
  type LiveFact,
  type PageFact,
  type SessionFact,
  type SocketFact,
  type TransactionFact,
  type VariableFact,
} from "../session/page/page-facts.ts";

/** Name of the one event by which the hook hands its port to the bridge. */
export const HANDSHAKE = "switchyard:hook";
/** Events on the hook's end of the port, by which requests of the page and their answers cross at once. */
export const RELAY_UP = "switchyard:up";
export const RELAY_DOWN = "switchyard:down";
/** Name under which a bridge opens its port to the worker. */
export const PAGE_PORT = "switchyard-page";
/** What the worker sends to a tab's bridges (`tabs.sendMessage`) so that they open their ports. */
export const LISTEN = { type: "switchyard-listen" } as const;

/**
 * `quiet`: keep the journal, say nothing. `hold`: also keep the latest frames, for whoever asks within
 * seconds. `watch`: tell states. `record`: tell states and frames.
 */
export type HookMode = "quiet" | "hold" | "watch" | "record";

/** Hook, through the bridge, to worker. */
export type HookMessage =
  /** In order; `batch` counts from 1 per port to the worker. */
  | { type: "facts"; batch: number; facts: PageFact[] }
  /** What came of an `act`: the answer's frame, why it wasn't sent, or that its answer never came. */
  | { type: "acted"; act: string; frame: Uint8Array | string }
  | { type: "not-acted"; act: string; reason: string }
  /** `reason`: it was done, but its answer can't be given: why, one sentence. */
  | { type: "act-lost"; act: string; reason?: string }
  | RelayUp
  | ApiUpMessage;

/** Worker, through the bridge, to hook. */
export type HookCommand =
  | { type: "mode"; mode: HookMode }
  /** Batches up to this one have been taken: the hook may have so many bytes on the way, no more. */
  | { type: "taken"; batch: number }
  /**
   * Sends this frame on the client's present socket; its answer, the one with the id `act`, is
   * hidden from the page. `act` is the frame's own request id.
   */
  | { type: "act"; act: string; client: number; frame: Uint8Array | string }
  | RelayDown
  | ApiDownMessage
  /** By the bridge: the page API may be enabled here; the hook asks. */
  | { type: "api-offered" }
  /** By the bridge: the worker is gone. */
  | { type: "api-lost" };

/** What crosses between bridge and hook by events. */
export type EventUp = RelayUp | ApiUpMessage;
export type EventDown = Extract<
  HookCommand,
  { type: `rout${string}` | `relay${string}` | `api-${string}` }
>;
