/**
 * Times and numbers as a server's Rust prints them, which isn't always as JavaScript does: the same
 * digits, but another form.
 */
import { unreadable } from "./value-reader.ts";

const UNITS: readonly [name: string, seconds: bigint][] = [
  ["y", 31_536_000n],
  ["w", 604_800n],
  ["d", 86_400n],
  ["h", 3600n],
  ["m", 60n],
  ["s", 1n],
];

/** Such as `1h30m`; nothing is `0ns`. */
export function durationText(seconds: number | bigint, nanoseconds: number): string {
  let text = "";
  let rest = BigInt(seconds);
  for (const [name, size] of UNITS) {
    if (rest >= size) text += `${rest / size}${name}`;
    rest %= size;
  }
  const milliseconds = Math.floor(nanoseconds / 1_000_000);
  const microseconds = Math.floor(nanoseconds / 1000) % 1000;
  if (milliseconds > 0) text += `${milliseconds}ms`;
  if (microseconds > 0) text += `${microseconds}µs`;
  if (nanoseconds % 1000 > 0) text += `${nanoseconds % 1000}ns`;
  return text || "0ns";
}

/**
 * RFC 3339 in UTC, with no, 3, 6 or 9 decimals. Years have four digits, or a sign and as many as they need.
 * @param seconds since 1970
 * @throws EnvelopeError where no calendar reaches
 */
export function datetimeText(seconds: number | bigint, nanoseconds: number): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || !(nanoseconds >= 0 && nanoseconds < 1_000_000_000)) {
    throw unreadable();
  }
  const iso = date.toISOString();
  const year = iso.length === 24 ? "" : iso.slice(0, 7).replace(/^([+-])00?(?=\d{4})/, "$1");
  const rest = iso.slice(year === "" ? 0 : 7, -".000Z".length);
  return `${year}${rest}${fraction(nanoseconds)}Z`;
}

function fraction(nanoseconds: number): string {
  if (nanoseconds === 0) return "";
  const digits = String(nanoseconds).padStart(9, "0");
  if (nanoseconds % 1000 > 0) return `.${digits}`;
  return `.${digits.slice(0, nanoseconds % 1_000_000 > 0 ? 6 : 3)}`;
}

/** As JSON: whole floats keep a decimal, and what JSON can't say is null. */
export function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) return "null";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size >= 1e16 || (size < 1e-5 && size > 0)) return value.toExponential().replace("+", "");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** As SurrealQL: digits without any exponent, and an `f`. */
export function surqlFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return `${plainDigits(value)}f`;
}

/** As Rust prints a float: all digits, no exponent, no decimals where there are none. */
export function plainDigits(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  if (!text.includes("e")) return text;
  const [, sign = "", first = "", more = "", power = ""] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  const exponent = Number(power);
  const digits = first + more;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, "0");
}
