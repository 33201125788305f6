/** Which colour a type of value has. */

/** The class that gives a type its colour; types of one kind share one. */
export function toneOf(type: string): string {
  return `sy-value-${TONES[type] ?? (type.startsWith("geometry") ? "shape" : "plain")}`;
}

const TONES: Record<string, string> = {
  string: "string",
  number: "number",
  int: "number",
  float: "number",
  decimal: "number",
  bool: "keyword",
  null: "nothing",
  unreadable: "nothing",
  none: "nothing",
  record: "record",
  table: "record",
  datetime: "time",
  duration: "time",
  uuid: "uuid",
  bytes: "uuid",
  file: "uuid",
  range: "number",
};
