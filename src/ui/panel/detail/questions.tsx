/** What can't be taken back asks first, at its place, and says what it does. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";

export type Question = "reset" | "revoke" | "replace";

export interface ConfirmProps {
  children: ComponentChildren;
  /** The word on the button that goes on; absent: there is nothing to go on with. */
  yes?: string;
  no?: string;
  onYes: () => unknown;
  close: () => void;
}

/** A question at its place: what would happen, and the two ways out. */
export function Confirm({ children, yes, no = "Keep", onYes, close }: ConfirmProps): JSX.Element {
  return (
    <Note
      tone="warn"
      actions={
        <>
          {yes !== undefined && <Button onClick={onYes}>{yes}</Button>}
          <Button onClick={close}>{no}</Button>
        </>
      }
    >
      {children}
    </Note>
  );
}

/** What a reset does, of whatever session. */
export const RESET_WORDS =
  "Reset clears sign-in, namespace, database, variables and live queries. The session stays open, " +
  "as anonymous.";

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
        <Confirm
          yes="Reset"
          onYes={() => act(() => store.call("session.reset", { key }))}
          close={close}
        >
          {RESET_WORDS}
        </Confirm>
      );
    case "revoke":
      return (
        <Confirm
          yes="Revoke tokens"
          onYes={() => act(() => store.call("session.revoke", { key }))}
          close={close}
        >
          Revoking ends the refresh token for everyone who has it. The session goes on until its
          access token ends.
        </Confirm>
      );
    case "replace":
      return (
        <Confirm
          yes={by === undefined ? undefined : "Replace"}
          onYes={() => act(async () => by && store.call("session.replace", { key, by }))}
          close={close}
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
        </Confirm>
      );
  }
}
