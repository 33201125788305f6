/** What a request that was run again came to, beside what was recorded. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import type { Answer } from "../../query/results/answer.ts";
import { ResultView } from "../../query/results/result-view.tsx";
import { now } from "../../store/clock.ts";
import { placeWord } from "../../words/identity.ts";
import { span } from "../../words/time.ts";
import { recordedAnswer } from "../detail/entry-answer.ts";
import type { OpenedEntry } from "../detail/use-entry.ts";
import type { SessionName } from "../session-names.ts";
import { compareAnswers } from "./compare.ts";
import type { Again, RunAgain } from "./run-again.ts";

export interface AgainTabProps {
  again: Again;
  run: RunAgain;
  opened: OpenedEntry;
  /** Whom it ran as when it was recorded. */
  name: SessionName;
}

export function AgainTab({ again, run, opened, name }: AgainTabProps): JSX.Element {
  const { session } = again;
  switch (again.kind) {
    case "asking":
      return (
        <Note
          tone="warn"
          actions={
            <>
              <Button variant="primary" onClick={() => run.confirm()}>
                Run as {session.label}
              </Button>
              <Button onClick={run.dismiss}>Cancel</Button>
            </>
          }
        >
          This writes. Run it as {session.label} in {placeWord(session)}?
          {opened.entry.txn !== undefined && " It runs outside of the transaction it was part of."}
        </Note>
      );
    case "running":
      return (
        <p class="sy-dim" role="status">
          Running as {session.label} · <Elapsed since={again.startedAt} />
        </p>
      );
    case "failed":
      return (
        <ErrorNote error={again.error} onRetry={() => run.start(session)}>
          {again.error.kind && <span class="sy-error-kind">{again.error.kind}</span>}
        </ErrorNote>
      );
    case "answered":
      return <Both again={again.answer} opened={opened} name={name} />;
  }
}

/** Alone in a component: only these letters are painted anew each second. */
function Elapsed({ since }: { since: number }): JSX.Element {
  return <time>{span(now.value - since)}</time>;
}

function Both(props: { again: Answer; opened: OpenedEntry; name: SessionName }): JSX.Element {
  const { again, name } = props;
  const { entry, details } = props.opened;
  // Absent where there was no answer, or it wasn't kept.
  const recorded = useMemo(() => {
    const read = recordedAnswer(entry, details, name);
    return "answer" in read ? read.answer : undefined;
  }, [details, name.label, name.colour]);
  const comparison = useMemo(() => recorded && compareAnswers(recorded, again), [recorded, again]);
  return (
    <>
      {comparison && <Note tone={comparison.same ? "good" : "warn"}>{comparison.sentence}</Note>}
      <div class="sy-both">
        {recorded && (
          <section class="sy-both-one" aria-label="As recorded">
            <h3 class="sy-both-title">As recorded</h3>
            <ResultView answer={recorded} />
          </section>
        )}
        <section class="sy-both-one" aria-label="Run again">
          <h3 class="sy-both-title">Now</h3>
          <ResultView answer={again} />
        </section>
      </div>
    </>
  );
}
