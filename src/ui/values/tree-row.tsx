/** One row of a tree: its key, its value on as many lines as it needs, what can be done with it. */
import type { JSX } from "preact";
import { Icon } from "../components/icon.tsx";
import { Menu } from "../components/menu.tsx";
import { isContainer, sizeOf, typeName } from "./format.ts";
import { Leaf } from "./leaf.tsx";
import { Preview } from "./preview.tsx";
import { count } from "./sizes.ts";
import type { NodeRow, TreeRow } from "./tree-rows.ts";

/** Deeper rows aren't set in further: a narrow panel must still show the value. */
const DEEPEST_INDENT = 16;

export interface TreeRowProps {
  row: TreeRow;
  /** How its tree finds it again. */
  place: string;
  active: boolean;
  /** Shows the row's menu. */
  withMenu: boolean;
  /** Characters of a long value to show. */
  limit: number;
  onFocus: () => void;
  onPointerEnter: () => void;
  onMore: (row: NodeRow) => void;
  /** Copies the row's value. */
  onCopy: (row: NodeRow, format: "SurrealQL" | "JSON") => unknown;
  /** There where the value is a secret that is covered. */
  onShow: (() => void) | undefined;
  onOpenRecord: ((row: NodeRow) => void) | undefined;
}

export function TreeRowView(props: TreeRowProps): JSX.Element {
  const { row, active } = props;
  const node = row.kind === "node" ? row : undefined;
  return (
    <div
      class="sy-tree-row"
      role="treeitem"
      data-place={props.place}
      aria-level={row.level}
      aria-expanded={node?.expandable ? node.expanded : undefined}
      aria-setsize={node?.siblings}
      aria-posinset={node?.position}
      aria-selected={active}
      tabIndex={active ? 0 : -1}
      style={{ "--sy-level": Math.min(row.level - 1, DEEPEST_INDENT) }}
      onFocusIn={props.onFocus}
      onPointerEnter={props.onPointerEnter}
    >
      {row.kind === "more" ? (
        <span class="sy-tree-more">
          Show {count(row.next)} more of {count(row.remaining)}
        </span>
      ) : (
        <NodeText {...props} row={row} />
      )}
      {node && props.withMenu && !props.onShow && (
        <span class="sy-tree-menu">
          <Menu
            label="Copy value"
            icon="copy"
            items={[
              { text: "Copy as SurrealQL", onSelect: () => props.onCopy(node, "SurrealQL") },
              { text: "Copy as JSON", onSelect: () => props.onCopy(node, "JSON") },
            ]}
          />
        </span>
      )}
    </div>
  );
}

function NodeText(props: TreeRowProps & { row: NodeRow }): JSX.Element {
  const { row } = props;
  return (
    <>
      <span class="sy-tree-fold">{row.expandable && <Icon name="chevron" size={12} />}</span>
      <span class={`sy-tree-text${row.expandable && !row.expanded ? " sy-tree-folded" : ""}`}>
        {row.label !== undefined && (
          <span class={`sy-tree-label sy-tree-${row.labelKind}`}>{row.label}: </span>
        )}
        <NodeValue {...props} />
      </span>
    </>
  );
}

function NodeValue(props: TreeRowProps & { row: NodeRow }): JSX.Element {
  const { row, onOpenRecord } = props;
  const { value, expandable, expanded } = row;
  if (props.onShow) {
    return (
      <>
        <span class="sy-value-nothing">{String(value)}</span>
        <button
          type="button"
          class="sy-value-more"
          aria-label={`Show ${row.label ?? "the secret"}`}
          onClick={props.onShow}
        >
          Show
        </button>
      </>
    );
  }
  if (!isContainer(value)) {
    return (
      <Leaf
        value={value}
        limit={props.limit}
        onMore={() => props.onMore(row)}
        onOpen={onOpenRecord && (() => onOpenRecord(row))}
      />
    );
  }
  return (
    <>
      {expanded ? <span class="sy-value-type">{typeName(value)}</span> : <Preview value={value} />}
      {expandable && <span class="sy-tree-count">{count(sizeOf(value))}</span>}
    </>
  );
}
