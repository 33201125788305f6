/**
 * Where what had the focus is gone (a row that was taken away, a form that closed), the row that stands
 * in its place has it, so that the keys go on working.
 */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ROW } from "./keys.ts";

/** @returns to be told of each row that gets the focus, by its place */
export function useRowFocus(list: RefObject<HTMLElement | null>): (at: number) => void {
  const last = useRef(0);
  useLayoutEffect(() => {
    if (document.activeElement !== document.body) return;
    const rows = list.current?.querySelectorAll<HTMLElement>(`[${ROW}]`) ?? [];
    rows[Math.min(last.current, rows.length - 1)]?.focus();
  });
  return (at) => {
    last.current = at;
  };
}
