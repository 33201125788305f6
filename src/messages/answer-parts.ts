/**
 * Large answers cross the port to a view in parts.
 *
 * A browser's port takes no message over 64 MB (Chromium), and whoever takes a large one out is frozen
 * meanwhile. So the bytes of an answer travel beside it: the answer goes first and says how many there are
 * and where they belong, then part follows part. Only a few are on their way at any time, each further one
 * when the view has taken one, so that other answers pass between them, several large ones take turns, and
 * the worker copies no more than what is on its way. What nobody waits for any more isn't sent on.
 */

/** Bytes that are fewer stay within their answer. */
const LEAST = 256 * 1024;
/** Bytes of a part. */
const PART = 1024 * 1024;
/** Parts on their way. */
const MOST = 2;

/** Bytes that were taken out of an answer: where they belong, and how many they are. */
export interface Beside {
  path: readonly (string | number)[];
  size: number;
}

/** The answer to a call; with `beside`, parts follow until all those bytes are there. */
export interface AnswerMessage {
  type: "answer";
  id: number;
  result: unknown;
  beside?: Beside[];
}

/** The next bytes beside the answer with this id. */
export interface PartMessage {
  type: "part";
  id: number;
  bytes: Uint8Array;
}

/** An answer on its way. */
interface Sending {
  id: number;
  /** Those that aren't sent yet, in order; the first one from `at` on. */
  left: Uint8Array[];
  at: number;
}

/** The worker's end, for one port. */
export class AnswerSender {
  readonly #post: (message: AnswerMessage | PartMessage) => void;
  /** In turn. */
  #sending: Sending[] = [];
  #onTheWay = 0;

  constructor(post: (message: AnswerMessage | PartMessage) => void) {
    this.#post = post;
  }

  /** Sends an answer: at once, or what is large of it part by part. */
  send(id: number, result: unknown): void {
    const { rest, beside, bytes } = takeOut(result);
    if (bytes.length === 0) {
      this.#post({ type: "answer", id, result });
      return;
    }
    this.#post({ type: "answer", id, result: rest, beside });
    this.#sending.push({ id, left: bytes, at: 0 });
    this.#fill();
  }

  /** The view has taken a part: there is room for another. */
  taken(): void {
    this.#onTheWay = Math.max(0, this.#onTheWay - 1);
    this.#fill();
  }

  /** Nobody waits for the answer with this id any more. */
  drop(id: number): void {
    this.#sending = this.#sending.filter((each) => each.id !== id);
  }

  #fill(): void {
    while (this.#onTheWay < MOST) {
      const next = this.#sending.shift();
      if (!next) return;
      const [whole] = next.left;
      if (!whole) continue;
      // A copy: cloning a window on a buffer clones all of it.
      const bytes = whole.slice(next.at, next.at + PART);
      next.at += bytes.length;
      if (next.at === whole.length) {
        next.left.shift();
        next.at = 0;
      }
      if (next.left.length > 0) this.#sending.push(next);
      this.#onTheWay += 1;
      this.#post({ type: "part", id: next.id, bytes });
    }
  }
}

/** An answer that isn't whole yet. */
interface Receiving {
  result: unknown;
  /** Those that aren't complete, in order; the first one from `at` on. */
  left: Uint8Array[];
  at: number;
}

/** A part that belongs to no place in its answer. */
export class PartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PartError";
  }
}

/** The view's end, for one port. */
export class AnswerReceiver {
  readonly #receiving = new Map<number, Receiving>();

  /**
   * An answer that came.
   * @returns true where it is whole; else `part` will say so
   * @throws PartError
   */
  begin({ id, result, beside = [] }: AnswerMessage): boolean {
    if (beside.length === 0) return true;
    const left = beside.map(({ path, size }) => {
      if (!Number.isSafeInteger(size) || size < 1) throw new PartError(`There is no size ${size}`);
      const bytes = new Uint8Array(size);
      put(result, path, bytes);
      return bytes;
    });
    this.#receiving.set(id, { result, left, at: 0 });
    return false;
  }

  /**
   * A part that came. One of an answer that nobody waits for is left.
   * @returns the answer's result where that makes it whole
   * @throws PartError
   */
  part({ id, bytes }: PartMessage): { result: unknown } | undefined {
    const receiving = this.#receiving.get(id);
    if (!receiving) return undefined;
    const { result, left } = receiving;
    const [whole] = left;
    const end = receiving.at + bytes.length;
    if (!whole || bytes.length === 0 || end > whole.length) {
      throw new PartError(
        `${bytes.length} bytes came, ${(whole?.length ?? 0) - receiving.at} are due`,
      );
    }
    whole.set(bytes, receiving.at);
    receiving.at = end;
    if (end < whole.length) return undefined;
    left.shift();
    receiving.at = 0;
    if (left.length > 0) return undefined;
    this.#receiving.delete(id);
    return { result };
  }

  /** Nobody waits for it. */
  drop(id: number): void {
    this.#receiving.delete(id);
  }
}

interface TakenOut {
  /** The result without them; the result itself where there are none. */
  rest: unknown;
  beside: Beside[];
  bytes: Uint8Array[];
}

function takeOut(result: unknown): TakenOut {
  const beside: Beside[] = [];
  const bytes: Uint8Array[] = [];
  const without = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (value instanceof Uint8Array) {
      if (value.length < LEAST || path.length === 0) return value;
      beside.push({ path, size: value.length });
      bytes.push(value);
      return null;
    }
    if (Array.isArray(value)) {
      const before = bytes.length;
      const items = value.map((item, index) => without(item, [...path, index]));
      return bytes.length > before ? items : value;
    }
    if (!isPlain(value)) return value;
    const before = bytes.length;
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      without(item, [...path, key]),
    ]);
    return bytes.length > before ? Object.fromEntries(entries) : value;
  };
  return { rest: without(result, []), beside, bytes };
}

/** Only what a message is made of is looked into. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** @throws PartError where the result has no such place */
function put(result: unknown, path: Beside["path"], bytes: Uint8Array): void {
  let place = result;
  const last = path.length - 1;
  for (const [index, step] of path.entries()) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, step)) break;
    const holder = place as Record<string | number, unknown>;
    if (index < last) place = holder[step];
    else if (holder[step] === null) {
      holder[step] = bytes;
      return;
    }
  }
  throw new PartError(`There is no place ${path.join(".")} for bytes`);
}
