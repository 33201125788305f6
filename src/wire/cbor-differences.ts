/**
 * Where two values differ, found on their bytes: equal bytes are equal values, since a server writes a
 * value in one way only, so of two rows of a hundred fields only what differs is ever looked into.
 */
import { skipItem } from "./cbor-skip.ts";

/** One step into a value: a key of an object, an index of an array. */
export type Step = string | number;

/** One place in which two values differ. */
export interface ByteDifference {
  path: readonly Step[];
  /** `removed`: only the first has it. `added`: only the second has it. */
  kind: "changed" | "removed" | "added";
}

const ARRAY_HEAD = 4;
const MAP_HEAD = 5;
const TEXT_HEAD = 3;
const UNTIL_BREAK = 31;
/** Deeper differences are told of the container at this depth. */
const DEEPEST = 16;
/** Values of more bytes than this are told apart as a whole: walking through them would take too long. */
const LARGEST = 2_000_000;

const utf8 = new TextDecoder();

/** True where both hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * @param a exactly one well-formed CBOR item, as is `b`
 * @param most differences at most; the last one of as many stands for all that follow
 * @returns the places in the order of the first, then what only the second has; none where all is equal
 */
export function differingPlaces(a: Uint8Array, b: Uint8Array, most = 1000): ByteDifference[] {
  const found: ByteDifference[] = [];
  const small = a.length <= LARGEST && b.length <= LARGEST;
  walk(a, b, small ? [] : undefined, found, most);
  return found;
}

/** @param path undefined: not looked into */
function walk(
  a: Uint8Array,
  b: Uint8Array,
  path: readonly Step[] | undefined,
  found: ByteDifference[],
  most: number,
): void {
  if (found.length >= most || sameBytes(a, b)) return;
  if (path && path.length < DEEPEST) {
    const mapA = mapSpans(a);
    const mapB = mapA && mapSpans(b);
    if (mapA && mapB) {
      walkMaps(mapA, mapB, path, found, most);
      return;
    }
    const arrayA = arraySpans(a);
    const arrayB = arrayA && arraySpans(b);
    // Of arrays of different lengths nobody knows which item became which.
    if (arrayA && arrayB && arrayA.length === arrayB.length) {
      arrayA.forEach((item, index) => {
        walk(item, arrayB[index] as Uint8Array, [...path, index], found, most);
      });
      return;
    }
  }
  found.push({ path: path ?? [], kind: "changed" });
}

function walkMaps(
  a: ReadonlyMap<string, Uint8Array>,
  b: ReadonlyMap<string, Uint8Array>,
  path: readonly Step[],
  found: ByteDifference[],
  most: number,
): void {
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other) walk(value, other, [...path, key], found, most);
    else if (found.length < most) found.push({ path: [...path, key], kind: "removed" });
  }
  for (const key of b.keys()) {
    if (!a.has(key) && found.length < most) found.push({ path: [...path, key], kind: "added" });
  }
}

/** The values of a map by key; undefined where it is something else, or not plain. */
function mapSpans(bytes: Uint8Array): Map<string, Uint8Array> | undefined {
  const head = headAt(bytes, 0);
  if (head?.major !== MAP_HEAD) return undefined;
  const spans = new Map<string, Uint8Array>();
  let pos = head.next;
  for (let i = 0; i < head.argument; i++) {
    const key = headAt(bytes, pos);
    if (key?.major !== TEXT_HEAD) return undefined;
    const start = key.next + key.argument;
    const name = utf8.decode(bytes.subarray(key.next, start));
    if (spans.has(name)) return undefined;
    pos = skipItem(bytes, start);
    spans.set(name, bytes.subarray(start, pos));
  }
  return spans;
}

function arraySpans(bytes: Uint8Array): Uint8Array[] | undefined {
  const head = headAt(bytes, 0);
  if (head?.major !== ARRAY_HEAD) return undefined;
  const spans: Uint8Array[] = [];
  let pos = head.next;
  for (let i = 0; i < head.argument; i++) {
    const end = skipItem(bytes, pos);
    spans.push(bytes.subarray(pos, end));
    pos = end;
  }
  return spans;
}

/**
 * Where the value of a key of an object stands, without looking at any other.
 * @param bytes exactly one well-formed CBOR item
 * @param key its UTF-8
 * @returns the value's bytes; undefined where the item is no plain object, or has no such key
 */
export function valueOfKey(bytes: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const head = headAt(bytes, 0);
  if (head?.major !== MAP_HEAD) return undefined;
  let pos = head.next;
  for (let i = 0; i < head.argument; i++) {
    const name = headAt(bytes, pos);
    if (name?.major !== TEXT_HEAD) return undefined;
    const start = name.next + name.argument;
    const end = skipItem(bytes, start);
    if (name.argument === key.length && sameAt(bytes, name.next, key)) {
      return bytes.subarray(start, end);
    }
    pos = end;
  }
  return undefined;
}

function sameAt(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

interface Head {
  major: number;
  argument: number;
  /** Offset behind the head. */
  next: number;
}

/** Undefined for an indefinite length. */
function headAt(bytes: Uint8Array, at: number): Head | undefined {
  const head = bytes[at] ?? 0;
  const info = head & 0x1f;
  if (info === UNTIL_BREAK) return undefined;
  if (info < 24) return { major: head >> 5, argument: info, next: at + 1 };
  const length = 1 << (info - 24);
  let argument = 0;
  for (let i = 1; i <= length; i++) argument = argument * 256 + (bytes[at + i] ?? 0);
  return { major: head >> 5, argument, next: at + 1 + length };
}
