/**
 * Finds the end of one CBOR item (RFC 8949) without decoding it, and by getting there proves
 * that the item is well-formed. The one idea: an item is a run of heads, each of which says how
 * many bytes or how many further items follow, so a loop and a small stack of "items still to
 * come" are enough. No recursion, no allocation: a hostile frame costs at most one pass.
 *
 * Well-formed is RFC 8949's word: lengths, nesting and breaks are right. Whether a text is UTF-8
 * or a tag fits its content is for whoever decodes the item.
 */

/** Containers and tags that may be open at once, the frame's own map included. */
export const MAX_DEPTH = 256;

/** Why bytes are not one well-formed CBOR item; `offset` is where that showed. */
export class CborError extends Error {
  override readonly name = "CborError";
  readonly reason: "truncated" | "malformed" | "too-deep" | "too-large";
  readonly offset: number;

  constructor(reason: CborError["reason"], offset: number, message: string) {
    super(`${message} (byte ${offset})`);
    this.reason = reason;
    this.offset = offset;
  }
}

// "Items still to come" of a container of indefinite length: there is no count, only a state.
const UNTIL_BREAK = -1;
const MAP_AT_KEY = -2;
const MAP_AT_VALUE = -3;

// Shared by all calls: skipping is synchronous and calls nobody else, so no two uses overlap.
const outer = new Int32Array(MAX_DEPTH + 1);

/**
 * @param bytes holds the item; it may be followed by anything.
 * @param start offset of the item's first byte.
 * @param depth containers and tags that already enclose the item; with those inside it they may
 *   be at most `MAX_DEPTH`.
 * @returns the offset just behind the item.
 * @throws CborError
 */
export function skipItem(bytes: Uint8Array, start = 0, depth = 0): number {
  const end = bytes.length;
  // Counts are kept in 32 bits; no WebSocket of a browser delivers such a frame.
  if (end > 0x7fffffff) throw new CborError("too-large", 0, "More than 2 GiB in one piece");
  const bottom = depth;
  let level = depth;
  let pos = start;
  let toCome = 1;
  for (;;) {
    if (pos >= end) throw truncated(end);
    const head = bytes[pos++] as number;
    if (toCome > 0) toCome--;
    else if (toCome === MAP_AT_KEY) toCome = head === 0xff ? MAP_AT_KEY : MAP_AT_VALUE;
    else if (toCome === MAP_AT_VALUE) {
      if (head === 0xff) throw malformed(pos, "A map ends behind a key");
      toCome = MAP_AT_KEY;
    }

    const info = head & 0x1f;
    let argument = info;
    if (info > 23) {
      if (info === 24) {
        argument = bytes[pos] as number;
        pos += 1;
      } else if (info === 25) {
        argument = ((bytes[pos] as number) << 8) | (bytes[pos + 1] as number);
        pos += 2;
      } else if (info === 26) {
        argument = uint32(bytes, pos);
        pos += 4;
      } else if (info === 27) {
        argument = uint32(bytes, pos) * 0x100000000 + uint32(bytes, pos + 4);
        pos += 8;
      } else if (info !== 31) {
        throw malformed(pos, "A head with a reserved length");
      }
      if (pos > end) throw truncated(end);
    }

    switch (head >> 5) {
      case 0:
      case 1:
        if (info === 31) throw malformed(pos, "An integer of indefinite length");
        break;
      case 2:
      case 3:
        if (info === 31) pos = skipChunks(bytes, pos, head & 0xe0);
        else if (argument > end - pos) throw truncated(end);
        else pos += argument;
        break;
      case 4:
        if (level === MAX_DEPTH) throw tooDeep(pos);
        outer[level++] = toCome;
        if (info === 31) toCome = UNTIL_BREAK;
        else if (argument > end - pos) throw truncated(end);
        else toCome = argument;
        break;
      case 5:
        if (level === MAX_DEPTH) throw tooDeep(pos);
        outer[level++] = toCome;
        if (info === 31) toCome = MAP_AT_KEY;
        else if (argument > (end - pos) / 2) throw truncated(end);
        else toCome = argument * 2;
        break;
      case 6:
        if (info === 31) throw malformed(pos, "A tag of indefinite length");
        // A tag counts as a level: decoders recurse into it as into a container.
        if (level === MAX_DEPTH) throw tooDeep(pos);
        outer[level++] = toCome;
        toCome = 1;
        break;
      default:
        if (info === 31) {
          if (toCome !== UNTIL_BREAK && toCome !== MAP_AT_KEY)
            throw malformed(pos, "A stray break");
          toCome = outer[--level] as number;
        } else if (info === 24 && argument < 32) {
          throw malformed(pos, "A simple value in two bytes that needs one");
        }
    }

    while (toCome === 0) {
      if (level === bottom) return pos;
      toCome = outer[--level] as number;
    }
  }
}

/** Skips the chunks of a string of indefinite length; each must be a definite one of its kind. */
function skipChunks(bytes: Uint8Array, start: number, major: number): number {
  const end = bytes.length;
  let pos = start;
  for (;;) {
    if (pos >= end) throw truncated(end);
    const head = bytes[pos] as number;
    if (head === 0xff) return pos + 1;
    if ((head & 0xe0) !== major || head === (major | 0x1f)) {
      throw malformed(pos, "A chunk that is no string of its kind");
    }
    // One definite string, which opens no level, so the stack of the call around stays as it is.
    pos = skipItem(bytes, pos, MAX_DEPTH);
  }
}

function uint32(bytes: Uint8Array, pos: number): number {
  return (
    (((bytes[pos] as number) << 24) |
      ((bytes[pos + 1] as number) << 16) |
      ((bytes[pos + 2] as number) << 8) |
      (bytes[pos + 3] as number)) >>>
    0
  );
}

function truncated(end: number): CborError {
  return new CborError("truncated", end, "The bytes end inside an item");
}

function malformed(pos: number, message: string): CborError {
  return new CborError("malformed", pos - 1, message);
}

function tooDeep(pos: number): CborError {
  return new CborError("too-deep", pos - 1, `Nested deeper than ${MAX_DEPTH}`);
}
