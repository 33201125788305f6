/**
 * Large answers cross the browser's port in parts.
 *
 * A message of up to 64 KB goes through the browser's own channel as it is; a larger one is put into
 * memory that two processes share, which costs more than twice the time for each byte (measured in
 * Chromium 156: 1 MB in one message 8 ms, in parts of 60 KB 3 ms). And while one part is taken out the
 * next is already on its way.
 */

/** Bytes, or characters of text. */
const PART = 60 * 1024;

/** The frame as parts, each in a buffer of its own; one part where it is small. */
export function partsOf(frame: Uint8Array | string): (Uint8Array | string)[] {
  if (frame.length <= PART) return [frame];
  const parts: (Uint8Array | string)[] = [];
  for (let at = 0; at < frame.length; ) {
    const end = at + PART - (splitsCharacter(frame, at + PART) ? 1 : 0);
    parts.push(frame.slice(at, end));
    at = end;
  }
  return parts;
}

/** Half a character needn't survive a browser's port. */
function splitsCharacter(frame: Uint8Array | string, at: number): boolean {
  if (typeof frame !== "string" || at >= frame.length) return false;
  const before = frame.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

/** @param parts all of bytes, or all of text */
export function joined(parts: readonly (Uint8Array | string)[]): Uint8Array | string {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  if (typeof first === "string") return parts.join("");
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts as Uint8Array[]) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
