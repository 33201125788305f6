/** One session's part of a run on screen: it works, it answered, it failed, or nobody waits any more. */
import type { JSX } from "preact";
import type { ErrorView } from "../../session/model.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import { now } from "../store/clock.ts";
import { ValueTree } from "../values/value-tree.tsx";
import { span } from "../words/time.ts";
import type { Reply } from "./asking.ts";
import { changedWords } from "./changed-words.ts";
import type { Column } from "./column.ts";
import { lostWords } from "./lost-words.ts";
import { useRecordReaders } from "./record-readers.ts";
import { ResultView } from "./results/result-view.tsx";

export function Outcome({ column }: { column: Column }): JSX.Element {
  const { label } = column.session;
  const progress = column.progress.value;
  switch (progress.kind) {
    case "running":
      return (
        <div class="sy-query-running" role="status">
          <Waiting column={column} words={`Running as ${label}`} />
        </div>
      );
    case "let-go":
      return (
        <Note tone="warn">
          You stopped waiting after {span(progress.after)}. The server may still be at work as{" "}
          {label}, and what it does is not undone.
        </Note>
      );
    case "failed":
      return <Failed label={label} error={progress.error} />;
    case "answered":
      return <Answered reply={progress} column={column} />;
    case "barred":
      return <Note tone="warn">{progress.obstacle.text}</Note>;
  }
}

function Answered({ reply, column }: { reply: Reply; column: Column }): JSX.Element {
  const [reader] = useRecordReaders([column]);
  const words = changedWords(reply);
  const lost = lostWords(reply);
  return (
    <>
      {reply.warning && <Note tone="warn">{reply.warning}</Note>}
      {lost && <Note tone="warn">{lost}</Note>}
      {words && <Note tone="plain">{words}</Note>}
      <ResultView answer={reply.answer} reader={reader} fills />
    </>
  );
}

function Failed({ label, error }: { label: string; error: ErrorView }): JSX.Element {
  return (
    <div class={`sy-query-failed${error.kind ? " sy-query-told" : ""}`}>
      <p class="sy-dim">Asked as {label}, and failed:</p>
      <ErrorNote error={error}>
        {error.kind && <span class="sy-error-kind">{error.kind}</span>}
      </ErrorNote>
      {error.details !== undefined && (
        <ValueTree value={error.details} label="details" initialDepth={2} />
      )}
    </div>
  );
}

/** That a column is waited for, since when, and the way to wait no longer. */
export function Waiting({ column, words }: { column: Column; words: string }): JSX.Element {
  return (
    <>
      <span class="sy-query-bar-moving" aria-hidden="true" />
      <span>
        {words} · <Elapsed since={column.startedAt} />
      </span>
      <Button
        title="The server can't be told to stop: it may still do what was asked."
        onClick={column.letGo}
      >
        Stop waiting
      </Button>
    </>
  );
}

/** How long it runs. Alone in a component: only these letters are painted anew each second. */
function Elapsed({ since }: { since: number }): JSX.Element {
  return <time>{span(now.value - since)}</time>;
}
