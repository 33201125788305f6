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

// Value of each hex digit by its character code, -1 for all else.
const DIGITS = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase()),
);

/**
 * Writes the 16 bytes of `uuid`, in any case, to `target` at `pos`.
 * @returns false where it is no UUID; `target` may then hold a part of it.
 */
export function writeUuidBytes(uuid: string, target: Uint8Array, pos: number): boolean {
  if (uuid.length !== 36) return false;
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if ((i === 4 || i === 6 || i === 8 || i === 10) && uuid.charCodeAt(at++) !== 0x2d) return false;
    const high = DIGITS[uuid.charCodeAt(at++)] ?? -1;
    const low = DIGITS[uuid.charCodeAt(at++)] ?? -1;
    if (high < 0 || low < 0) return false;
    target[pos + i] = (high << 4) | low;
  }
  return true;
}
