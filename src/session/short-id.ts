/** Enough of a UUID to tell two apart: "018f…c3a1". Ids made in the same minute begin alike. */
export function shortId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}
