/** What a person is asked before their tab runs as somebody else, and what went wrong with it. */

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { RouteQuestion } from "../../session/relay/route-model.ts";
import { Button } from "../components/button.tsx";
import { endKey } from "../components/end-key.ts";
import { ErrorNote } from "../components/error-note.tsx";
import { Icon } from "../components/icon.tsx";
import type { RoutesStore, SwitchAnswer } from "../store/routes.ts";
import { OWN_SESSION, siteName, transactionsWord } from "../words/routes.ts";

export interface SwitchQuestionProps {
  routes: RoutesStore;
  onAnswer: (word: SwitchAnswer) => unknown;
}

/** Nothing while nothing is asked. */
export function SwitchQuestion({ routes, onAnswer }: SwitchQuestionProps): JSX.Element | null {
  const pending = routes.question.value;
  return (
    <>
      {pending && (
        <Question
          key={pending.ask.kind}
          ask={pending.ask}
          onAnswer={onAnswer}
          onLeave={() => routes.leaveQuestion()}
        />
      )}
      <ErrorNote error={routes.error.value} onDismiss={() => routes.dismissError()} />
    </>
  );
}

interface QuestionProps {
  ask: RouteQuestion;
  onAnswer: (word: SwitchAnswer) => unknown;
  onLeave: () => void;
}

function Question({ ask, onAnswer, onLeave }: QuestionProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  // On the question and not on its first button: an Enter too many must not answer it.
  useLayoutEffect(() => frame.current?.focus(), []);
  return (
    <div
      ref={frame}
      class="sy-note sy-note-warn sy-switch-question"
      role="alertdialog"
      aria-labelledby={id}
      tabIndex={-1}
      data-question={ask.kind}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        onLeave();
        endKey(event);
      }}
    >
      <Icon name="warning" />
      <div class="sy-note-text" id={id}>
        {ask.kind === "other-server" ? (
          <>
            Requests of <b>{siteName(ask.origin)}</b> will run on <b>{ask.server}</b> as{" "}
            <b>{ask.label}</b>.
          </>
        ) : (
          transactionsSentence(ask)
        )}
      </div>
      <div class="sy-note-actions">
        {ask.kind === "other-server" ? (
          <>
            <Button onClick={() => onAnswer({ otherServer: true })}>Run there</Button>
            <Button onClick={onLeave}>Cancel</Button>
          </>
        ) : (
          <>
            <Button
              title="What is in it stays there until the page ends it; all else goes over now"
              onClick={() => onAnswer({ transactions: "finish" })}
            >
              {`Finish as ${nameOf(ask)}`}
            </Button>
            <Button
              title="cancel(): nothing of it is kept"
              onClick={() => onAnswer({ transactions: "cancel" })}
            >
              {ask.transactions.length > 1 ? "Cancel them" : "Cancel it"}
            </Button>
            <Button onClick={onLeave}>Don't switch</Button>
          </>
        )}
      </div>
    </div>
  );
}

type AskTransactions = Extract<RouteQuestion, { kind: "transactions" }>;

function nameOf({ transactions }: AskTransactions): string {
  const names = [...new Set(transactions.map(({ as }) => as))];
  const [only] = names;
  if (names.length !== 1 || only === undefined) return "before";
  return only === OWN_SESSION ? "the page's own session" : only;
}

function transactionsSentence(ask: AskTransactions): JSX.Element {
  const { length } = ask.transactions;
  return (
    <>
      The page has <b>{transactionsWord(length)}</b> open
      {nameOf(ask) !== "before" && ` as ${nameOf(ask)}`}. A transaction can't be taken along.
    </>
  );
}
