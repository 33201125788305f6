/**
 * Requests that a person makes on a socket of the page: sent natively under an id that no page uses,
 * and their answers kept from the page.
 *
 * An answer can be kept back only inside the event that brings it, so it must be readable at once:
 * not on a socket that delivers Blobs.
 */
import type { HookCommand, HookMessage } from "../messages/page-messages.ts";
import { answerIdOf, type Frame } from "../session/journal/journal-frame.ts";
import { apply, copyOf, socket as native, nativeSend } from "./intrinsics.ts";
import type { Tap } from "./tap.ts";

type Act = Extract<HookCommand, { type: "act" }>;

const OPEN = 1;
/** Bytes of an answer that is brought to the worker. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

export class Acts {
  readonly #post: (message: HookMessage) => void;
  /** Which socket will answer, by the request's id. */
  readonly #waiting = new Map<string, Tap>();

  constructor(post: (message: HookMessage) => void) {
    this.#post = post;
  }

  /** How many wait for their answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @param tap that of the client's present socket, if it is watched */
  act(tap: Tap | undefined, { act, frame }: Act): void {
    const reason = tap ? whyNot(tap, frame) : "Its socket is gone.";
    if (!tap || reason !== undefined) {
      this.#post({ type: "not-acted", act, reason: reason ?? "" });
      return;
    }
    this.#waiting.set(act, tap);
    try {
      apply(nativeSend, tap.socket, [frame as string]);
    } catch (error) {
      this.#waiting.delete(act);
      this.#post({ type: "not-acted", act, reason: String(error) });
      return;
    }
    tap.sentByYou(frame);
  }

  /** @returns true where this is the answer to such a request, which the page must not see. */
  answered(tap: Tap, frame: Frame): boolean {
    const act = answerIdOf(frame);
    if (typeof act !== "string" || this.#waiting.get(act) !== tap) return false;
    this.#waiting.delete(act);
    if (frame.length <= LARGEST_ANSWER) {
      this.#post({ type: "acted", act, frame: typeof frame === "string" ? frame : copyOf(frame) });
    } else {
      const reason = `It was done, but its answer of ${frame.length} bytes is too large.`;
      this.#post({ type: "act-lost", act, reason });
    }
    return true;
  }

  /** The socket is closed: no answer will come. */
  lost(tap: Tap): void {
    for (const [act, waits] of this.#waiting) {
      if (waits !== tap) continue;
      this.#waiting.delete(act);
      this.#post({ type: "act-lost", act });
    }
  }
}

/** Why it can't be done on this socket, one sentence; undefined: it can. */
function whyNot({ socket, journal, watching }: Tap, frame: Frame): string | undefined {
  if (!watching) return "This socket isn't watched any more.";
  if (native.readyState(socket) !== OPEN) return "Its socket isn't open.";
  if (journal.ownSend) return "The page's own class replaces send on this socket.";
  if (journal.format === "flatbuffers") return "This socket's format can't be written.";
  if ((typeof frame === "string") !== (journal.format === "json")) {
    return `This socket speaks ${journal.format}.`;
  }
  if (journal.format !== "json" && native.binaryType(socket) === "blob") {
    return "This socket delivers Blobs; an answer couldn't be kept from the page.";
  }
  return undefined;
}
