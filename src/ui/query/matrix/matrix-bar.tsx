/** What can be done with the whole matrix: find it out, stop, look for a table, take it along. */
import type { JSX } from "preact";
import { matrixCsv, matrixMarkdown } from "../../../session/query/matrix/export.ts";
import type { Matrix } from "../../../session/query/matrix/matrix.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { Menu } from "../../components/menu.tsx";
import type { AnySession } from "../../store/any-session.ts";
import { now } from "../../store/clock.ts";
import type { PanelStore } from "../../store/store.ts";
import { ago } from "../../words/time.ts";
import type { MatrixState } from "./matrix-state.ts";

/** With fewer tables than this nobody needs to look for one. */
const FILTER_FROM = 20;

export interface MatrixBarProps {
  store: PanelStore;
  state: MatrixState;
  sessions: readonly AnySession[];
}

export function MatrixBar({ store, state, sessions }: MatrixBarProps): JSX.Element {
  const matrix = state.matrix.value;
  const running = state.running.value;
  const copying = useAction();
  const copy = (text: string, what: string) => copying.run(() => store.copy(text, what));
  const others = matrix !== undefined && !sameSessions(matrix, sessions);
  return (
    <>
      <div class="sy-matrix-bar">
        {running ? (
          <Button
            title="What was sent already may still be answered, and changes nothing."
            onClick={() => state.stop()}
          >
            Stop
          </Button>
        ) : (
          <Button
            variant={matrix && !others ? "plain" : "primary"}
            disabled={sessions.length === 0}
            onClick={() => {
              void state.find(sessions);
            }}
          >
            {matrix ? "Again" : "Find out"}
          </Button>
        )}
        <span class="sy-matrix-when sy-dim" role="status">
          {matrix && (running ? progressWords(matrix) : <When matrix={matrix} />)}
          {others && !running && " · for other sessions than are chosen now"}
        </span>
        {matrix && matrix.tables.length > FILTER_FROM && (
          <div class="sy-search sy-matrix-filter">
            <Icon name="search" />
            <input
              type="text"
              class="sy-input"
              placeholder="Filter tables"
              aria-label="Filter tables"
              autocomplete="off"
              spellcheck={false}
              value={state.filter.value}
              onInput={(event) => {
                state.filter.value = event.currentTarget.value;
              }}
            />
          </div>
        )}
        {matrix && matrix.tables.length > 0 && (
          <span class="sy-matrix-end">
            <Menu
              label="Copy the matrix"
              text="Copy as"
              disabled={running}
              items={[
                { text: "CSV", onSelect: () => copy(matrixCsv(matrix), "CSV") },
                { text: "Markdown", onSelect: () => copy(matrixMarkdown(matrix), "Markdown") },
              ]}
            />
          </span>
        )}
      </div>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
    </>
  );
}

function sameSessions(matrix: Matrix, sessions: readonly AnySession[]): boolean {
  const asked = matrix.columns.map(({ session }) => session.key);
  return asked.length === sessions.length && sessions.every(({ key }, at) => asked[at] === key);
}

function progressWords({ columns }: Matrix): string {
  let done = 0;
  let all = 0;
  for (const { state } of columns) {
    if (state.kind !== "asking") continue;
    done += state.done;
    all += state.of;
  }
  const ended = columns.filter(({ state }) => state.kind !== "asking" && state.kind !== "waiting");
  const over = `${ended.length} of ${columns.length} sessions`;
  return all === 0 ? `Asking… ${over} done` : `Asking… ${done} of ${all} tables, ${over} done`;
}

/** Alone in a component: only these letters are painted anew each second. */
function When({ matrix }: { matrix: Matrix }): JSX.Element {
  return <time>Found out {ago(matrix.begunAt, now.value)}</time>;
}
