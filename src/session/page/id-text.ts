/**
 * A request's id as text. Clients name requests by strings or numbers, and the server answers with
 * the same: `1` and `"1"` are two requests. A string keeps its quotes where it would read as a number.
 */
export function idText(id: string | number | bigint): string {
  if (typeof id !== "string") return String(id);
  return /^(-?[\d.]|NaN|-?Infinity|")/.test(id) && !/^[0-9a-f-]{20,}$/.test(id)
    ? JSON.stringify(id)
    : id;
}
