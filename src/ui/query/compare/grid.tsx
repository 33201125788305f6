// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
/**
 * The rows of all sessions in one grid: a line is one record, a column one session.
 *
 * Only the lines in sight are in the page. One focus wanders over the cells (ARIA grid): arrows, Home, End,
 * Page Up and Down; Enter opens a line as trees beside each other.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { decodeValue } from "../../../wire/values.ts";
import { useStore } from "../../store/context.ts";
import { formatValue } from "../../values/format.ts";
import type { Column } from "../column.ts";
import { ColumnHead } from "./column-head.tsx";
import type { Section } from "./comparing.ts";
import { GridLayout, Scroll } from "./grid-layout.ts";
import { GridLine, type OpenerIn } from "./grid-line.tsx";
import { LineDetail } from "./line-detail.tsx";

/** Pixels beyond the edges that are painted too. */
const BEYOND = 48;

export interface GridProps {
  columns: readonly Column[];
  /** As sentences call them. */
  names: readonly string[];
  /** Columns whose rows don't count. */
  unconfirmed: readonly boolean[];
  sections: readonly Section[];
  onlyDifferences: boolean;
  onAlone: (column: number) => void;
  openerIn: OpenerIn;
}

export function Grid(props: GridProps): JSX.Element {
  const { columns, names, sections, onlyDifferences, unconfirmed, openerIn } = props;
  const store = useStore();
  const frame = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const id = useId();
  const top = useSignal(0);
  const view = useSignal(600);
  const open = useSignal(-1);
  const active = useSignal({ line: 0, cell: 0 });

  // Lines have other numbers then.
  useMemo(() => {
    open.value = -1;
    active.value = { line: 0, cell: 0 };
  }, [onlyDifferences, sections]);
  const layout = useMemo(
    () => new GridLayout(sections, onlyDifferences, open.value),
    [sections, onlyDifferences, open.value],
  );
  const scroll = useMemo(() => new Scroll(layout.height, view.value), [layout, view.value]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    view.value = element.clientHeight;
    const sizes = new ResizeObserver(() => {
      view.value = element.clientHeight;
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  const y = scroll.toLines(top.value);
  /** From a place in the lines to one in the scrolled element. */
  const shift = top.value - y;
  const first = layout.indexAt(y - BEYOND);
  const last = layout.length === 0 ? -1 : layout.indexAt(y + view.value + BEYOND);
  const { line: activeLine, cell: activeCell } = active.value;

  function move(line: number, cell: number) {
    const next = {
      line: Math.max(0, Math.min(layout.length - 1, line)),
      cell: Math.max(0, Math.min(columns.length, cell)),
    };
    active.value = next;
    reveal(next.line);
    revealCell(next.cell);
  }

  function reveal(line: number) {
    const element = frame.current;
    if (!element) return;
    const start = layout.topOf(line);
    const end = start + layout.heightOf(line);
    const seen = scroll.toLines(element.scrollTop);
    const height = element.clientHeight - (head.current?.offsetHeight ?? 0);
    if (start < seen) element.scrollTop = scroll.toScroll(start);
    else if (end > seen + height) element.scrollTop = scroll.toScroll(end - height);
    top.value = element.scrollTop;
  }

  /** Sideways, past the column of names that stays. */
  function revealCell(cell: number) {
    const element = frame.current;
    const heads = head.current?.children;
    const over = heads?.[cell];
    if (!element || !heads || !(over instanceof HTMLElement) || cell === 0) return;
    const fixed = heads[0] instanceof HTMLElement ? heads[0].offsetWidth : 0;
    const start = over.offsetLeft - fixed;
    const end = over.offsetLeft + over.offsetWidth - element.clientWidth;
    if (start < element.scrollLeft) element.scrollLeft = start;
    else if (end > element.scrollLeft) element.scrollLeft = end;
  }

  function toggle(line: number) {
    if (line >= layout.length || layout.lineAt(line).kind === "heading") return;
    open.value = open.value === line ? -1 : line;
  }

  function copyCell() {
    if (layout.length === 0) return;
    const line = layout.lineAt(activeLine);
    if (line.kind !== "row") return;
    const comparison = sections[line.section]?.comparison;
    const bytes =
      activeCell === 0 ? comparison?.idAt(line.row) : comparison?.bytesAt(activeCell - 1, line.row);
    if (bytes) {
      const text = formatValue(decodeValue(bytes), { limit: Number.POSITIVE_INFINITY });
      void store.copy(text, "Row as SurrealQL").catch(() => store.announce("Not copied"));
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    // Buttons of the head, and the trees of an open line, have keys of their own.
    if (event.target !== frame.current) return;
    if (keyPressed(event)) event.preventDefault();
  }

  /** True where the key did something here. */
  function keyPressed(event: KeyboardEvent): boolean {
    const modified = event.ctrlKey || event.metaKey;
    if (modified && event.key === "c") {
      if (document.getSelection()?.toString()) return false;
      copyCell();
      return true;
    }
    if (event.altKey || (modified && event.key !== "Home" && event.key !== "End")) return false;
    const page = Math.max(1, Math.floor(view.value / 24) - 4);
    switch (event.key) {
      case "ArrowDown":
        move(activeLine + 1, activeCell);
        return true;
      case "ArrowUp":
        move(activeLine - 1, activeCell);
        return true;
      case "ArrowRight":
        move(activeLine, activeCell + 1);
        return true;
      case "ArrowLeft":
        move(activeLine, activeCell - 1);
        return true;
      case "PageDown":
        move(activeLine + page, activeCell);
        return true;
      case "PageUp":
        move(activeLine - page, activeCell);
        return true;
      case "Home":
        move(modified ? 0 : activeLine, 0);
        return true;
      case "End":
        move(modified ? layout.length - 1 : activeLine, columns.length);
        return true;
      case "Enter":
      case " ":
        toggle(activeLine);
        return true;
      case "Escape":
        if (open.value < 0) return false;
        open.value = -1;
        return true;
      default:
        return false;
    }
  }

  function onClick(event: MouseEvent) {
    const target = event.target as Element;
    const cell = target.closest<HTMLElement>("[data-line]");
    if (!cell || document.getSelection()?.toString()) return;
    const line = Number(cell.dataset.line);
    active.value = { line, cell: Number(cell.dataset.cell ?? 0) };
    frame.current?.focus({ preventScroll: true });
    // A record id opens its record, not the line.
    if (!target.closest("button")) toggle(line);
  }

  const lines: JSX.Element[] = [];
  for (let index = first; index <= last; index++) {
    const line = layout.lineAt(index);
    const section = sections[line.section];
    if (!section) continue;
    const at = layout.topOf(index) + shift;
    lines.push(
      <GridLine
        key={`${line.section} ${line.kind} ${line.kind === "row" ? line.row : ""}`}
        id={id}
        index={index}
        line={line}
        section={section}
        names={names}
        unconfirmed={unconfirmed}
        top={at}
        open={index === open.value}
        activeCell={index === activeLine ? activeCell : undefined}
        openerIn={openerIn}
      />,
    );
    if (index === open.value) {
      lines.push(
        <LineDetail
          key="detail"
          line={line}
          section={section}
          columns={columns}
          names={names}
          top={at + layout.heightOf(index)}
          openerIn={openerIn}
        />,
      );
    }
  }

  return (
    <div
      ref={frame}
      class="sy-cmp-grid"
      role="grid"
      aria-label="Results side by side"
      aria-rowcount={layout.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={layout.length > 0 ? `${id}-${activeLine}-${activeCell}` : undefined}
      tabIndex={0}
      style={{ "--sy-cmp-columns": columns.length }}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div class="sy-cmp-all" role="none">
        <div ref={head} class="sy-cmp-line sy-cmp-heads" role="row" aria-rowindex={1} tabIndex={-1}>
          <div class="sy-cmp-name" role="columnheader" tabIndex={-1}>
            Record
          </div>
          {columns.map((column, index) => (
            <div key={column.session.key} class="sy-cmp-cell" role="columnheader" tabIndex={-1}>
              <ColumnHead column={column} onAlone={() => props.onAlone(index)} />
            </div>
          ))}
        </div>
        <div class="sy-cmp-lines" role="rowgroup" style={{ height: `${scroll.height}px` }}>
          {lines}
        </div>
      </div>
    </div>
  );
}
