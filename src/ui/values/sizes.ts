/** Counts and sizes as people read them. */

/** "99,900": digits in groups of three, the same in every locale as the rest of the panel. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "312 B", "0.4 KB", "2.1 MB". A kilobyte has 1,000 bytes, as in the DevTools. */
export function byteSize(bytes: number): string {
  if (bytes < 100) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "KB"] : [bytes / 1e6, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "1.8 ms", "240 ms", "3.2 s". `milliseconds` may have a fraction. */
export function timeSpent(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** The server's own "857.482µs", "1.412361ms" with no more digits than anybody reads: "857 µs", "1.4 ms". */
export function serverTime(said: string): string {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ns|µs|ms|s)$/.exec(said) ?? [];
  if (number === undefined) return said;
  const value = Number(number);
  return `${value < 10 && unit !== "ns" ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "1 row", "3 rows". */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}
