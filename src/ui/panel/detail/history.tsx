/** What happened to the session, newest first: when, what, from what to what, and by whom. */

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Actor, HistoryEntry } from "../../../session/model.ts";
import { toErrorView } from "../../components/action.ts";
import { ErrorNote } from "../../components/error-note.tsx";
import { Ago } from "../../components/times.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { openHistory } from "../../store/histories.ts";
import { moment, shortMoment } from "../../words/time.ts";

const ACTORS: Record<Actor, string> = {
  you: "you",
  page: "the page",
  server: "the server",
  clock: "the clock",
};

export function History({ sessionKey }: { sessionKey: string }): JSX.Element {
  const store = useStore();
  const history = useMemo(() => openHistory(store.client, sessionKey), [sessionKey]);
  useEffect(() => history.close, [history]);
  const failure = history.failure.value;
  const entries = history.entries.value;
  if (failure !== undefined) {
    return <ErrorNote error={toErrorView(failure)} onRetry={() => history.load()} />;
  }
  if (!entries) return <p class="sy-history-none sy-dim">Loading…</p>;
  if (entries.length === 0) return <p class="sy-history-none sy-dim">Nothing yet.</p>;
  return (
    <ol class="sy-history" aria-label="History">
      {entries.toReversed().map((entry, index) => (
        <Entry key={entries.length - index} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ entry }: { entry: HistoryEntry }): JSX.Element {
  return (
    <li class="sy-history-entry" data-event={entry.event}>
      <span class="sy-history-time" title={moment(entry.at, now.peek())}>
        {shortMoment(entry.at, now.peek())}
      </span>
      <span class="sy-history-event">{entry.event}</span>
      <span class="sy-history-text">
        {(entry.before !== undefined || entry.after !== undefined) && (
          <span>
            {entry.before !== undefined && `${entry.before} → `}
            <b>{entry.after ?? "none"}</b>
          </span>
        )}
        {entry.text && <span>{entry.text}</span>}
      </span>
      <span class="sy-history-by sy-dim" title={`Brought about by ${ACTORS[entry.by]}`}>
        {ACTORS[entry.by]} · <Ago at={entry.at} />
      </span>
    </li>
  );
}
