/**
 * The log and the details of one of its requests, beneath or beside it, with a line between them
 * that can be moved. Where it stands is remembered, for each of the two ways apart.
 */
import "./split.css";
import type { ComponentChildren, JSX, TargetedPointerEvent } from "preact";
import { useStore } from "../store/context.ts";

export type SplitWay = "below" | "beside";

const SIZES = {
  below: { first: 280, least: 120, most: 900 },
  beside: { first: 480, least: 280, most: 1200 },
} as const;
const STEP = 16;

export interface SplitProps {
  way: SplitWay;
  children: ComponentChildren;
  /** Absent: the first takes all the room. */
  second: ComponentChildren;
}

export function Split({ way, children, second }: SplitProps): JSX.Element {
  const { preferences } = useStore();
  const size = preferences.get(`requests.${way}`, SIZES[way].first as number).value;
  return (
    <div class={`sy-split sy-split-${way}`}>
      <div class="sy-split-first">{children}</div>
      {second && (
        <>
          <Line way={way} size={size} />
          <div class="sy-split-second" style={{ flexBasis: `${size}px` }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}

function Line({ way, size }: { way: SplitWay; size: number }): JSX.Element {
  const { preferences } = useStore();
  const { first, least, most } = SIZES[way];
  const set = (next: number) =>
    preferences.set(`requests.${way}`, Math.round(Math.min(most, Math.max(least, next))));

  function onPointerDown(event: TargetedPointerEvent<HTMLElement>) {
    const handle = event.currentTarget;
    const at = (moved: PointerEvent) => (way === "below" ? moved.clientY : moved.clientX);
    const start = at(event) + size;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(start - at(moved));
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", move);
    });
  }

  return (
    <hr
      class="sy-split-line"
      aria-orientation={way === "below" ? "horizontal" : "vertical"}
      aria-label="Size of the details"
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onDblClick={() => set(first)}
      onKeyDown={(event) => {
        const to: Record<string, number> = {
          [way === "below" ? "ArrowUp" : "ArrowLeft"]: size + STEP,
          [way === "below" ? "ArrowDown" : "ArrowRight"]: size - STEP,
          Home: most,
          End: least,
        };
        const next = to[event.key];
        if (next === undefined) return;
        set(next);
        event.preventDefault();
      }}
    />
  );
}
