// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
/**
 * The log as a grid of which only what is in sight is in the page.
 *
 * The grid has the focus and one row of it is the active one: arrows, Home, End and Page keys move,
 * Enter opens. Where details are open already they follow the active row.
 */
import { endKey } from "../components/end-key.ts";
import "./request-list.css";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { LogEntry, RequestEntry } from "../../session/log/log-entry.ts";
import type { Action } from "../components/action.ts";
import { useStore } from "../store/context.ts";
import { isMark, MarkRow, RequestRow } from "./request-row.tsx";
import { RowKeys } from "./row-keys.ts";
import { useRowWindow } from "./row-window.ts";
import { sessionName } from "./session-names.ts";
import { useRequests } from "./use-requests.ts";

/** CSS pixels: one line, and two where there is no room for all columns on one. */
const ROW = 24;
const TALL_ROW = 42;

export interface RequestListProps {
  id: string;
  /** Two lines per row. */
  narrow: boolean;
  /** Number of the row that keys act on. */
  active: Signal<number | undefined>;
  /** The details that are open. */
  opened: number | undefined;
  onOpen: (seq: number) => void;
  /** The active row changed while details are open. */
  onFollow: (seq: number) => void;
  onClose: () => void;
  killing: Action;
}

export function RequestList(props: RequestListProps): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  const { preferences } = store;
  const source = requests.source.value;
  const revision = requests.revision.value;
  const { rows } = source;
  const rowHeight = props.narrow ? TALL_ROW : ROW;
  const frame = useRef<HTMLDivElement>(null);
  const shown = useRowWindow({ frame, rows, rowHeight, version: `${revision}` });
  const rowKeys = useMemo(() => new RowKeys(), []);
  const absolute = preferences.get("requests.absolute", false).value;
  const start = absolute ? undefined : (source.startedAt ?? 0);
  const imported = source.readOnly ? source.sessions() : undefined;
  const active = props.active.value;
  const activeIndex = active === undefined ? -1 : rows.indexOf(active);
  const rowId = (seq: number) => `${props.id}-${seq}`;

  // Details that open take room from the list: what was opened stays in sight.
  useLayoutEffect(() => {
    if (activeIndex >= 0) shown.show(activeIndex);
  }, [active, props.opened === undefined]);

  const { call } = store;
  const { killing } = props;
  const kill = useCallback(
    (entry: RequestEntry) =>
      killing.run(() => {
        const key = entry.as?.sessionKey ?? "";
        const watched = entry.live?.filter((stream) => stream.state === "watching") ?? [];
        return Promise.all(watched.map(({ id }) => call("session.kill", { key, id })));
      }),
    [call],
  );
  const onKill = source.readOnly ? undefined : kill;

  function goTo(index: number) {
    const to = Math.max(0, Math.min(index, rows.length - 1));
    const entry = rows.at(to);
    if (!entry) return;
    props.active.value = entry.seq;
    shown.show(to);
    if (!isMark(entry)) props.onFollow(entry.seq);
  }

  function open(seq: number | undefined) {
    const entry = seq === undefined ? undefined : source.entry(seq);
    if (!entry) return;
    props.active.value = entry.seq;
    if (!isMark(entry)) props.onOpen(entry.seq);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest("button") && /^(Enter| )$/.test(event.key)) return;
    const at = activeIndex;
    const steps: Record<string, () => void> = {
      ArrowDown: () => goTo(at < 0 ? rows.length - 1 : at + 1),
      ArrowUp: () => goTo(at < 0 ? rows.length - 1 : at - 1),
      PageDown: () => goTo(at + shown.page),
      PageUp: () => goTo((at < 0 ? rows.length : at) - shown.page),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      Enter: () => open(active),
      " ": () => open(active),
    };
    if (event.key === "Escape" && props.opened !== undefined) props.onClose();
    else if (steps[event.key]) steps[event.key]?.();
    else return;
    endKey(event);
  }

  function onClick(event: MouseEvent) {
    const row = (event.target as Element).closest<HTMLElement>("[data-seq]");
    if (!row) return;
    document.getElementById(props.id)?.focus({ preventScroll: true });
    // Whoever marks text with the mouse doesn't mean to open it.
    if (document.getSelection()?.toString()) return;
    open(Number(row.dataset.seq));
  }

  const inSight: LogEntry[] = [];
  for (let index = shown.first; index < shown.end; index++) {
    const entry = rows.at(index);
    if (entry) inSight.push(entry);
  }
  const keys = rowKeys.of(inSight.map(({ seq }) => seq));
  const drawn = inSight.map((entry, nth) => {
    const common = {
      id: rowId(entry.seq),
      rowIndex: shown.first + nth + 2,
      revision,
      active: entry.seq === active,
      opened: entry.seq === props.opened,
      start,
    };
    return isMark(entry) ? (
      <MarkRow key={keys[nth]} {...common} entry={entry} />
    ) : (
      <RequestRow
        key={keys[nth]}
        {...common}
        entry={entry}
        name={entry.as && sessionName(store, entry.as, imported)}
        onKill={onKill}
      />
    );
  });

  return (
    <div
      id={props.id}
      class="sy-requests-grid"
      role="grid"
      aria-label="Requests"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={
        activeIndex >= shown.first && activeIndex < shown.end && active !== undefined
          ? rowId(active)
          : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <Heads absolute={absolute} />
      <div
        ref={frame}
        class="sy-requests-rows"
        role="rowgroup"
        tabIndex={-1}
        onScroll={shown.onScroll}
      >
        <div
          class="sy-requests-all"
          role="presentation"
          style={{ height: `${rows.length * rowHeight}px` }}
        >
          <div
            class="sy-requests-drawn"
            role="presentation"
            style={{ transform: `translateY(${shown.first * rowHeight}px)` }}
          >
            {drawn}
          </div>
        </div>
      </div>
    </div>
  );
}

function Heads({ absolute }: { absolute: boolean }): JSX.Element {
  const { preferences } = useStore();
  return (
    <div class="sy-requests-heads" role="row" aria-rowindex={1}>
      <span class="sy-request-time" role="columnheader">
        <button
          type="button"
          class="sy-requests-head-button"
          title={
            absolute
              ? "Times of the clock. Click for times since the log began."
              : "Seconds since the log began. Click for times of the clock."
          }
          onClick={() => preferences.set("requests.absolute", !absolute)}
        >
          Time
        </button>
      </span>
      {HEADS.map(([name, text, title]) => (
        <span key={name} class={`sy-request-${name}`} role="columnheader" title={title}>
          {text}
        </span>
      ))}
    </div>
  );
}

const HEADS = [
  ["as", "As", "Who the request ran as, when it was sent"],
  ["method", "Method", "RPC method"],
  ["text", "Statement", "SurrealQL, or the method's arguments"],
  ["result", "Result", undefined],
  ["ms", "ms", "Milliseconds from the request to its answer"],
  ["size", "Size", "Bytes of the answer"],
] as const;
