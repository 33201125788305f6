/** What came back. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ErrorView } from "../../../session/model.ts";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { ResultView } from "../../query/results/result-view.tsx";
import type { SessionName } from "../session-names.ts";
import { useRequests } from "../use-requests.ts";
import { outcomeWord } from "../words.ts";
import { CoveredInText, coveredUnder } from "./covered.tsx";
import { pathOfStatement, recordedAnswer } from "./entry-answer.ts";
import type { TabProps } from "./request-tab.tsx";

export function ResultTab(props: TabProps & { name: SessionName }): JSX.Element {
  const requests = useRequests();
  const { entry, details, name } = props;
  const read = useMemo(
    () => recordedAnswer(entry, details, name),
    [details, name.label, name.colour],
  );
  if (!("answer" in read) || !read.answer) {
    return (
      <div class="sy-opened-pad">
        <NoAnswer {...props} error={"error" in read ? read.error : undefined} />
      </div>
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

/** Why there is no answer to show. */
function NoAnswer({
  entry: { outcome },
  details,
  error,
}: TabProps & { error: ErrorView | undefined }): JSX.Element {
  if (outcome.kind === "pending") return <p class="sy-dim">No answer yet.</p>;
  if (outcome.kind === "unknown") return <Note tone="warn">{outcomeWord(outcome).sentence}</Note>;
  if (error) return <ErrorNote error={error} />;
  return (
    <>
      <Note tone="warn">{details.answerMissing ?? "The answer wasn't kept."}</Note>
      {outcome.kind === "ok" && <p>{outcome.text}</p>}
    </>
  );
}
