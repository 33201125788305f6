/** What a request that was run again came to in each session, beside what was recorded. */
import "./again.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { EntryDetails } from "../../../session/log/log-entry.ts";
import { joined } from "../../../session/query/list-words.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import type { Column } from "../../query/column.ts";
import { comparisonOf } from "../../query/compare/comparing.ts";
import { SideBySide } from "../../query/compare/side-by-side.tsx";
import { AskCareful, carefulServers } from "../../query/keep-changes.tsx";
import { Outcome } from "../../query/outcome.tsx";
import type { Run } from "../../query/query-state.ts";
import { useStore } from "../../store/context.ts";
import { placeWord } from "../../words/identity.ts";
import { recordedAnswer } from "../detail/entry-answer.ts";
import type { OpenedEntry } from "../detail/use-entry.ts";
import type { SessionName } from "../session-names.ts";
import { recordedColumn } from "./recorded-column.ts";
import type { Again, RunAgain } from "./run-again.ts";

export interface AgainTabProps {
  again: Again;
  run: RunAgain;
  opened: OpenedEntry;
  /** With its secrets: what is covered couldn't be compared. */
  whole: () => EntryDetails | undefined;
  /** Whom it ran as when it was recorded. */
  name: SessionName;
  /** Writes it into the view Query, with the same sessions chosen. */
  onOpen: () => unknown;
}

export function AgainTab(props: AgainTabProps): JSX.Element {
  const { again } = props;
  return again.kind === "asking" ? (
    <Asking {...props} again={again} />
  ) : (
    <Ran {...props} ran={again.run} />
  );
}

function Asking(
  props: Omit<AgainTabProps, "again"> & {
    again: Extract<Again, { kind: "asking" }>;
  },
): JSX.Element {
  const { again, run, opened, onOpen } = props;
  const store = useStore();
  const careful = useSignal<readonly string[]>([]);
  const { sessions, refusal } = again;
  const [only, ...others] = sessions;
  const who = joined(sessions.map((each) => `${each.label} in ${placeWord(each)}`));
  // What no dry run takes back is never compared: it would be done as often as there are sessions.
  const mayKeep = refusal === undefined || others.length === 0;

  if (careful.value.length > 0) {
    return (
      <AskCareful
        servers={careful.value}
        sessions={sessions}
        onYes={() => run.confirm(true)}
        close={() => {
          careful.value = [];
        }}
      />
    );
  }
  return (
    <Note
      tone="warn"
      actions={
        <>
          {!refusal && (
            <Button variant="primary" onClick={() => run.confirm(false)}>
              Run dry
            </Button>
          )}
          {mayKeep && (
            <Button
              onClick={() => {
                careful.value = carefulServers(store, sessions);
                return careful.value.length === 0 ? run.confirm(true) : undefined;
              }}
            >
              Run and keep changes
            </Button>
          )}
          <Button onClick={onOpen}>Open in Query</Button>
          <Button onClick={run.dismiss}>Cancel</Button>
        </>
      }
    >
      {refusal ? (
        <>
          It can’t be run dry as {who}. {refusal.reason}{" "}
          {mayKeep
            ? `What ${only?.label} does with it stays.`
            : "As one session it can be run as it is."}
        </>
      ) : (
        <>This writes. Run dry as {who}, nothing of it stays.</>
      )}
      {opened.entry.txn !== undefined && " It runs outside of the transaction it was part of."}
    </Note>
  );
}

function Ran(props: AgainTabProps & { ran: Run }): JSX.Element {
  const { opened, name, whole, ran, onOpen } = props;
  const { entry, details } = opened;
  // Absent where there was no answer, or it wasn't kept.
  const recorded = useMemo(() => {
    const read = recordedAnswer(entry, whole() ?? details, name);
    return "answer" in read && read.answer ? recordedColumn(entry, read.answer) : undefined;
  }, [entry.seq, ran]);
  const beside = useMemo(
    () => (recorded ? { ...ran, columns: [recorded, ...ran.columns] } : ran),
    [recorded, ran],
  );
  const covered = details.covered.some(({ where }) => where === "result");
  const [only, ...others] = ran.columns;
  return (
    <div class="sy-again">
      <div class="sy-again-bar">
        <span class="sy-dim">
          {recorded
            ? "Beside what was recorded."
            : "What was answered then isn’t in the log: there is nothing to compare with."}
          {recorded && covered && " Secrets that the log covers are shown."}
        </span>
        <Button onClick={onOpen}>Open in Query</Button>
      </div>
      {recorded && others.length > 0 && (
        <ul class="sy-again-each" aria-label="Each against the recording">
          {ran.columns.map((column) => (
            <Against key={column.session.key} recorded={recorded} column={column} ran={ran} />
          ))}
        </ul>
      )}
      {beside.columns.length > 1 ? <SideBySide run={beside} /> : only && <Outcome column={only} />}
    </div>
  );
}

interface AgainstProps {
  recorded: Column;
  column: Column;
  ran: Run;
}

/** One session against what was recorded, in a sentence: of several, the one over all tells less. */
function Against({ recorded, column, ran }: AgainstProps): JSX.Element {
  const pair = useMemo<Run>(
    () => ({ ...ran, columns: [recorded, column] }),
    [recorded, column, ran],
  );
  const compared = comparisonOf(pair).value;
  return (
    <li data-against={column.session.key}>
      {compared?.sentence || `Waiting for ${column.session.label}…`}
    </li>
  );
}
