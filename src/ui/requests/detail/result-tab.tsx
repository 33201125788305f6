/** What came back. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { toErrorView } from "../../components/action.ts";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import type { Answer } from "../../query/answer.ts";
import { ResultView } from "../../query/result-view.tsx";
import { useRequests } from "../context.ts";
import type { SessionName } from "../session-names.ts";
import { outcomeWord } from "../words.ts";
import { CoveredInText, coveredUnder } from "./covered.tsx";
import { pathOfStatement, recordedAnswer } from "./entry-answer.ts";
import type { TabProps } from "./request-tab.tsx";

export function ResultTab(props: TabProps & { name: SessionName }): JSX.Element {
  const requests = useRequests();
  const { entry, details, name } = props;
  const read = useMemo(() => answerOr(() => recordedAnswer(entry, details, name)), [details, name]);
  const { outcome } = entry;
  if (outcome.kind === "pending") return <p class="sy-dim">No answer yet.</p>;
  if (outcome.kind === "unknown") return <Note tone="warn">{outcomeWord(outcome).sentence}</Note>;
  if ("error" in read) return <ErrorNote error={read.error} />;
  if (!read.answer) {
    return (
      <>
        <Note tone="warn">{details.answerMissing ?? "The answer wasn't kept."}</Note>
        {outcome.kind === "ok" && <p>{outcome.text}</p>}
      </>
    );
  }
  return (
    <>
      <ResultView
        answer={read.answer}
        coveredIn={(index) =>
          coveredUnder(requests, details.covered, "result", pathOfStatement(entry.method, index))
        }
      />
      <CoveredInText covered={details.covered} where="error" root={[]} />
    </>
  );
}

/** Bytes that are no value are said to be that. */
function answerOr(read: () => Answer | undefined) {
  try {
    return { answer: read() };
  } catch (thrown) {
    return { error: toErrorView(thrown) };
  }
}
