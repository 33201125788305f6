/** Over each column: whose it is, who the server said that it was, and what came of it. */
import type { JSX } from "preact";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { byteSize, plural, timeSpent } from "../../values/sizes.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import { span } from "../../words/time.ts";
import type { Reply } from "../asking.ts";
import { changedWords } from "../changed-words.ts";
import type { Column } from "../column.ts";
import { lostWords } from "../lost-words.ts";
import { ObstacleAction } from "../obstacle-note.tsx";
import { Waiting } from "../outcome.tsx";
import { failures } from "../results/answer.ts";

export interface ColumnHeadProps {
  column: Column;
  /** Shows this column's result alone. */
  onAlone: () => void;
}

export function ColumnHead({ column, onAlone }: ColumnHeadProps): JSX.Element {
  const { session } = column;
  const progress = column.progress.value;
  return (
    <div class="sy-cmp-head" data-column={session.key} data-progress={progress.kind}>
      <div class="sy-cmp-head-name">
        <Badge label={session.label} colour={session.colour} />
        <b class="sy-ellipsis" title={session.label}>
          {session.label}
        </b>
        {progress.kind === "answered" && (
          <Button
            variant="quiet"
            title={`Show the whole result of ${session.label} alone`}
            onClick={onAlone}
          >
            Alone
          </Button>
        )}
      </div>
      <Fate column={column} />
    </div>
  );
}

function Fate({ column }: { column: Column }): JSX.Element {
  const { session } = column;
  const progress = column.progress.value;
  switch (progress.kind) {
    case "running":
      return (
        <div class="sy-cmp-head-state">
          <Waiting column={column} words="Running" />
        </div>
      );
    case "let-go":
      return (
        <div class="sy-cmp-head-state sy-cmp-warn">
          <span>
            You stopped waiting after {span(progress.after)}. The server may still be at work, and
            what it does is not undone.
          </span>
        </div>
      );
    case "barred":
      return (
        <div class="sy-cmp-head-state sy-cmp-warn">
          <span>Not asked. {progress.obstacle.text}</span>
          <ObstacleAction session={session} way={progress.obstacle.way} />
        </div>
      );
    case "failed": {
      const { kind, message, advice } = progress.error;
      return (
        <div class="sy-cmp-head-state sy-cmp-bad" data-error={progress.error.name}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long words are scrolled by keyboard too */}
          <div class="sy-cmp-error" tabIndex={0}>
            <Icon name="warning" size={12} />
            {kind && <span class="sy-error-kind">{kind}</span>} {message} {advice}
          </div>
          <ObstacleAction session={session} />
        </div>
      );
    }
    case "answered":
      return <Answered column={column} reply={progress} />;
  }
}

function Answered({ column, reply }: { column: Column; reply: Reply }): JSX.Element {
  const { answer, confirmation } = reply;
  const [only, ...others] = answer.outcomes;
  const failed = failures(answer.outcomes).length;
  const result =
    others.length > 0
      ? `${plural(answer.outcomes.length, "statement")}${failed > 0 ? `, ${failed} failed` : ""}`
      : only?.ok
        ? only.result.rows
          ? plural(only.result.rows.length, "row")
          : "1 value"
        : only
          ? "failed"
          : "no statement";
  const words = changedWords(reply);
  const lost = lostWords(reply);
  return (
    <>
      <div class="sy-cmp-head-who sy-dim">
        <span class="sy-ellipsis" title={`${answer.identity} in ${answer.target}`}>
          {answer.identity} · {answer.target}
        </span>
        {confirmation?.confirmed && (
          <span class="sy-cmp-confirmed" title="The server says so, in the same answer">
            ✓<span class="sy-unseen"> confirmed by the server</span>
          </span>
        )}
      </div>
      {confirmation?.confirmed === false && (
        <div class="sy-cmp-head-state sy-cmp-bad" data-unconfirmed>
          <div>
            <Icon name="warning" size={12} /> <b>Identity not confirmed.</b> {confirmation.reason}{" "}
            Expected: {userWord(column.session)} in {placeWord(column.session)}.
          </div>
          <ObstacleAction session={column.session} />
        </div>
      )}
      <div class="sy-cmp-head-size">
        {result} <span class="sy-dim">· {timeSpent(answer.duration)}</span>{" "}
        <span class="sy-dim">· {byteSize(answer.bytesReceived)}</span>
      </div>
      {lost && <div class="sy-cmp-head-state sy-cmp-warn">{lost}</div>}
      {words && <div class="sy-cmp-head-dry">{words}</div>}
      {only && !only.ok && others.length === 0 && (
        <div class="sy-cmp-head-state sy-cmp-bad" data-outcome="failed">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long words are scrolled by keyboard too */}
          <div class="sy-cmp-error" tabIndex={0}>
            <Icon name="warning" size={12} />
            {only.error.kind && <span class="sy-error-kind">{only.error.kind}</span>}{" "}
            {only.error.message}
          </div>
        </div>
      )}
    </>
  );
}
