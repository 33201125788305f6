/** The header of a held session: who it is, in what state and why, whether the server agrees, and what can be done. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { ErrorNote } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { statusMark } from "../../words/status.ts";
import { HeadLabel } from "../head-label.tsx";
import { Appearance } from "./appearance.tsx";
import { Cause, SessionId } from "./origin.tsx";
import { Ask, type Question } from "./questions.tsx";
import { SessionActions } from "./session-actions.tsx";
import { States } from "./states.tsx";
import { HeldTruth } from "./truth.tsx";

export interface HeaderProps {
  session: SessionView;
  back: ComponentChildren;
  onSignIn: () => void;
}

export function Header({ session, back, onSignIn }: HeaderProps): JSX.Element {
  const store = useStore();
  const action = useAction();
  const question = useSignal<Question | undefined>(undefined);
  const { key, label } = session;
  const closed = isClosed(session);
  return (
    <header class="sy-head">
      <div class="sy-head-title">
        {back}
        <Appearance session={session} action={action} />
        <HeadLabel
          label={label}
          action={action}
          rename={closed ? undefined : (text) => store.call("session.edit", { key, label: text })}
        />
        <span class="sy-head-status" data-status={session.status}>
          <StateMark state={statusMark(session)} />
        </span>
        {!closed && <SessionActions session={session} action={action} question={question} />}
      </div>
      <Origin session={session} action={action} />
      {!closed && <HeldTruth session={session} />}
      {question.value && (
        <Ask
          session={session}
          question={question.value}
          action={action}
          close={() => {
            question.value = undefined;
          }}
        />
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
      <States session={session} action={action} onSignIn={onSignIn} />
    </header>
  );
}

/** Why it is in this state, and on which connection under which id. */
function Origin({ session, action }: { session: SessionView; action: Action }): JSX.Element {
  const store = useStore();
  const connection = store.connections.get(session.connectionId);
  return (
    <div class="sy-head-origin sy-dim">
      <Cause session={session} />
      <span class="sy-head-id">
        <span title={connection?.url}>{connection?.name ?? "removed connection"}</span>
        {" · "}
        <SessionId session={session} action={action} />
      </span>
    </div>
  );
}
