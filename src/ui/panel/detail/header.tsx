/** Who the session is, in what state and why, whether the server agrees, and what can be done. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { Ago } from "../../components/times.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { shortId } from "../../words/identity.ts";
import { statusMark } from "../../words/status.ts";
import { RenameField } from "../rename-field.tsx";
import { Appearance } from "./appearance.tsx";
import { type Question, SessionActions } from "./session-actions.tsx";
import { Truth } from "./truth.tsx";

export interface HeaderProps {
  session: SessionView;
  back: ComponentChildren;
  onSignIn: () => void;
}

export function Header({ session, back, onSignIn }: HeaderProps): JSX.Element {
  const action = useAction();
  const renaming = useSignal(false);
  const question = useSignal<Question | undefined>(undefined);
  const closed = isClosed(session);
  return (
    <header class="sy-head">
      <div class="sy-head-title">
        {back}
        <Appearance session={session} action={action} />
        {renaming.value ? (
          <RenameField
            session={session}
            action={action}
            onDone={() => {
              renaming.value = false;
            }}
          />
        ) : (
          <>
            <h1 class="sy-ellipsis" title={session.label}>
              {session.label}
            </h1>
            {!closed && (
              <Button
                icon="edit"
                label="Rename"
                onClick={() => {
                  renaming.value = true;
                }}
              />
            )}
          </>
        )}
        <span class="sy-head-status" data-status={session.status}>
          <StateMark state={statusMark(session)} />
        </span>
        {!closed && <SessionActions session={session} action={action} question={question} />}
      </div>
      <Origin session={session} action={action} />
      {!closed && <Truth session={session} />}
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
  const { id } = session;
  return (
    <div class="sy-head-origin sy-dim">
      <span>
        {session.cause} <Ago at={session.statusSince} />
      </span>
      <span class="sy-head-id">
        <span title={connection?.url}>{connection?.name ?? "removed connection"}</span>
        {" · "}
        {id === undefined ? (
          "default session"
        ) : (
          <>
            <span class="sy-mono" title={id}>
              {shortId(id)}
            </span>
            <Button
              icon="copy"
              label="Copy the session's id"
              onClick={() => action.run(() => store.copy(id, "Session id"))}
            />
          </>
        )}
      </span>
    </div>
  );
}

interface AskProps {
  session: SessionView;
  question: Question;
  action: Action;
  close: () => void;
}

/** What can't be taken back asks first, here, and says what it does. */
function Ask({ session, question, action, close }: AskProps): JSX.Element {
  const store = useStore();
  const other = useSignal("");
  const others = store.sessions.all.value.filter(
    (each) =>
      each.key !== session.key && each.connectionId === session.connectionId && !isClosed(each),
  );
  const by = other.value || others[0]?.key;
  const act = async (work: () => Promise<unknown>) => {
    if (await action.run(work)) close();
  };
  const { key } = session;
  switch (question) {
    case "reset":
      return (
        <Note
          tone="warn"
          actions={
            <>
              <Button onClick={() => act(() => store.call("session.reset", { key }))}>Reset</Button>
              <Button onClick={close}>Keep</Button>
            </>
          }
        >
          Reset clears sign-in, namespace, database, variables and live queries. The session stays
          open, as anonymous.
        </Note>
      );
    case "revoke":
      return (
        <Note
          tone="warn"
          actions={
            <>
              <Button onClick={() => act(() => store.call("session.revoke", { key }))}>
                Revoke tokens
              </Button>
              <Button onClick={close}>Keep</Button>
            </>
          }
        >
          Revoking ends the refresh token for everyone who has it. The session goes on until its
          access token ends.
        </Note>
      );
    case "replace":
      return (
        <Note
          tone="warn"
          actions={
            <>
              {by !== undefined && (
                <Button onClick={() => act(() => store.call("session.replace", { key, by }))}>
                  Replace
                </Button>
              )}
              <Button onClick={close}>Keep</Button>
            </>
          }
        >
          {by === undefined ? (
            "There is no other session on this connection to take its place."
          ) : (
            <label class="sy-head-replace">
              Close “{session.label}” and let this one take its place:
              <select
                class="sy-select"
                value={by}
                onChange={(event) => {
                  other.value = event.currentTarget.value;
                }}
              >
                {others.map((each) => (
                  <option key={each.key} value={each.key}>
                    {each.label}
                  </option>
                ))}
              </select>
            </label>
          )}
        </Note>
      );
  }
}

interface StatesProps {
  session: SessionView;
  action: Action;
  onSignIn: () => void;
}

/** What is not as it should be, each with the way out. */
function States({ session, action, onSignIn }: StatesProps): JSX.Element | null {
  const store = useStore();
  const { key, status, gate, warnings } = session;
  if (isClosed(session)) return null;
  const signIn = <Button onClick={onSignIn}>Sign in…</Button>;
  return (
    <>
      {session.needsSignIn ? (
        <Note tone="warn" actions={signIn}>
          Sign in again: {session.cause}
        </Note>
      ) : status === "abandoned" ? (
        <Note
          tone="warn"
          actions={
            <Button
              title="touch()"
              onClick={() => action.run(() => store.call("session.touch", { key }))}
            >
              Touch
            </Button>
          }
        >
          Abandoned: it was not used for long and was given up at the server. Touch brings it back.
        </Note>
      ) : status !== "active" ? (
        <Note tone={status === "ended" ? "plain" : "warn"} actions={signIn}>
          {status === "ended"
            ? "Signed out: it is still attached, and answers as nobody."
            : session.cause}
        </Note>
      ) : (
        !gate.open && <Note tone="warn">Requests wait: {gate.reason}</Note>
      )}
      {warnings.map((warning) => (
        <Note key={warning} tone="warn" actions={session.needsSignIn ? undefined : signIn}>
          {warning}
        </Note>
      ))}
    </>
  );
}
