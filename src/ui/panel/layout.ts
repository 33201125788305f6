/** How wide the panel is, in the three steps that its layout knows. */
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** One page at a time · list and detail · and the history in a column of its own. */
export type WidthClass = "narrow" | "medium" | "wide";

const TWO_COLUMNS = 560;
const THREE_COLUMNS = 1200;

/** @param width CSS pixels */
export function widthClass(width: number): WidthClass {
  if (width < TWO_COLUMNS) return "narrow";
  return width < THREE_COLUMNS ? "medium" : "wide";
}

/** Follows the element, not the window: in DevTools the panel may be docked to any side. */
export function useWidthClass(element: RefObject<HTMLElement | null>): WidthClass {
  const [width, setWidth] = useState<WidthClass>(() => widthClass(window.innerWidth));
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const measure = () => setWidth(widthClass(watched.clientWidth));
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(watched);
    return () => sizes.disconnect();
  }, []);
  return width;
}
