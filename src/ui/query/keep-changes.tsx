/**
 * "Keep changes", and the question that a Careful connection asks once more: by the names of the
 * server and the sessions, since what is written there may be somebody's production.
 */
import type { JSX } from "preact";
import { joined } from "../../session/query/list-words.ts";
import { Confirm } from "../components/confirm.tsx";
import { Checkbox } from "../components/field.tsx";
import type { AnySession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";

import { connectionOf } from "./anonymous.ts";
import type { QueryState } from "./query-state.ts";

export interface KeepChangesProps {
  state: QueryState;
  /** How many sessions are chosen. */
  sessions: number;
  /** In a transaction, its end decides what is kept. */
  inTransaction: boolean;
}

export function KeepChanges({ state, sessions, inTransaction }: KeepChangesProps): JSX.Element {
  return (
    <span
      class="sy-query-keep"
      title={
        inTransaction
          ? "In a transaction: Commit keeps what was written, Cancel doesn't."
          : "Without it what writes runs dry: in a transaction that never commits."
      }
    >
      <Checkbox
        checked={inTransaction || keeps(state, sessions)}
        disabled={inTransaction}
        onChange={(on) => {
          // What is the rule anyway is no choice: it follows the number of sessions again.
          state.keep.value = on === (sessions === 1) ? undefined : on;
        }}
      >
        Keep changes
      </Checkbox>
    </span>
  );
}

/** One session's writes stay, those of several don't, unless the person said otherwise. */
export function keeps(state: QueryState, sessions: number): boolean {
  return state.keep.value ?? sessions === 1;
}

/** Servers marked Careful that these sessions work on: their names, each once. */
export function carefulServers(store: PanelStore, sessions: readonly AnySession[]): string[] {
  const names = sessions.flatMap((session) => {
    const connection = connectionOf(store, session);
    return connection?.careful ? [connection.name] : [];
  });
  return [...new Set(names)];
}

export interface CarefulProps {
  servers: readonly string[];
  sessions: readonly AnySession[];
  onYes: () => unknown;
  close: () => void;
}

export function AskCareful({ servers, sessions, onYes, close }: CarefulProps): JSX.Element {
  return (
    <Confirm yes="Run and keep changes" no="Don't run" onYes={onYes} close={close}>
      <b>{joined(servers)}</b> {servers.length === 1 ? "is" : "are"} marked{" "}
      <span class="sy-careful">Careful</span>. This may change data there as{" "}
      <b>{joined(sessions.map(({ label }) => label))}</b>, and it stays.
    </Confirm>
  );
}
