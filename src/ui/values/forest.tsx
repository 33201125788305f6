/**
 * One tree or very many of them, one after the other, with one focus that wanders over all their rows,
 * as the ARIA tree pattern has it: arrows open, close and move, Home and End jump, Ctrl/Cmd+C copies
 * the value in focus, and the context-menu key opens its menu.
 *
 * Each tree is asked for its rows (`tree-rows`) when it comes into sight; see `row-window` for the rest.
 */
import "./values.css";
import { useSignal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useContext, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { RecordId } from "surrealdb";
import { useAction } from "../components/action.ts";
import { ErrorNote } from "../components/error-note.tsx";
import { StoreContext } from "../store/context.ts";
import { FIRST_CHARACTERS, MORE_CHARACTERS } from "./leaf.tsx";
import { OpenRecordContext } from "./open-record.ts";
import type { RowHeights } from "./row-heights.ts";
import { useRowWindow } from "./row-window.ts";
import { textInSlices } from "./text-in-slices.ts";
import { TreeRowView } from "./tree-row.tsx";
import { CHUNK, type NodeRow, type TreeRow, type TreeState } from "./tree-rows.ts";

/** The trees to show. */
export interface Trees {
  readonly length: number;
  /** The rows of one of them; the first is the tree's root. */
  rowsOf(index: number, state: TreeState): TreeRow[];
}

/** Values that are covered, by their rows' paths (`treePath`), each with the way to show it. */
export type Covered = ReadonlyMap<string, () => void>;

export interface ForestProps {
  trees: Trees;
  /** Of the trees as they are drawn; kept by whoever made `trees`, and made anew with them. */
  heights: RowHeights;
  /** The accessible name. */
  label: string;
  /** Scrolls by itself, and draws only what is in sight. Otherwise it is as high as its rows. */
  scrolls: boolean;
  /** How to copy; without it the panel's store does. `what`: what was copied, for the word about it. */
  copy?: ((text: string, what: string) => Promise<void>) | undefined;
  covered?: Covered | undefined;
}

export function Forest(props: ForestProps): JSX.Element {
  const { trees, heights, covered } = props;
  const store = useContext(StoreContext);
  const openRecord = useContext(OpenRecordContext);
  const copyText = props.copy ?? store?.copy;
  const open = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const shown = useSignal<ReadonlyMap<string, number>>(new Map());
  const characters = useSignal<ReadonlyMap<string, number>>(new Map());
  const active = useSignal<{ tree: number; path: string }>({ tree: 0, path: "" });
  const pointed = useSignal<string | undefined>(undefined);
  const measured = useSignal(0);
  const wantsFocus = useRef(false);
  const frame = useRef<HTMLDivElement>(null);
  const copying = useAction();

  const state = { open: open.value, shown: shown.value };
  const listed = useMemo(() => new Map<number, TreeRow[]>(), [trees, state.open, state.shown]);
  const rowsOf = (tree: number): TreeRow[] => {
    let rows = listed.get(tree);
    if (!rows) {
      rows = trees.rowsOf(tree, state);
      listed.set(tree, rows);
    }
    return rows;
  };

  // What was in focus may have gone with another value.
  const activeTree = Math.min(active.value.tree, Math.max(0, trees.length - 1));
  const activeRows = trees.length === 0 ? [] : rowsOf(activeTree);
  const activeAt = Math.max(
    0,
    activeRows.findIndex((row) => row.path === active.value.path),
  );
  measured.value;
  const view = useRowWindow(frame, heights, activeTree);
  const places = props.scrolls
    ? view.places
    : Array.from({ length: trees.length }, (_, index) => ({ index, gap: 0 }));

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const row = element(activeTree, activeAt);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  });

  useHeightsOf(frame, heights, props.scrolls, () => {
    measured.value++;
  });

  function element(tree: number, at: number): HTMLElement | null | undefined {
    return frame.current?.querySelector<HTMLElement>(`[data-place="${tree}:${at}"]`);
  }

  function focus(tree: number, row: TreeRow | undefined) {
    if (!row) return;
    wantsFocus.current = true;
    // A new object each time: also where it is the same row, which may have lost the focus.
    active.value = { tree, path: row.path };
  }

  /** The row before or behind the active one, in whichever tree. */
  function step(by: 1 | -1) {
    const row = activeRows[activeAt + by];
    if (row) return focus(activeTree, row);
    const tree = activeTree + by;
    if (tree < 0 || tree >= trees.length) return;
    focus(tree, by > 0 ? rowsOf(tree)[0] : rowsOf(tree).at(-1));
  }

  function jump(to: number) {
    const tree = Math.max(0, Math.min(trees.length - 1, to));
    focus(tree, rowsOf(tree)[0]);
  }

  function setOpen(row: NodeRow, expanded: boolean) {
    open.value = new Map(open.value).set(row.path, expanded);
  }

  function showMore(tree: number, row: TreeRow & { kind: "more" }) {
    const before = shown.value.get(row.parent) ?? CHUNK;
    // The first new row takes the place of "show more", and the focus.
    const at = rowsOf(tree).indexOf(row);
    shown.value = new Map(shown.value).set(row.parent, before + row.next);
    focus(tree, trees.rowsOf(tree, { open: open.value, shown: shown.value })[at]);
  }

  function showCharacters(row: NodeRow) {
    const before = characters.value.get(row.path) ?? 0;
    characters.value = new Map(characters.value).set(row.path, before + MORE_CHARACTERS);
  }

  function activate(tree: number, row: TreeRow) {
    if (row.kind === "more") return showMore(tree, row);
    if (row.expandable) return setOpen(row, !row.expanded);
    if (covered?.has(row.path)) return covered.get(row.path)?.();
    if (openRecord && row.value instanceof RecordId) return openRecord(row.value, row.path);
    const at = rowsOf(tree).indexOf(row);
    if (element(tree, at)?.querySelector("[data-more]")) showCharacters(row);
  }

  function copyRow(row: NodeRow, format: "SurrealQL" | "JSON") {
    if (!copyText) return;
    return copying.run(async () => {
      const text = await textInSlices(row.value, format === "JSON" ? "json" : "surql");
      await copyText(text, `Value as ${format}`);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    const row = activeRows[activeAt];
    const target = event.target as Element;
    // In a row's open menu keys are the menu's; on its button, those that press a button.
    if (!row || target.closest("[role=menu]")) return;
    if (target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
    if (keyPressed(event, row)) event.preventDefault();
  }

  /** True where the key did something here. */
  function keyPressed(event: KeyboardEvent, row: TreeRow): boolean {
    const modified = event.ctrlKey || event.metaKey;
    if (modified && event.key === "c" && row.kind === "node" && copyText) {
      if (document.getSelection()?.toString()) return false;
      void copyRow(row, "SurrealQL");
      return true;
    }
    if (modified || event.altKey) return false;
    if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      const menu = element(activeTree, activeAt)?.querySelector<HTMLElement>(".sy-menu button");
      menu?.click();
      return menu !== null;
    }
    switch (event.key) {
      case "ArrowDown":
        step(1);
        return true;
      case "ArrowUp":
        step(-1);
        return true;
      case "PageDown":
      case "PageUp":
        if (!props.scrolls) return false;
        jump(activeTree + (event.key === "PageDown" ? view.page : -view.page));
        return true;
      case "Home":
        jump(0);
        return true;
      case "End":
        focus(trees.length - 1, rowsOf(trees.length - 1).at(-1));
        return true;
      case "ArrowRight":
        if (row.kind === "node" && row.expanded) step(1);
        else if (row.kind === "node" && row.expandable) setOpen(row, true);
        return true;
      case "ArrowLeft":
        if (row.kind === "node" && row.expanded) setOpen(row, false);
        else
          focus(
            activeTree,
            activeRows.find((each) => each.path === row.parent),
          );
        return true;
      case "Enter":
      case " ":
        activate(activeTree, row);
        return true;
      default:
        return false;
    }
  }

  function onClick(event: MouseEvent) {
    const target = event.target as Element;
    if (target.closest("button, .sy-menu")) return;
    // Whoever marks text with the mouse doesn't mean to fold it.
    if (document.getSelection()?.toString()) return;
    const place = target.closest<HTMLElement>("[data-place]")?.dataset.place;
    const [tree = 0, at = 0] = place?.split(":").map(Number) ?? [];
    const row = place === undefined ? undefined : rowsOf(tree)[at];
    if (!row) return;
    focus(tree, row);
    // A record id is opened by its own button: a press beside it is none on it.
    if (row.kind === "more" || row.expandable) activate(tree, row);
  }

  return (
    <div class="sy-tree-frame">
      <div
        ref={frame}
        class={`sy-tree sy-mono${props.scrolls ? " sy-tree-scrolls" : ""}`}
        role="tree"
        tabIndex={-1}
        aria-label={props.label}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onScroll={props.scrolls ? view.onScroll : undefined}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      >
        {places.map(({ index, gap }) => (
          <div
            key={index}
            class="sy-tree-one"
            role="none"
            data-tree={index}
            style={gap > 0 ? { marginTop: `${gap}px` } : undefined}
          >
            {rowsOf(index).map((row, at) => {
              const isActive = index === activeTree && at === activeAt;
              return (
                <TreeRowView
                  key={row.path}
                  row={row}
                  place={`${index}:${at}`}
                  active={isActive}
                  withMenu={copyText !== undefined && (isActive || row.path === pointed.value)}
                  limit={FIRST_CHARACTERS + (characters.value.get(row.path) ?? 0)}
                  onFocus={() => {
                    if (!isActive) active.value = { tree: index, path: row.path };
                  }}
                  onPointerEnter={() => {
                    pointed.value = row.path;
                  }}
                  onMore={showCharacters}
                  onCopy={copyRow}
                  onShow={covered?.get(row.path)}
                  onOpenRecord={
                    openRecord &&
                    ((node) => {
                      if (node.value instanceof RecordId) openRecord(node.value, node.path);
                    })
                  }
                />
              );
            })}
          </div>
        ))}
        {props.scrolls && view.below > 0 && (
          <div role="none" style={{ height: `${view.below}px` }} />
        )}
      </div>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
    </div>
  );
}

/** Learns the heights of the trees that are drawn: of those that are open, or have a long text. */
function useHeightsOf(
  frame: RefObject<HTMLElement | null>,
  heights: RowHeights,
  on: boolean,
  onNews: () => void,
): void {
  const watch = useRef<{ sizes: ResizeObserver; drawn: Set<Element> } | undefined>(undefined);
  useLayoutEffect(() => {
    if (!on) return;
    const sizes = new ResizeObserver((entries) => {
      let news = false;
      for (const { target, contentRect } of entries) {
        const index = Number((target as HTMLElement).dataset.tree);
        if (contentRect.height > 0 && heights.set(index, contentRect.height)) news = true;
      }
      if (news) onNews();
    });
    watch.current = { sizes, drawn: new Set() };
    return () => sizes.disconnect();
  }, [heights, on]);
  useLayoutEffect(() => {
    if (!watch.current) return;
    const { sizes, drawn } = watch.current;
    for (const tree of drawn) {
      if (tree.isConnected) continue;
      sizes.unobserve(tree);
      drawn.delete(tree);
    }
    for (const tree of frame.current?.querySelectorAll("[data-tree]") ?? []) {
      if (drawn.has(tree)) continue;
      sizes.observe(tree);
      drawn.add(tree);
    }
  });
}
