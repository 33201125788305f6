/**
 * The list of sessions: filter, groups, rows, and the connections at its foot.
 *
 * A tree of two levels for screen readers and keys. The focus stays on the list and an active row
 * moves in it, so that the row in focus may leave the page while one scrolls.
 */
import "../../components/search.css";
import "./session-list.css";
import { effect, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { CookiesLine } from "../../components/cookies-line.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { VirtualList } from "../../components/virtual-list.tsx";
import { useStore } from "../../store/context.ts";
import { pageCondition, pageTroubles } from "../../store/page-condition.ts";
import { PageState } from "../page-states.tsx";
import { Connections } from "./connections.tsx";
import { type GroupId, itemKey, type ListItem, listItems, sameItems } from "./items.ts";
import { PageSessionRow, SocketHead } from "./page-rows.tsx";
import { SaidRow } from "./said-row.tsx";
import { ClosedRow, SessionRow } from "./session-row.tsx";
import { signInGroup } from "./web-items.ts";
import { ClosedWebRow, SystemRow, WebRow } from "./web-rows.tsx";

const HEIGHTS = { group: 28, socket: 22, none: 24, row: 42, closed: 28 };
/** Of rows of words, until they are measured. */
const SAID_HEIGHT = 84;

/** CSS pixels. */
function heightOf(item: ListItem, measured: ReadonlyMap<string, number>): number {
  switch (item.kind) {
    case "condition":
    case "system":
    case "cookies":
      return measured.get(itemKey(item)) ?? SAID_HEIGHT;
    case "session":
      return item.row === "closed" || item.row === "closed-web" ? HEIGHTS.closed : HEIGHTS.row;
    default:
      return HEIGHTS[item.kind];
  }
}

/** Rows that keys stop at. */
function isStop(item: ListItem): boolean {
  return item.kind === "group" || item.kind === "socket" || item.kind === "session";
}

export function SessionList(): JSX.Element {
  const store = useStore();
  const { sessions, page, web, connections, preferences, selectedKey } = store;
  const listId = useId();
  const filter = preferences.get("filter", "");
  const action = useAction();
  const renaming = useSignal<string | undefined>(undefined);
  /** Key of a group or socket in focus; otherwise the selected session's row is the active one. */
  const activeHead = useSignal<string | undefined>(undefined);
  /** Heights of rows of words, by their items' keys. */
  const measured = useSignal<ReadonlyMap<string, number>>(new Map());
  // A session that is gone to by its number, or from elsewhere, is the active row at once. Not by
  // useSignalEffect, which runs a frame later and would take back what the next key did.
  useLayoutEffect(
    () =>
      effect(() => {
        if (selectedKey.value !== undefined) activeHead.value = undefined;
      }),
    [selectedKey, activeHead],
  );
  const shown = useRef<readonly ListItem[]>([]);
  const folding = (group: GroupId) => preferences.get(`group.${group}`, group === "closed");

  const items = useComputed(() => {
    shown.current = sameItems(
      shown.current,
      listItems({
        page: page.info.value && {
          condition: pageCondition(page),
          troubled: pageTroubles(page).length > 0,
          frames: page.frames.value,
          sockets: page.sockets.value,
          sessions: page.sessions.all.value,
        },
        sessions: sessions.all.value,
        connections: connections.all.value,
        web: {
          sites: web.sites.value,
          sessions: web.ofPage.all.value,
          saved: web.saved.all.value,
        },
        filter: filter.value,
        isFolded: (group) => folding(group).value,
      }),
    );
    return shown.current;
  }).value;

  const activeIndex = items.findIndex((item) =>
    activeHead.value === undefined
      ? item.kind === "session" && item.key === selectedKey.value
      : itemKey(item) === activeHead.value,
  );
  const rowId = (index: number) => `${listId}-${index}`;

  function setFolded(group: GroupId, folded: boolean) {
    preferences.set(`group.${group}`, folded);
  }

  function goTo(index: number) {
    const item = items[index];
    if (!item) return;
    if (item.kind === "session") {
      activeHead.value = undefined;
      store.select(item.key);
    } else activeHead.value = itemKey(item);
  }

  /** The nearest row that keys stop at, from this one on in the direction given. */
  function stopFrom(index: number, direction: 1 | -1): number {
    let at = index;
    while (items[at] && !isStop(items[at] as ListItem)) at += direction;
    return items[at] ? at : activeIndex;
  }

  function open(key: string) {
    activeHead.value = undefined;
    store.select(key);
    store.front.value = "detail";
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget) return;
    const item = items[activeIndex];
    const to: Record<string, number> = {
      ArrowDown: stopFrom(Math.min(activeIndex + 1, items.length - 1), 1),
      ArrowUp: stopFrom(Math.max(activeIndex - 1, 0), -1),
      Home: 0,
      End: stopFrom(items.length - 1, -1),
      PageDown: stopFrom(Math.min(activeIndex + 10, items.length - 1), -1),
      PageUp: stopFrom(Math.max(activeIndex - 10, 0), 1),
    };
    const next = to[event.key];
    if (next !== undefined) goTo(next);
    else if (item?.kind === "group" && event.key === "ArrowRight") setFolded(item.id, false);
    else if (item?.kind === "group" && event.key === "ArrowLeft") setFolded(item.id, true);
    else if (item?.kind === "group" && event.key === "Enter") setFolded(item.id, item.open);
    else if (item?.kind === "session" && event.key === "Enter") open(item.key);
    else if (item?.kind === "session" && RENAMED.has(item.row) && event.key === "F2") {
      renaming.value = item.key;
    } else if (event.key === "ArrowLeft") {
      goTo(items.findLastIndex((each, index) => each.kind === "group" && index < activeIndex));
    } else return;
    event.preventDefault();
  }

  return (
    <nav class="sy-list" aria-label="Sessions and connections">
      <div class="sy-list-head">
        <div class="sy-search">
          <Icon name="search" />
          <input
            type="search"
            class="sy-input"
            placeholder="Filter sessions"
            aria-label="Filter sessions"
            title="Filter sessions ( / )"
            autocomplete="off"
            spellcheck={false}
            value={filter.value}
            onInput={(event) => preferences.set("filter", event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                if (filter.value !== "") preferences.set("filter", "");
                else document.getElementById(listId)?.focus();
              } else if (event.key === "ArrowDown" || event.key === "Enter") {
                goTo(items.findIndex((item) => item.kind === "session"));
                document.getElementById(listId)?.focus();
              } else return;
              event.preventDefault();
            }}
          />
        </div>
        <Button icon="add" title="New session" onClick={() => store.open({ kind: "new-session" })}>
          New
        </Button>
      </div>
      <ErrorNote error={action.error} onDismiss={action.clear} />
      <VirtualList
        id={listId}
        label="Sessions"
        items={items}
        heightOf={(item) => heightOf(item, measured.value)}
        heightsVersion={measured.value}
        keyOf={itemKey}
        activeIndex={activeIndex}
        activeId={activeIndex < 0 ? undefined : rowId(activeIndex)}
        onKeyDown={onKeyDown}
        render={(item, index) => {
          if (item.kind === "group") {
            return (
              <Group
                id={rowId(index)}
                item={item}
                active={index === activeIndex}
                onToggle={() => setFolded(item.id, item.open)}
              />
            );
          }
          if (item.kind === "condition" || item.kind === "system" || item.kind === "cookies") {
            const key = itemKey(item);
            return (
              <SaidRow
                onHeight={(height) => {
                  if (measured.peek().get(key) === height) return;
                  measured.value = new Map(measured.peek()).set(key, height);
                }}
              >
                <Said item={item} />
              </SaidRow>
            );
          }
          if (item.kind === "none") {
            return (
              <p class="sy-list-empty sy-dim">
                {item.group === "mine" ? "None yet." : "Nobody is signed in."}
              </p>
            );
          }
          if (item.kind === "socket") {
            return (
              <SocketHead
                id={rowId(index)}
                socketKey={item.key}
                frame={item.frame}
                active={index === activeIndex}
              />
            );
          }
          const Row = ROWS[item.row];
          return (
            <Row
              id={rowId(index)}
              sessionKey={item.key}
              selected={item.key === selectedKey.value}
              action={action}
              renaming={renaming.value === item.key}
              onRenamed={() => {
                renaming.value = undefined;
                document.getElementById(listId)?.focus();
              }}
              onOpen={() => open(item.key)}
            />
          );
        }}
      />
      {items.length === 0 && (
        <p class="sy-list-none sy-dim">
          No session matches “{filter.value}”.{" "}
          <button type="button" class="sy-link" onClick={() => preferences.set("filter", "")}>
            Clear the filter
          </button>
        </p>
      )}
      <Connections />
    </nav>
  );
}

const ROWS = {
  page: PageSessionRow,
  held: SessionRow,
  closed: ClosedRow,
  web: WebRow,
  "closed-web": ClosedWebRow,
};
/** Rows whose label is the person's own. */
const RENAMED: ReadonlySet<keyof typeof ROWS> = new Set(["held", "web"] as const);

/** What a row of words says. */
function Said({
  item,
}: {
  item: Extract<ListItem, { kind: "condition" | "system" | "cookies" }>;
}): JSX.Element {
  const store = useStore();
  switch (item.kind) {
    case "condition":
      return <PageState condition={item.condition} />;
    case "system":
      return <SystemRow origin={item.origin} kind={item.system} />;
    case "cookies":
      return (
        <CookiesLine
          refusal={item.refusal}
          origin={item.origin}
          host={store.host}
          call={store.call}
        />
      );
  }
}

interface GroupProps {
  id: string;
  item: ListItem & { kind: "group" };
  active: boolean;
  onToggle: () => void;
}

function Group({ id, item, active, onToggle }: GroupProps): JSX.Element {
  const store = useStore();
  const signsInAt = store.web.sites.value.find(
    ({ holder, systems }) =>
      signInGroup(holder.origin) === item.id && systems.some(({ signsIn }) => signsIn),
  )?.holder.origin;
  return (
    <div
      id={id}
      class={`sy-group${active ? " sy-group-active" : ""}${
        item.id === "sign-in-again" ? " sy-group-warn" : ""
      }`}
      role="treeitem"
      aria-level={1}
      aria-expanded={item.open}
      aria-selected={active}
      aria-label={`${item.title}, ${item.count}`}
      tabIndex={-1}
      data-group={item.id}
    >
      <button type="button" class="sy-group-fold" tabIndex={-1} onClick={onToggle}>
        <Icon name="chevron" size={14} />
        <span class="sy-group-title sy-ellipsis" title={item.title}>
          {item.title}
        </span>
        <span class="sy-group-count">{item.count}</span>
      </button>
      {item.id === "sign-in-again" && (
        <Button onClick={() => store.open({ kind: "sign-in-again" })}>Sign in…</Button>
      )}
      {signsInAt !== undefined && (
        <Button
          icon="add"
          label="Sign in through the application"
          onClick={() => store.open({ kind: "new-session", signIn: signsInAt })}
        />
      )}
    </div>
  );
}
