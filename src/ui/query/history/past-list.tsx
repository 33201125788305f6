/** What was run lately: each statement with when, in which sessions, and what came of it in each. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { AskedSession } from "../../../session/query/kept-statements.ts";
import { useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { now } from "../../store/clock.ts";
import type { ListedStatement } from "../../store/statements.ts";
import type { PanelStore } from "../../store/store.ts";
import { plural, timeSpent } from "../../values/sizes.ts";
import { moment, shortMoment } from "../../words/time.ts";
import type { QueryState } from "../query-state.ts";
import { matchesSearch, oneLine, ROW } from "./keys.ts";
import { chooseAgain, type Shelf } from "./shelf.ts";
import { useRowFocus } from "./use-row-focus.ts";

export interface ListProps {
  store: PanelStore;
  state: QueryState;
  shelf: Shelf;
  search: string;
  leave: () => void;
}

export function PastList({ store, state, shelf, search, leave }: ListProps): JSX.Element {
  const { statements } = store;
  const action = useAction();
  const clearing = useSignal(false);
  const list = useRef<HTMLUListElement>(null);
  const focused = useRowFocus(list);
  const all = statements.past.value;
  const shown = all.filter((entry) => matchesSearch(search, wordsOf(entry)));

  function recall(entry: ListedStatement, withSessions: boolean) {
    state.recall(entry);
    shelf.name.value = "";
    if (withSessions) chooseAgain(store, entry.sessions);
    leave();
  }

  return (
    <>
      {shown.length === 0 ? (
        <p class="sy-shelf-none sy-dim">
          {all.length > 0
            ? "No statement has these words."
            : statements.loading.value === "here"
              ? "Nothing was run yet. The last 100 statements stand here, with who ran them and what came of it."
              : "Asking for what was run…"}
        </p>
      ) : (
        <ul
          ref={list}
          class="sy-shelf-list"
          aria-label="Statements that were run, the latest first"
        >
          {shown.map((entry, index) => (
            <PastRow
              key={entry.id}
              entry={entry}
              first={index === 0}
              recall={(withSessions) => recall(entry, withSessions)}
              forget={() => action.run(() => statements.forget([entry.id]))}
              onFocus={() => focused(index)}
            />
          ))}
        </ul>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
      {clearing.value ? (
        <Confirm
          yes="Clear"
          onYes={async () => {
            if (await action.run(() => statements.forget())) clearing.value = false;
          }}
          close={() => {
            clearing.value = false;
          }}
        >
          Clear all {plural(all.length, "statement")} of the history?
        </Confirm>
      ) : (
        <footer class="sy-shelf-foot">
          <span class="sy-dim">In memory only, until the browser closes.</span>
          {all.length > 0 && (
            <Button
              variant="quiet"
              onClick={() => {
                clearing.value = true;
              }}
            >
              Clear…
            </Button>
          )}
        </footer>
      )}
    </>
  );
}

interface RowProps {
  entry: ListedStatement;
  first: boolean;
  recall: (withSessions: boolean) => void;
  forget: () => unknown;
  onFocus: () => void;
}

function PastRow({ entry, first, recall, forget, onFocus }: RowProps): JSX.Element {
  const { method, text, bindings, at, sessions, unkept } = entry;
  return (
    <li class="sy-shelf-row" data-past={entry.id}>
      <button
        type="button"
        class="sy-shelf-main"
        {...{ [ROW]: "" }}
        tabIndex={first ? 0 : -1}
        title={`${method === "query" ? "" : `${method} `}${text.slice(0, 1_000)}`}
        onFocus={onFocus}
        onClick={(event) => recall(event.shiftKey)}
        onKeyDown={(event) => {
          if (event.key === "Delete") void forget();
          // A click that a key makes doesn't know of Shift in every browser.
          else if (event.key === "Enter" && event.shiftKey) recall(true);
          else return;
          event.preventDefault();
        }}
      >
        <span class="sy-shelf-line">
          {method !== "query" && <b class="sy-shelf-method">{method}</b>}
          <code class="sy-mono sy-shelf-text">{oneLine(text) || "no arguments"}</code>
          <time class="sy-shelf-at sy-dim" title={moment(at, now.peek())}>
            {shortMoment(at, now.peek())}
          </time>
        </span>
        <span class="sy-shelf-line sy-shelf-ends">
          {sessions.map((session) => (
            <AskedOne key={session.key} session={session} />
          ))}
          {bindings.trim() !== "" && <span class="sy-dim">with variables</span>}
          {unkept !== undefined && (
            <span class="sy-shelf-unkept" title={unkept}>
              <Icon name="warning" size={14} /> only here
              <span class="sy-unseen">. {unkept}</span>
            </span>
          )}
        </span>
      </button>
      <span class="sy-shelf-actions">
        <Button
          variant="quiet"
          tabIndex={-1}
          title="Recalls it, and chooses the same sessions (Shift+Enter)"
          onClick={() => recall(true)}
        >
          Same sessions
        </Button>
        <Button icon="close" tabIndex={-1} label="Take off the history (Delete)" onClick={forget} />
      </span>
    </li>
  );
}

function AskedOne({ session }: { session: AskedSession }): JSX.Element {
  const { label, colour, identity, target, ended } = session;
  return (
    <span class="sy-shelf-one" title={`${label} · ${identity} · ${target}`}>
      <Badge label={label} colour={colour} />
      <span class="sy-shelf-label">{label}</span>
      {ended === undefined ? (
        <span class="sy-dim">no end seen</span>
      ) : ended.kind === "failed" ? (
        <span class="sy-shelf-failed">✕ {ended.text}</span>
      ) : (
        <span>{ended.text}</span>
      )}
      {ended?.duration !== undefined && <span class="sy-dim">{timeSpent(ended.duration)}</span>}
    </span>
  );
}

/** What a search looks at. */
function wordsOf({ method, text, bindings, sessions }: ListedStatement): string[] {
  const asked = sessions.flatMap(({ label, identity, ended }) => [
    label,
    identity,
    ended?.text ?? "",
  ]);
  return [method, text, bindings, ...asked];
}
