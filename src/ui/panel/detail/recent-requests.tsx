/** The latest requests of a session that the page runs as, where there is room beside its page. */
import "./recent-requests.css";
import type { JSX } from "preact";
import type { RequestEntry } from "../../../session/log/log-entry.ts";
import { Button } from "../../components/button.tsx";
import { milliseconds, outcomeWord } from "../../requests/words.ts";
import { useStore } from "../../store/context.ts";
import { clockTime } from "../../words/time.ts";

const SHOWN = 20;

export function RecentRequests({ sessionKey }: { sessionKey: string }): JSX.Element {
  const { requests, view } = useStore();
  requests.revision.value;
  const entries = requests.source.value.recentOf(sessionKey, SHOWN);
  const open = (seq?: number) => {
    if (seq !== undefined) requests.select(seq);
    view.value = "requests";
  };
  return (
    <section aria-label="Recent requests" data-section="recent-requests">
      <div class="sy-column-title sy-recent-title">
        <h2>Recent requests</h2>
        <Button variant="quiet" onClick={() => open()}>
          All
        </Button>
      </div>
      {entries.length === 0 ? (
        <p class="sy-recent-none sy-dim">
          {requests.recording.value ? "None since recording began." : "Nothing is recorded."}
        </p>
      ) : (
        <ol>
          {entries.map((entry) => (
            <li key={entry.seq}>
              <Recent entry={entry} onOpen={() => open(entry.seq)} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Recent({ entry, onOpen }: { entry: RequestEntry; onOpen: () => void }): JSX.Element {
  const outcome = outcomeWord(entry.outcome);
  return (
    <button type="button" class="sy-recent" title={entry.text} onClick={onOpen}>
      <span class="sy-dim">{clockTime(entry.at)}</span>
      <span class="sy-recent-text sy-mono sy-ellipsis">
        {entry.method === "query" ? entry.text : `${entry.method} ${entry.text}`}
      </span>
      <span
        class={`sy-recent-outcome sy-ellipsis sy-tone-${outcome.tone}`}
        title={outcome.sentence}
      >
        {entry.by === "you" && <span class="sy-dim">from here · </span>}
        {outcome.mark} {outcome.text}
      </span>
      <span class="sy-recent-time sy-dim">
        {entry.duration !== undefined && `${milliseconds(entry.duration)} ms`}
      </span>
    </button>
  );
}
