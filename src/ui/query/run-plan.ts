/**
 * How a text or a method is run: as written, with the question who asks behind it, dry, or not at all.
 *
 * One session runs what was written. Where several are compared, what writes leaves no trace unless
 * the person said so, and what no transaction takes back is never sent.
 */
import { safetyOf } from "../../session/query/safety.ts";

/** What is run: a statement, or another method's arguments. */
export interface Asked {
  method: string;
  /** The statement, or the arguments of another method. */
  text: string;
  bindings: string;
}

/** Why nothing is sent. */
export interface Refusal {
  reason: string;
  /** The word that it is about, and where that stands in the text: UTF-16 offsets. */
  place?: { word: string; from: number; to: number };
}

export type Plan =
  /** The text, and nothing else. */
  | { kind: "written" }
  /** The text, and who asks. */
  | { kind: "plain" }
  /** In a transaction that never commits. `calls`: `fn::` names that it calls. */
  | { kind: "dry"; calls: readonly string[] }
  | { kind: "refused"; refusal: Refusal };

export interface PlanOptions {
  /** How many sessions it runs in. */
  sessions: number;
  /** Whether what it writes stays. */
  keep: boolean;
  /** It runs in a transaction of the one session, where a dry run has no place. */
  inTransaction: boolean;
}

/** Methods that read, and are run as they are. */
const READS = new Set(["select", "info", "sessions", "version", "ping"]);
/** Methods that may write rows: a statement does the same, and that can be run dry. */
const WRITES = new Set(
  "create insert insert_relation update upsert merge patch delete relate run".split(" "),
);

export function planRun(asked: Asked, options: PlanOptions): Plan {
  const { sessions, keep, inTransaction } = options;
  const several = sessions > 1;
  if (!several && (keep || inTransaction)) return { kind: "written" };
  const plan = asked.method === "query" ? planText(asked.text, keep) : planMethod(asked, keep);
  if (plan.kind === "refused" || keep) return plan;
  return refusedArguments(asked) ?? plan;
}

function planText(text: string, keep: boolean): Plan {
  const safety = safetyOf(text);
  if (safety.kind === "refused") {
    const { reason, word, from, to } = safety;
    const place = to > from ? { place: { word, from, to } } : {};
    return { kind: "refused", refusal: { reason, ...place } };
  }
  if (safety.kind === "reads" || keep) return { kind: "plain" };
  return { kind: "dry", calls: safety.calls };
}

function planMethod({ method }: Asked, keep: boolean): Plan {
  if (READS.has(method)) return { kind: "written" };
  if (WRITES.has(method)) return keep ? { kind: "written" } : { kind: "dry", calls: [] };
  const reason = `${method} changes the session itself, which no dry run takes back: run it in one session, with “Keep changes”.`;
  return { kind: "refused", refusal: { reason } };
}

/** Variables and arguments are evaluated by the server, in each session: they must not write either. */
function refusedArguments({ method, text, bindings }: Asked): Plan | undefined {
  const query = method === "query";
  const evaluated = (query ? bindings : text).trim();
  if (evaluated === "") return undefined;
  const safety = safetyOf(`RETURN (\n${evaluated}\n)`);
  if (safety.kind === "reads") return undefined;
  const what = query ? "variables" : "arguments";
  const reason =
    safety.kind === "refused"
      ? `The ${what} can't be run dry. ${safety.reason}`
      : `The ${what} may write, and they are evaluated before the dry run: write them into the statement.`;
  return { kind: "refused", refusal: { reason } };
}

/** True where what is asked may change data, run as it is written. */
export function mayWrite(asked: Asked): boolean {
  const { method, text } = asked;
  if (refusedArguments(asked)) return true;
  if (method !== "query") return WRITES.has(method);
  const safety = safetyOf(text);
  return safety.kind === "refused" ? !/^(LIVE|KILL)$/.test(safety.word) : safety.kind === "writes";
}
