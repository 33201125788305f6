/** All connections in one mark and a word: the one if there is one, else how many are open. */
import type { ConnectionView } from "../../session/model.ts";
import { connectionState, type StateWord } from "./status.ts";

export interface ConnectionsSummary {
  /** Where a click leads: the connection that needs a look, else the first. */
  id: string;
  name: string;
  state: StateWord;
  /** How many work, where there is more than one. */
  count?: string;
}

/** @param connections at least one */
export function connectionsSummary(
  connections: readonly ConnectionView[],
  now: number,
): ConnectionsSummary {
  const troubled = connections.find(({ state }) => state.kind !== "open" && state.kind !== "idle");
  const first = troubled ?? connections[0];
  if (!first) throw new Error("There is no connection to sum up");
  if (connections.length === 1) {
    return { id: first.id, name: first.name, state: connectionState(first, now) };
  }
  const open = connections.filter(({ state }) => state.kind === "open").length;
  const count = `${open} of ${connections.length} open`;
  if (troubled) {
    return { id: first.id, name: first.name, state: connectionState(first, now), count };
  }
  const state: StateWord = { tone: "good", mark: "●", word: count, sentence: `${count}.` };
  return { id: first.id, name: "Connections", state };
}
