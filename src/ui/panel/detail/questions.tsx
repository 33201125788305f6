/** What can't be taken back asks first, at its place, and says what it does. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";

export type Question = "reset" | "revoke" | "replace";

export interface AskProps {
  session: SessionView;
  question: Question;
  action: Action;
  close: () => void;
}

export function Ask({ session, question, action, close }: AskProps): JSX.Element {
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
