/**
 * UUIDs as this code names sessions, transactions and live queries: lower-case text with
 * hyphens. The wire has two other spellings (16 bytes, or text in any case); comparing them
 * safely needs one.
 */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the canonical spelling of `text`, or undefined where it is no UUID. */
export function canonicalUuid(text: string): string | undefined {
  const lower = text.toLowerCase();
  return SHAPE.test(lower) ? lower : undefined;
}

/** @returns the canonical spelling of the 16 bytes at `pos`. */
export function uuidFromBytes(bytes: Uint8Array, pos: number): string {
  let text = "";
  for (let i = 0; i < 16; i++) {
    text += HEX[bytes[pos + i] as number];
    if (i === 3 || i === 5 || i === 7 || i === 9) text += "-";
  }
  return text;
}

/** Writes the 16 bytes of a canonical UUID to `target` at `pos`. */
export function writeUuidBytes(uuid: string, target: Uint8Array, pos: number): void {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) at++;
    target[pos + i] = Number.parseInt(uuid.slice(at, at + 2), 16);
    at += 2;
  }
}
