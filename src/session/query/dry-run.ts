/**
 * A text as it is sent, and its answer read: as written with the question who asks behind it, or dry,
 * in a transaction that never commits.
 */
import type { ErrorView } from "../model.ts";
import type { Truth } from "../truth.ts";

export interface Prepared {
  /** What is sent as RPC `query`, with the person's own bindings. */
  text: string;
  /**
   * Reads the answer, the CBOR of the RPC `query` result.
   * @throws EnvelopeError, ValueError: no answer to a query
   */
  read(result: Uint8Array): RunAnswer;
  /** An error of the whole request (the text has a mistake), about the person's text alone. */
  explain(error: ErrorView): ErrorView;
}

export interface RunAnswer {
  /** Who the server said this ran as, in the same text; absent: it didn't say. */
  truth?: Truth;
  /** One for each statement of the person's text, in order. */
  statements: StatementRun[];
  /** Dry runs only: how many records would have changed, so far as the answers tell. */
  changed?: Changed;
}

/** How many records a text would have changed. */
export interface Changed {
  created: number;
  updated: number;
  deleted: number;
}

export type StatementRun =
  | { ok: true; bytes: Uint8Array; kind: "live" | "kill" | "other"; time?: string }
  | { ok: false; error: ErrorView; time?: string };

/**
 * @param how "plain": as written, in a session of several that are compared; "dry": nothing of it stays
 * @throws RefusedError where it is to run dry and can't
 */
export function prepareRun(text: string, how: "plain" | "dry"): Prepared {
  throw new Error(`Not there yet: ${how} ${text}`);
}
