/** What a key does in the switcher's search. A key that does nothing here is typed. */
import type { SwitcherItem } from "./choices.ts";

export type SwitcherStep =
  | { kind: "move"; to: number }
  | { kind: "pick"; index: number }
  /** Empties the filter first, leaves when it is empty. */
  | { kind: "clear" }
  | { kind: "leave" };

export interface SwitcherState {
  items: readonly SwitcherItem[];
  filter: string;
  /** Index of the active item; -1: none. */
  active: number;
}

export function switcherStep(key: string, state: SwitcherState): SwitcherStep | undefined {
  const { items, filter, active } = state;
  const last = items.length - 1;
  switch (key) {
    case "Escape":
      return filter === "" ? { kind: "leave" } : { kind: "clear" };
    case "Enter":
      return items[active] && { kind: "pick", index: active };
    case "ArrowDown":
      return { kind: "move", to: active >= last ? Math.min(0, last) : active + 1 };
    case "ArrowUp":
      return { kind: "move", to: active <= 0 ? last : active - 1 };
    case "PageDown":
      return { kind: "move", to: Math.min(active + 8, last) };
    case "PageUp":
      return { kind: "move", to: Math.max(Math.min(active - 8, last), Math.min(0, last)) };
  }
  if (filter !== "" || !/^[1-9]$/.test(key)) return undefined;
  const index = items.findIndex((item) => item.kind === "session" && item.digit === Number(key));
  return index < 0 ? undefined : { kind: "pick", index };
}

/** Which item is active after the filter changed: the best one, and none while nothing is looked for. */
export function activeAfter(filter: string, items: readonly SwitcherItem[]): number {
  if (filter.trim() === "") return -1;
  const distances = items.map((item) => (item.kind === "own" ? 2 : item.distance));
  return distances.indexOf(Math.min(...distances));
}
