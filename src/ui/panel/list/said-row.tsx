/** A row of words in the list, as high as they need: its text wraps with the width of the list. */
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export interface SaidRowProps {
  /** Told how high the row is, in CSS pixels. */
  onHeight: (height: number) => void;
  children: ComponentChildren;
}

export function SaidRow({ onHeight, children }: SaidRowProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => onHeight(element.offsetHeight);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return (
    <div class="sy-said" role="none" ref={frame}>
      {children}
    </div>
  );
}
