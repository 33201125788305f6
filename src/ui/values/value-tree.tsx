/**
 * A value as a tree that is looked into step by step.
 *
 * One flat list of rows (`tree-rows`) with one focus that wanders over them, as the ARIA tree pattern
 * has it: arrows open, close and move, Home and End jump, Ctrl/Cmd+C copies the value in focus, and
 * the context-menu key opens its menu.
 */
import "./values.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useContext, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { formatJson } from "../../session/json-text.ts";
import { writeSurql } from "../../session/surql.ts";
import { useAction } from "../components/action.ts";
import { ErrorNote } from "../components/error-note.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu } from "../components/menu.tsx";
import { StoreContext } from "../store/context.ts";
import { isContainer, sizeOf, typeName } from "./format.ts";
import { FIRST_CHARACTERS, Leaf, MORE_CHARACTERS } from "./leaf.tsx";
import { Preview } from "./preview.tsx";
import { count } from "./sizes.ts";
import { CHUNK, type NodeRow, type TreeRow, treeRows } from "./tree-rows.ts";

export interface ValueTreeProps {
  /** A decoded SurrealDB value. */
  value: unknown;
  /** Shown before the root, and the tree's accessible name ("Value" without). */
  label?: string;
  /** Levels that are open at first; 0 shows the root folded. Default 1. */
  initialDepth?: number;
  /** How to copy; without it the panel's store does. `what`: what was copied, for the word about it. */
  copy?: (text: string, what: string) => Promise<void>;
  /** Values that are covered, by their rows' paths (`treePath`), each with the way to show it. */
  covered?: ReadonlyMap<string, () => void>;
}

/** Deeper rows aren't set in further: a narrow panel must still show the value. */
const DEEPEST_INDENT = 16;

export function ValueTree({
  value,
  label,
  initialDepth = 1,
  copy,
  covered,
}: ValueTreeProps): JSX.Element {
  const store = useContext(StoreContext);
  const copyText = copy ?? store?.copy;
  const open = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const shown = useSignal<ReadonlyMap<string, number>>(new Map());
  const characters = useSignal<ReadonlyMap<string, number>>(new Map());
  const active = useSignal("");
  const pointed = useSignal<string | undefined>(undefined);
  const wantsFocus = useRef(false);
  const tree = useRef<HTMLDivElement>(null);
  const copying = useAction();

  const rows = useMemo(
    () => treeRows(value, label, initialDepth, { open: open.value, shown: shown.value }),
    [value, label, initialDepth, open.value, shown.value],
  );
  // The row in focus may have gone with another value.
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => row.path === active.value),
  );

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    rowElement(activeIndex)?.focus();
  });

  function rowElement(index: number): HTMLElement | null | undefined {
    return tree.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
  }

  function focus(row: TreeRow | undefined) {
    if (!row) return;
    wantsFocus.current = true;
    if (active.value === row.path) rowElement(rows.indexOf(row))?.focus();
    active.value = row.path;
  }

  function setOpen(row: NodeRow, expanded: boolean) {
    open.value = new Map(open.value).set(row.path, expanded);
  }

  function showMore(row: TreeRow & { kind: "more" }) {
    const before = shown.value.get(row.parent) ?? CHUNK;
    // The first new row takes the place of "show more", and the focus.
    const index = rows.indexOf(row);
    shown.value = new Map(shown.value).set(row.parent, before + row.next);
    const fresh = treeRows(value, label, initialDepth, { open: open.value, shown: shown.value });
    focus(fresh[index]);
  }

  function showCharacters(row: NodeRow) {
    const before = characters.value.get(row.path) ?? 0;
    characters.value = new Map(characters.value).set(row.path, before + MORE_CHARACTERS);
  }

  function activate(row: TreeRow) {
    if (row.kind === "more") showMore(row);
    else if (row.expandable) setOpen(row, !row.expanded);
    else if (covered?.has(row.path)) covered.get(row.path)?.();
    else if (rowElement(rows.indexOf(row))?.querySelector("[data-more]")) showCharacters(row);
  }

  function copyRow(row: NodeRow, format: "SurrealQL" | "JSON") {
    if (!copyText) return;
    return copying.run(() =>
      copyText(
        format === "JSON" ? formatJson(row.value).text : writeSurql(row.value).text,
        `Value as ${format}`,
      ),
    );
  }

  function onKeyDown(event: KeyboardEvent) {
    const row = rows[activeIndex];
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
      const menu = rowElement(activeIndex)?.querySelector<HTMLElement>(".sy-menu button");
      menu?.click();
      return menu !== null;
    }
    switch (event.key) {
      case "ArrowDown":
        focus(rows[activeIndex + 1]);
        return true;
      case "ArrowUp":
        focus(rows[activeIndex - 1]);
        return true;
      case "Home":
        focus(rows[0]);
        return true;
      case "End":
        focus(rows.at(-1));
        return true;
      case "ArrowRight":
        if (row.kind === "node" && row.expanded) focus(rows[activeIndex + 1]);
        else if (row.kind === "node" && row.expandable) setOpen(row, true);
        return true;
      case "ArrowLeft":
        if (row.kind === "node" && row.expanded) setOpen(row, false);
        else focus(rows.find((each) => each.path === row.parent));
        return true;
      case "Enter":
      case " ":
        activate(row);
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
    const row = rows[Number(target.closest<HTMLElement>("[data-row]")?.dataset.row)];
    if (!row) return;
    focus(row);
    activate(row);
  }

  return (
    <div class="sy-tree-frame">
      <div
        ref={tree}
        class="sy-tree sy-mono"
        role="tree"
        tabIndex={-1}
        aria-label={label ?? "Value"}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      >
        {rows.map((row, index) => (
          <div
            key={row.path}
            class="sy-tree-row"
            role="treeitem"
            data-row={index}
            aria-level={row.level}
            aria-expanded={row.kind === "node" && row.expandable ? row.expanded : undefined}
            aria-setsize={row.kind === "node" ? row.siblings : undefined}
            aria-posinset={row.kind === "node" ? row.position : undefined}
            aria-selected={index === activeIndex}
            tabIndex={index === activeIndex ? 0 : -1}
            style={{ "--sy-level": Math.min(row.level - 1, DEEPEST_INDENT) }}
            onFocus={() => {
              active.value = row.path;
            }}
            onPointerEnter={() => {
              pointed.value = row.path;
            }}
          >
            {row.kind === "more" ? (
              <span class="sy-tree-more">
                Show {count(row.next)} more of {count(row.remaining)}
              </span>
            ) : (
              <>
                <span class="sy-tree-fold">
                  {row.expandable && <Icon name="chevron" size={12} />}
                </span>
                <span
                  class={`sy-tree-text${row.expandable && !row.expanded ? " sy-tree-folded" : ""}`}
                >
                  {row.label !== undefined && (
                    <span class={`sy-tree-label sy-tree-${row.labelKind}`}>{row.label}: </span>
                  )}
                  <NodeValue
                    row={row}
                    limit={FIRST_CHARACTERS + (characters.value.get(row.path) ?? 0)}
                    onMore={() => showCharacters(row)}
                    onShow={covered?.get(row.path)}
                  />
                </span>
                {copyText &&
                  !covered?.has(row.path) &&
                  (index === activeIndex || row.path === pointed.value) && (
                    <span class="sy-tree-menu">
                      <Menu
                        label="Copy value"
                        icon="copy"
                        items={[
                          {
                            text: "Copy as SurrealQL",
                            onSelect: () => copyRow(row, "SurrealQL"),
                          },
                          { text: "Copy as JSON", onSelect: () => copyRow(row, "JSON") },
                        ]}
                      />
                    </span>
                  )}
              </>
            )}
          </div>
        ))}
      </div>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
    </div>
  );
}

function NodeValue(props: {
  row: NodeRow;
  limit: number;
  onMore: () => void;
  /** There where the value is a secret that is covered. */
  onShow: (() => void) | undefined;
}): JSX.Element {
  const { value, expandable, expanded } = props.row;
  if (props.onShow) {
    return (
      <>
        <span class="sy-value-nothing">{String(value)}</span>
        <button
          type="button"
          class="sy-value-more"
          aria-label={`Show ${props.row.label ?? "the secret"}`}
          onClick={props.onShow}
        >
          Show
        </button>
      </>
    );
  }
  if (!isContainer(value)) return <Leaf value={value} limit={props.limit} onMore={props.onMore} />;
  return (
    <>
      {expanded ? <span class="sy-value-type">{typeName(value)}</span> : <Preview value={value} />}
      {expandable && <span class="sy-tree-count">{count(sizeOf(value))}</span>}
    </>
  );
}
