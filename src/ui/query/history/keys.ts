/**
 * The keys of a list of rows, each of which is a button, under a field that searches it.
 *
 * Only the row that has the focus, or the first, is in the order of Tab: a hundred stops nobody wants.
 */

/** Marks the button that is a row. */
export const ROW = "data-row";

/** Moves the focus as a key says; whatever else is typed on a row is a search. */
export function moveInRows(
  event: KeyboardEvent,
  list: HTMLElement | null,
  search: HTMLElement | null,
): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>(`[${ROW}]`) ?? [])];
  const target = event.target as HTMLElement;
  const inSearch = target === search;
  const row = target.closest("li")?.querySelector<HTMLElement>(`[${ROW}]`);
  const at = row ? rows.indexOf(row) : -1;
  if (!inSearch && at < 0) return;
  if (isLetter(event) && !inSearch && target === row) {
    // The letter itself is typed where the focus is by then.
    search?.focus();
    return;
  }
  const next = nextOf(event.key, at, rows.length, inSearch);
  if (next === undefined) return;
  event.preventDefault();
  if (next < 0) search?.focus();
  else rows[next]?.focus();
}

/** The row to go to; below 0: the search. Undefined where the key isn't one of the list's. */
function nextOf(key: string, at: number, length: number, inSearch: boolean): number | undefined {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, length - 1);
    case "ArrowUp":
      return inSearch ? undefined : at - 1;
    case "Home":
      return inSearch ? undefined : 0;
    case "End":
      return inSearch ? undefined : length - 1;
    default:
      return undefined;
  }
}

function isLetter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return [...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;
}

/** A text on one line, as much of it as a row can show. */
export function oneLine(text: string): string {
  return text.slice(0, 400).replace(/\s+/g, " ").trim();
}

/** Whether each word of a search stands in one of these texts, whatever its case. */
export function matchesSearch(search: string, texts: readonly string[]): boolean {
  const all = texts.join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
