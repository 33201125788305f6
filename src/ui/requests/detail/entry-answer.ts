/** What a page was answered, in the shape in which the Query view shows its own answers. */

import type { EntryDetails, RequestEntry } from "../../../session/log/log-entry.ts";
import type { AuthLevel, ErrorView } from "../../../session/model.ts";
import type { IdentityThen } from "../../../session/page/page-model.ts";
import { toErrorView } from "../../components/action.ts";
import { type Answer, type Outcome, readOutcomes } from "../../query/results/answer.ts";
import { placeWord } from "../../words/identity.ts";
import { type SessionName, userThen } from "../session-names.ts";

/** Record ids have a colon, names of system users don't: enough to say whether permissions apply. */
function levelThen(as: IdentityThen | undefined): AuthLevel {
  if (as?.user === undefined) return "anonymous";
  return as.user.includes(":") ? "record" : "root";
}

/** `answer` is absent while there is none, and where it wasn't kept. */
export type Recorded = { answer?: Answer } | { error: ErrorView };

/** Never throws: bytes that are no value are said to be that. */
export function recordedAnswer(
  entry: RequestEntry,
  details: EntryDetails,
  name: SessionName,
): Recorded {
  let outcomes: Outcome[] | undefined;
  try {
    outcomes = outcomesOf(entry.method, details);
  } catch (thrown) {
    return { error: toErrorView(thrown) };
  }
  if (!outcomes) return {};
  const answer: Answer = {
    session: name,
    level: levelThen(entry.as),
    method: entry.method,
    ...(entry.txn !== undefined && { txn: entry.txn }),
    identity: userThen(entry.as),
    target: placeWord(entry.as ?? {}),
    duration: entry.duration ?? 0,
    bytesReceived: entry.bytesReceived ?? 0,
    outcomes,
  };
  return { answer };
}

function outcomesOf(method: string, { error, result }: EntryDetails): Outcome[] | undefined {
  if (error) return [{ ok: false, error }];
  return result && readOutcomes(method, result);
}

/** Where the result of the statement at `index` stands within the whole result. */
export function pathOfStatement(method: string, index: number): (string | number)[] {
  return method === "query" ? [index, "result"] : [];
}
