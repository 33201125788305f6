// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the cells have the focus
/**
 * The rows of a result as a table: all of them can be scrolled to, and only the cells in sight are
 * decoded and drawn, downwards and sideways.
 *
 * It is an ARIA grid: one focus that arrows move from cell to cell. Enter on a record id opens that record,
 * anywhere else the row.
 */
import { endKey } from "../../components/end-key.ts";
import "./result-table.css";
import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { RecordId } from "surrealdb";
import { lookAt } from "../../../wire/look.ts";
import type { Rows } from "../../../wire/rows.ts";
import { OpenRecordContext } from "../../values/open-record.ts";
import { RowHeights } from "../../values/row-heights.ts";
import { useRowWindow } from "../../values/row-window.ts";
import { count as countText, plural } from "../../values/sizes.ts";
import { treePath } from "../../values/tree-rows.ts";
import { ColumnFinder } from "./columns.ts";
import { fieldOf } from "./csv.ts";
import { CellValue, rowObject } from "./table-cells.tsx";
import { firstWidth, NARROWEST } from "./table-widths.ts";

/** Height of a row; as in results.css. */
const ROW = 24;
/** Milliseconds for finding columns before the table is first drawn, and in each slice after that. */
const SLICE = 8;
/** Pixels beyond the sides in which cells are drawn. */
const BEYOND = 200;

export interface ResultTableProps {
  rows: Rows;
  /** How many of them are shown. */
  count: number;
  label: string;
  /** The row that is open beside the table. */
  opened: number | undefined;
  onOpenRow: (index: number) => void;
}

interface Column {
  /** Absent: the rows that aren't objects. */
  key: string | undefined;
  name: string;
  left: number;
  width: number;
}

export function ResultTable(props: ResultTableProps): JSX.Element {
  const { rows, count } = props;
  const openRecord = useContext(OpenRecordContext);
  const frame = useRef<HTMLDivElement>(null);
  const found = useSignal(0);
  const widths = useSignal<ReadonlyMap<string | undefined, number>>(new Map());
  const active = useSignal({ row: -1, column: 0 });
  const sideways = useSignal({ left: 0, width: 1200 });
  const wantsFocus = useRef(false);

  const finder = useMemo(() => {
    const made = new ColumnFinder(rows);
    made.read(SLICE);
    return made;
  }, [rows]);
  useEffect(() => {
    if (finder.done) return;
    let timer = setTimeout(function readOn() {
      if (finder.read(SLICE) || finder.done) found.value++;
      if (!finder.done) timer = setTimeout(readOn, SLICE);
    });
    return () => clearTimeout(timer);
  }, [finder]);

  const heights = useMemo(() => new RowHeights(count, ROW), [rows, count]);
  const view = useRowWindow(frame, heights, active.value.row < 0 ? undefined : active.value.row);
  const first = useMemo(() => new Map<string | undefined, number>(), [rows]);

  const { keys, hasValues, leftOut } = useMemo(() => finder.columns, [finder, found.value]);
  const columns = useMemo(() => {
    let left = 0;
    return (hasValues ? [...keys, undefined] : keys).map((key): Column => {
      let width = widths.value.get(key) ?? first.get(key);
      if (width === undefined) {
        width = firstWidth(rows, key, keys.length);
        first.set(key, width);
      }
      const column = { key, name: key ?? "value", left, width };
      left += width;
      return column;
    });
  }, [keys, hasValues, widths.value, first]);
  const last = columns.at(-1);
  const wide = last ? last.left + last.width : 0;
  const seen = columns.filter(
    ({ left, width }, index) =>
      index === active.value.column ||
      (left + width > sideways.value.left - BEYOND &&
        left < sideways.value.left + sideways.value.width + BEYOND),
  );

  function onScroll() {
    view.onScroll();
    const element = frame.current;
    if (!element) return;
    const { left, width } = sideways.peek();
    if (Math.abs(element.scrollLeft - left) > BEYOND / 2 || element.clientWidth !== width) {
      sideways.value = { left: element.scrollLeft, width: element.clientWidth };
    }
  }
  useLayoutEffect(onScroll, []);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const { row, column } = active.value;
    const cell = frame.current?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  function focus(row: number, column: number) {
    if (count === 0) return;
    wantsFocus.current = true;
    active.value = {
      row: Math.max(0, Math.min(count - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
  }

  /** `there`: the cell has a value, be it NONE. Rows that aren't objects have one cell alone. */
  function valueAt(row: number, column: Column): { value: unknown; there: boolean } {
    const held = lookAt(rows, row);
    const object = rowObject(held);
    if (column.key === undefined) return { value: object ? undefined : held, there: !object };
    return { value: object && fieldOf(object, column.key), there: object !== undefined };
  }

  function open(row: number, column: Column | undefined) {
    const value = column && valueAt(row, column).value;
    if (openRecord && column && value instanceof RecordId) {
      openRecord(value, treePath(column.key === undefined ? [row] : [row, column.key]));
    } else props.onOpenRow(row);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || (event.target as Element).closest("hr")) return;
    const { row, column } = active.value;
    const control = event.ctrlKey || event.metaKey;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + view.page, column],
      PageUp: [row - view.page, column],
      Home: control ? [0, 0] : [row, 0],
      End: control ? [count - 1, columns.length - 1] : [row, columns.length - 1],
    };
    const move = moves[event.key];
    if (move) focus(...move);
    else if (event.key === "Enter" && !control) open(row, columns[column]);
    else if (event.key === " ") props.onOpenRow(row);
    else return;
    endKey(event);
  }

  function onClick(event: MouseEvent) {
    if (document.getSelection()?.toString()) return;
    const cell = (event.target as Element).closest<HTMLElement>("[data-cell]")?.dataset.cell;
    const [row, column] = cell?.split(":").map(Number) ?? [];
    if (row === undefined || column === undefined) return;
    focus(row, column);
    props.onOpenRow(row);
  }

  const start = active.value.row < 0 ? { row: 0, column: 0 } : active.value;
  return (
    <div class="sy-table-frame">
      <div
        ref={frame}
        class="sy-table sy-mono"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        tabIndex={-1}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div class="sy-table-head" role="row" aria-rowindex={1} style={{ width: `${wide}px` }}>
          {seen.map((column) => (
            <Head
              key={column.name}
              column={column}
              index={columns.indexOf(column)}
              onWidth={(width) => {
                widths.value = new Map(widths.value).set(column.key, width);
              }}
            />
          ))}
        </div>
        {view.places.map(({ index, gap }) => (
          <div
            key={index}
            class={`sy-table-row${index % 2 === 1 ? " sy-table-odd" : ""}`}
            role="row"
            data-table-row={index}
            aria-rowindex={index + 2}
            aria-selected={index === props.opened}
            style={{ width: `${wide}px`, marginTop: gap > 0 ? `${gap}px` : undefined }}
          >
            {seen.map((column) => {
              const at = columns.indexOf(column);
              const { value, there } = valueAt(index, column);
              const here = index === start.row && at === start.column;
              return (
                <div
                  key={column.name}
                  class="sy-table-cell"
                  role="gridcell"
                  data-cell={`${index}:${at}`}
                  aria-colindex={at + 1}
                  tabIndex={here ? 0 : -1}
                  style={{ left: `${column.left}px`, width: `${column.width}px` }}
                  onFocusIn={() => {
                    if (active.value.row !== index || active.value.column !== at) {
                      active.value = { row: index, column: at };
                    }
                  }}
                >
                  {there && (
                    <CellValue value={value} onOpen={openRecord && (() => open(index, column))} />
                  )}
                </div>
              );
            })}
          </div>
        ))}
        {view.below > 0 && <div role="none" style={{ height: `${view.below}px` }} />}
      </div>
      {(leftOut > 0 || !finder.done) && (
        <p class="sy-table-foot sy-dim">
          {finder.done
            ? `${plural(leftOut, "more field")} of these rows are no columns here: open a row to see all of its fields.`
            : `Columns of the first ${countText(finder.columns.read)} rows; looking for more…`}
        </p>
      )}
    </div>
  );
}

interface HeadProps {
  column: Column;
  index: number;
  onWidth: (width: number) => void;
}

/** A column's name, with an edge that is dragged, or moved by arrows. */
function Head({ column, index, onWidth }: HeadProps): JSX.Element {
  const set = (width: number) => onWidth(Math.round(Math.max(NARROWEST, width)));

  function onPointerDown(event: TargetedPointerEvent<HTMLElement>) {
    const edge = event.currentTarget;
    const start = column.width - event.clientX;
    edge.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(start + moved.clientX);
    edge.addEventListener("pointermove", move);
    edge.addEventListener(
      "lostpointercapture",
      () => edge.removeEventListener("pointermove", move),
      {
        once: true,
      },
    );
  }

  return (
    <div
      class="sy-table-name"
      role="columnheader"
      aria-colindex={index + 1}
      title={column.name}
      style={{ left: `${column.left}px`, width: `${column.width}px` }}
    >
      <span>{column.name}</span>
      <hr
        class="sy-table-edge"
        aria-orientation="vertical"
        aria-label={`Width of ${column.name}`}
        aria-valuenow={column.width}
        aria-valuemin={NARROWEST}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
          if (by === undefined) return;
          set(column.width + by);
          event.preventDefault();
        }}
      />
    </div>
  );
}
