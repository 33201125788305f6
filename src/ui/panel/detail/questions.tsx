/** What can't be taken back asks first, at its place, and says what it does. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Confirm } from "../../components/confirm.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { listOf, tabsOf } from "../../store/tabs-of.ts";

/** `close` and `end` ask only where they would cut a tab that runs as the session. */
export type Question = "reset" | "revoke" | "replace" | "close" | "end";

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
  const tabs = tabsOf(store, (each) => each === session.key);
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
          <CutsTab session={session} after="as anonymous, until you choose otherwise" />
        </Confirm>
      );
    case "close":
      return (
        <Confirm
          yes="Close"
          onYes={() => act(() => store.call("session.close", { key }))}
          close={close}
        >
          Close “{session.label}”?
          <CutsTab session={session} after={undefined} />
        </Confirm>
      );
    case "end":
      return (
        <Confirm
          yes="Sign out"
          onYes={() => act(() => store.call("session.end", { key }))}
          close={close}
        >
          Sign “{session.label}” out?
          <CutsTab session={session} after={undefined} />
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
              {tabs.length > 0 && (
                <span>What ran as it then runs as that one: {listOf(tabs)}.</span>
              )}
            </label>
          )}
        </Confirm>
      );
  }
}

interface CutsTabProps {
  session: SessionView;
  /** As whom the page's requests run then; undefined: they fail. */
  after: string | undefined;
}

/** Which tabs would be cut; nothing where none runs as the session. */
function CutsTab({ session, after }: CutsTabProps): JSX.Element | null {
  const store = useStore();
  const tabs = tabsOf(store, (key) => key === session.key);
  if (tabs.length === 0) return null;
  const names = listOf(tabs);
  return (
    <>
      {" "}
      <b>{`${names[0]?.toUpperCase()}${names.slice(1)}`}</b> {tabs.length === 1 ? "runs" : "run"} as{" "}
      {session.label}: {tabs.length === 1 ? "its" : "their"} requests then{" "}
      {after === undefined ? "fail until you choose another session" : `run ${after}`}.
    </>
  );
}
