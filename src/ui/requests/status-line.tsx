/** The foot of the log: since when it is recorded, how much there is, and what is missing. */
import "./status-line.css";
import type { JSX } from "preact";
import type { Action } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { useStore } from "../store/context.ts";
import { pageCondition } from "../store/page-condition.ts";
import type { RequestsStore } from "../store/requests.ts";
import type { PanelStore } from "../store/store.ts";
import { byteSize, count, plural } from "../values/sizes.ts";
import { clockTime } from "../words/time.ts";
import { useRequests } from "./use-requests.ts";

/** True where the page did something before it was recorded. */
export function missedItsStart(store: PanelStore, since: number): boolean {
  return store.page.sockets.value.some(
    ({ openedAt }) => openedAt !== undefined && openedAt < since,
  );
}

export function StatusLine({ working }: { working: Action }): JSX.Element {
  const requests = useRequests();
  requests.revision.value;
  const source = requests.source.value;
  const { counts } = source;
  const shown = source.rows.length;
  return (
    <footer class="sy-requests-foot">
      {!source.readOnly && <Recording requests={requests} working={working} />}
      <span class="sy-requests-counts">
        <span>{plural(counts.requests, "request")}</span>
        {requests.filtered.value && (
          <span>
            {count(shown)} of {plural(counts.entries, "line")} shown
          </span>
        )}
        {counts.errors > 0 && <span class="sy-tone-bad">{plural(counts.errors, "error")}</span>}
        {counts.pending > 0 && <span>{count(counts.pending)} pending</span>}
        {counts.bytes > 0 && <span title="Frames that are kept">{byteSize(counts.bytes)}</span>}
      </span>
      <Missing requests={requests} />
    </footer>
  );
}

function Recording(props: { requests: RequestsStore; working: Action }): JSX.Element | null {
  const store = useStore();
  const { requests, working } = props;
  const since = requests.since.value;
  if (!store.page.info.value || pageCondition(store.page) !== undefined) return null;
  if (!requests.recording.value) {
    return <span class="sy-tone-warn">Paused: what the page does meanwhile isn't kept.</span>;
  }
  if (since === undefined) return <AskAgain working={working} />;
  return (
    <span class="sy-requests-since">
      Recording since {clockTime(since)}.
      {missedItsStart(store, since) && (
        <>
          {" "}
          Reload to see requests from the start.
          <Button variant="quiet" onClick={() => working.run(() => store.call("page.reload", {}))}>
            Reload page
          </Button>
        </>
      )}
    </span>
  );
}

/** Between the wish to record and the page's answer: a moment, or longer where something went wrong. */
export function AskAgain({ working }: { working: Action }): JSX.Element {
  const requests = useRequests();
  return (
    <span class="sy-requests-since">
      Waiting for the page's requests.
      <Button variant="quiet" onClick={() => working.run(() => requests.setRecording(true))}>
        Ask again
      </Button>
    </span>
  );
}

/** What the log hasn't, and why: never in silence. */
function Missing({ requests }: { requests: RequestsStore }): JSX.Element | null {
  const { dropped, missed, whilePaused } = requests.source.value.counts;
  const sentences: [string, string][] = [];
  if (dropped.entries > 0) {
    sentences.push([
      `${count(dropped.entries)} older ${dropped.entries === 1 ? "request was" : "requests were"} dropped`,
      `The log is full. ${byteSize(dropped.bytes)} of frames went with them. How much is kept is chosen behind ⋯.`,
    ]);
  }
  if (missed.frames > 0) {
    sentences.push([
      `${plural(missed.frames, "frame")} missed`,
      `The page made ${byteSize(missed.bytes)} faster than it could be recorded.`,
    ]);
  }
  if (whilePaused.frames > 0) {
    sentences.push([
      `${plural(whilePaused.frames, "frame")} while paused`,
      `${byteSize(whilePaused.bytes)} came while the log was paused.`,
    ]);
  }
  if (sentences.length === 0) return null;
  return (
    <span class="sy-requests-missing sy-tone-warn">
      {sentences.map(([text, title]) => (
        <span key={text} title={title}>
          {text}
        </span>
      ))}
    </span>
  );
}
