/**
 * Requests of ours on a page's socket: whole frames go down to the hook, which sends them and hides
 * their answers from the page.
 *
 * Every one of them ends: with the answer's frame, with the word that it wasn't sent, or, where the
 * answer never came, with "outcome unknown". None is ever sent twice.
 */
import { OutcomeUnknownError } from "../../wire/errors.ts";
import { SessionError } from "../errors.ts";

/** Takes a frame down to the hook. Throws where the way is gone. */
export type SendAct = (act: string, client: number, frame: Uint8Array | string) => void;

/** What came of a request, as the hook tells it. */
export type ActOutcome =
  | { type: "acted"; act: string; frame: Uint8Array | string }
  | { type: "not-acted"; act: string; reason: string }
  | { type: "act-lost"; act: string; reason?: string };

interface Waiting {
  method: string;
  resolve(frame: Uint8Array | string): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** The hook, or its socket, didn't take the request: nothing was sent. */
export class NotSentError extends SessionError {
  constructor(reason: string) {
    super("NotSentError", `Nothing was sent: ${reason}`);
  }
}

/** It ran, and what came of it can't be shown. */
class AnswerLostError extends SessionError {
  constructor(reason: string) {
    super("AnswerLostError", reason, "Ask for less at a time.");
  }
}

/** Shorter than a view's own patience of 30 s, so that a person reads what is known. */
const PATIENCE = 28_000;
/** More of them at once are refused: a page that never answers must not fill our memory. */
const AT_ONCE = 200;

export class PageLine {
  readonly #send: SendAct;
  readonly #waiting = new Map<string, Waiting>();

  constructor(send: SendAct) {
    this.#send = send;
  }

  /** An id for a request that no page can have in use. */
  static newAct(): string {
    return `switchyard:${crypto.randomUUID()}`;
  }

  /**
   * @param act the id that stands in the frame
   * @throws NotSentError, OutcomeUnknownError
   */
  request(
    act: string,
    client: number,
    method: string,
    frame: Uint8Array | string,
  ): Promise<Uint8Array | string> {
    if (this.#waiting.size >= AT_ONCE) {
      return Promise.reject(new NotSentError("Too many requests wait for this page's answers."));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(act);
        reject(new OutcomeUnknownError("timeout", method));
      }, PATIENCE);
      this.#waiting.set(act, { method, resolve, reject, timer });
      try {
        this.#send(act, client, frame);
      } catch {
        // The port dropped in this moment: its end is told apart from this.
        this.#take(act)?.reject(new NotSentError("The page is gone."));
      }
    });
  }

  /** An outcome that nobody waits for, forged or late, is dropped. */
  received(outcome: ActOutcome): void {
    const waiting = this.#take(outcome.act);
    if (!waiting) return;
    if (outcome.type === "acted") waiting.resolve(outcome.frame);
    else if (outcome.type === "not-acted") waiting.reject(new NotSentError(outcome.reason));
    else if (outcome.reason !== undefined) waiting.reject(new AnswerLostError(outcome.reason));
    else waiting.reject(new OutcomeUnknownError("closed", waiting.method));
  }

  /** The way to the page is gone, and with it every answer. */
  lost(): void {
    for (const [act, { method }] of [...this.#waiting]) {
      this.#take(act)?.reject(new OutcomeUnknownError("closed", method));
    }
  }

  #take(act: string): Waiting | undefined {
    const waiting = this.#waiting.get(act);
    if (!waiting) return undefined;
    this.#waiting.delete(act);
    clearTimeout(waiting.timer);
    return waiting;
  }
}
