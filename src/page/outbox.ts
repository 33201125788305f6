/**
 * What the hook tells, and when: nothing while nobody listens, else facts in batches.
 *
 * The order is what a listener relies on: whose state a change belongs to is told before the frames
 * that follow it. States are never left out; frames are, once so many bytes are on the way that
 * whoever takes them can't keep up, and then how many.
 */
import type { HookMessage, HookMode } from "../messages/page-messages.ts";
import type { Journal } from "../session/journal/journal.ts";
import { RESTORE_TIME } from "../session/journal/journal-client.ts";
import { type FrameFact, LIMITS, type PageFact } from "../session/page/page-facts.ts";
import { later, never, now } from "./intrinsics.ts";

/** Milliseconds that states and frames wait for others to go with them. */
const BATCH_TIME = 50;
/** Counts change with every frame, and nobody reads them that fast. */
const NEWS_TIME = 500;
/** Bytes of frames that go at once. */
const BATCH_BYTES = 256 * 1024;
/** Milliseconds between two batches, however full: the bridge takes no more than so many a second. */
const LEAST_TIME = 10;
/** Batches that may be on the way; more would say the same in more words. */
const MOST_ON_THE_WAY = 32;
/** Facts that may wait to be posted. */
const MOST_WAITING = 4 * LIMITS.batch;

interface Load {
  frames: number;
  /** As they lay in memory, and on the wire. */
  memory: number;
  bytes: number;
}

export class Outbox {
  readonly #journal: Journal;
  readonly #post: (message: HookMessage) => void;
  #mode: HookMode = "quiet";
  /** Not yet posted, in order. */
  #facts: PageFact[] = [];
  /** Bytes of the frames among them. */
  #bytes = 0;
  /** The frames in each batch that wasn't taken yet. */
  readonly #onTheWay = new Map<number, Load>();
  #bytesOnTheWay = 0;
  #batch = 0;
  #timer: number | undefined;
  #due = 0;
  #newsAt = 0;
  #postedAt = 0;

  constructor(journal: Journal, post: (message: HookMessage) => void) {
    this.#journal = journal;
    this.#post = post;
  }

  /** Frames are wanted. */
  get recording(): boolean {
    return this.#mode === "record" || this.#mode === "hold";
  }

  /** Anything is. */
  get listening(): boolean {
    return this.#mode !== "quiet";
  }

  /** Every mode but `quiet` begins with everything; `record` after `hold` with what was held. */
  setMode(mode: HookMode): void {
    if (mode === "hold" && this.#mode === "hold") return;
    const held = this.#mode === "hold" && mode === "record";
    this.flush();
    this.#clearTimer();
    this.#mode = mode;
    if (!held) {
      this.#facts = [];
      this.#bytes = 0;
    }
    if (mode === "quiet") {
      this.#forgetOnTheWay();
      this.#journal.quiet();
      return;
    }
    if (!held) this.#facts.push(this.#journal.whole(now()));
    if (mode !== "hold") this.flush();
    else {
      // Whoever they were on the way to is gone, and may not have taken them.
      const { frames, bytes } = this.#forgetOnTheWay();
      if (frames > 0) this.#drop(now(), frames, bytes);
    }
  }

  /** Something happened on a socket: it will be told. */
  stir(): void {
    if (this.#mode !== "watch" && this.#mode !== "record") return;
    this.#schedule(NEWS_TIME);
  }

  /** Puts what has changed so far before the next frame. */
  changes(): void {
    if (this.#mode === "quiet") return;
    const facts = this.#journal.changes(now());
    if (facts.length === 0) return;
    for (const fact of facts) this.#facts.push(fact);
    this.#trim();
    if (this.#mode !== "hold") this.#schedule(BATCH_TIME);
  }

  /** A frame, which is the listener's from here on. Call `changes` before what it does. */
  frame(fact: FrameFact): void {
    const size = sizeOf(fact);
    if (this.#mode === "hold") {
      this.#facts.push(fact);
      this.#bytes += size;
      this.#trim();
      return;
    }
    if (this.#bytesOnTheWay + this.#bytes + size > LIMITS.onTheWay) {
      this.#drop(fact.at, 1, fact.size);
    } else {
      this.#facts.push(fact);
      this.#bytes += size;
      this.#trim();
    }
    const isFull = this.#bytes >= BATCH_BYTES;
    this.#schedule(isFull ? Math.max(0, this.#postedAt + LEAST_TIME - fact.at) : BATCH_TIME);
  }

  /** The listener has taken batches up to this one. */
  taken(batch: number): void {
    const wasFull = this.#onTheWay.size >= MOST_ON_THE_WAY;
    for (const [number, { memory }] of this.#onTheWay) {
      if (number > batch) break;
      this.#onTheWay.delete(number);
      this.#bytesOnTheWay -= memory;
    }
    if (wasFull) this.#schedule(LEAST_TIME);
  }

  /** Tells what there is, now. @param post another way than the usual */
  flush(post = this.#post): void {
    this.#clearTimer();
    if (this.#mode !== "watch" && this.#mode !== "record") return;
    if (this.#onTheWay.size >= MOST_ON_THE_WAY) return;
    const at = now();
    const due = at - this.#newsAt >= NEWS_TIME;
    if (due) this.#newsAt = at;
    for (const fact of due ? this.#journal.news(at) : this.#journal.changes(at)) {
      this.#facts.push(fact);
    }
    if (!due) this.#schedule(NEWS_TIME - (at - this.#newsAt));
    else if (this.#journal.restoring) this.#schedule(RESTORE_TIME);
    for (let from = 0; from < this.#facts.length; from += LIMITS.batch) {
      this.#send(this.#facts.slice(from, from + LIMITS.batch), post);
    }
    this.#facts = [];
    this.#bytes = 0;
    this.#postedAt = at;
  }

  #send(facts: PageFact[], post: (message: HookMessage) => void): void {
    const load: Load = { frames: 0, memory: 0, bytes: 0 };
    for (const fact of facts) {
      if (fact.fact !== "frame") continue;
      load.frames++;
      load.memory += sizeOf(fact);
      load.bytes += fact.size;
    }
    const batch = ++this.#batch;
    this.#onTheWay.set(batch, load);
    this.#bytesOnTheWay += load.memory;
    post({ type: "facts", batch, facts });
  }

  #drop(at: number, frames: number, bytes: number): void {
    const last = this.#facts.at(-1);
    if (last?.fact === "dropped") {
      last.frames += frames;
      last.bytes += bytes;
    } else this.#facts.push({ fact: "dropped", at, frames, bytes });
  }

  /** Keeps what waits within its limits: the oldest frames go, and are counted. */
  #trim(): void {
    const holds = this.#mode === "hold";
    const most = holds ? LIMITS.batch : MOST_WAITING;
    const mostBytes = holds ? LIMITS.held : LIMITS.onTheWay;
    if (this.#bytes <= mostBytes && this.#facts.length <= most) return;
    let frames = 0;
    let bytes = 0;
    let at = 0;
    let left = this.#facts.length;
    this.#facts = this.#facts.filter((fact) => {
      if (fact.fact !== "frame") return true;
      if (this.#bytes <= mostBytes / 2 && left <= most / 2) return true;
      this.#bytes -= sizeOf(fact);
      left--;
      frames++;
      bytes += fact.size;
      at = fact.at;
      return false;
    });
    if (this.#facts.length > most / 2) {
      // Nothing but states is left of so many: as they are now says it all.
      this.#facts = [this.#journal.whole(now())];
    }
    const first = this.#facts[0]?.fact === "whole" ? 1 : 0;
    if (frames > 0) this.#facts.splice(first, 0, { fact: "dropped", at, frames, bytes });
  }

  #forgetOnTheWay(): { frames: number; bytes: number } {
    let frames = 0;
    let bytes = 0;
    for (const load of this.#onTheWay.values()) {
      frames += load.frames;
      bytes += load.bytes;
    }
    this.#onTheWay.clear();
    this.#bytesOnTheWay = 0;
    return { frames, bytes };
  }

  #schedule(milliseconds: number): void {
    const due = now() + milliseconds;
    if (this.#timer !== undefined) {
      if (this.#due <= due) return;
      never(this.#timer);
    }
    this.#due = due;
    this.#timer = later(() => {
      this.#timer = undefined;
      this.flush();
    }, milliseconds);
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) never(this.#timer);
    this.#timer = undefined;
  }
}

/** Bytes that a frame's fact takes on its way. */
function sizeOf({ frame }: FrameFact): number {
  return frame === undefined ? 0 : typeof frame === "string" ? frame.length * 2 : frame.length;
}
