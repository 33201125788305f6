/** What is not as it should be with a session, each with the way out. */
import type { JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";

export interface StatesProps {
  session: SessionView;
  action: Action;
  onSignIn: () => void;
}

export function States({ session, action, onSignIn }: StatesProps): JSX.Element | null {
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
