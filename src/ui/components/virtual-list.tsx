/**
 * A tree of rows of which only what is in sight is in the page, so that a thousand rows cost as much as forty.
 *
 * Heights are known beforehand (each kind of row has its own), so positions are sums, not measurements.
 */
import "./virtual-list.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

export interface VirtualListProps<T> {
  items: readonly T[];
  heightOf: (item: T) => number;
  /** Changes when `heightOf` answers otherwise for the same items. */
  heightsVersion?: unknown;
  keyOf: (item: T) => string;
  render: (item: T, index: number) => ComponentChildren;
  /** Kept in sight when it changes. */
  activeIndex?: number;
  id?: string;
  label: string;
  /** Id of the active row, for screen readers. */
  activeId?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** Rows beyond the edges, so that a fast scroll doesn't show blank ground. */
const BEYOND = 300;

/** First item that ends below `y`. `offsets[i]` is the top of item i, the last one the whole height. */
export function indexAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? 0) > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function VirtualList<T>(props: VirtualListProps<T>): JSX.Element {
  const { items, heightOf, keyOf } = props;
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);

  const offsets = useMemo(() => {
    const sums = [0];
    let sum = 0;
    for (const item of items) {
      sum += heightOf(item);
      sums.push(sum);
    }
    return sums;
  }, [items, props.heightsVersion]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    height.value = element.clientHeight;
    const sizes = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = frame.current;
    const index = props.activeIndex ?? -1;
    if (!element || index < 0) return;
    const start = offsets[index] ?? 0;
    const end = offsets[index + 1] ?? start;
    if (start < element.scrollTop) element.scrollTop = start;
    else if (end > element.scrollTop + element.clientHeight) {
      element.scrollTop = end - element.clientHeight;
    }
    top.value = element.scrollTop;
  }, [props.activeIndex]);

  const first = indexAt(offsets, top.value - BEYOND);
  const last = indexAt(offsets, top.value + height.value + BEYOND);

  return (
    <div
      ref={frame}
      id={props.id}
      class="sy-virtual"
      role="tree"
      aria-label={props.label}
      aria-activedescendant={props.activeId}
      tabIndex={0}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={props.onKeyDown}
    >
      <div class="sy-virtual-all" role="none" style={{ height: `${offsets.at(-1) ?? 0}px` }}>
        {items.slice(first, last + 1).map((item, position) => {
          const index = first + position;
          return (
            <div
              key={keyOf(item)}
              class="sy-virtual-row"
              role="none"
              style={{ transform: `translateY(${offsets[index]}px)` }}
            >
              {props.render(item, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
