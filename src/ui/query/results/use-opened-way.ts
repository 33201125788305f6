/** The way through what was opened, in a view: Escape closes it, and the focus comes back into the result. */

import { useMemo } from "preact/hooks";
import { endKey } from "../../components/end-key.ts";
import { OpenedWay } from "./opened-way.ts";

export interface WayInView {
  way: OpenedWay;
  /** Keeps so many steps of the way; none closes the pane. */
  back: (steps: number) => void;
  /** For the element that holds both the result and the pane. */
  onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * @param result another one begins with nothing opened
 * @param home what takes the focus when it was in the pane that closes
 */
export function useOpenedWay(
  result: unknown,
  home: () => HTMLElement | null | undefined,
): WayInView {
  const way = useMemo(() => new OpenedWay(), [result]);

  function back(steps: number) {
    const inPane = document.activeElement?.closest(".sy-opened-value");
    way.back(steps);
    if (steps === 0 && inPane) home()?.focus();
  }

  return {
    way,
    back,
    onKeyDown(event) {
      if (event.key !== "Escape" || way.steps.peek().length === 0 || event.defaultPrevented) return;
      endKey(event);
      back(0);
    },
  };
}
