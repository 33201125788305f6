/**
 * Asks one session what a run asks, as its plan says, and reads the answer.
 *
 * Where the text says who asks (compared runs), the server's word is held against the session as it is
 * shown: rows of another identity are no answer of this session's.
 */
import { CommandError } from "../../messages/view-client.ts";
import { countedForm } from "../../session/query/changed-records.ts";
import {
  type Changed,
  type Prepared,
  prepareRun,
  type RunAnswer,
} from "../../session/query/dry-run.ts";
import { type Confirmation, confirmIdentity } from "../../session/query/identity.ts";
import { readStatements } from "../../session/query/statements.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { Result } from "../../wire/result.ts";
import { toErrorView } from "../components/action.ts";
import type { AnySession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";
import { evaluate } from "./evaluate.ts";
import { takesArguments } from "./methods.ts";
import { type Answer, type Outcome, readAnswer } from "./results/answer.ts";
import type { Asked, Plan } from "./run-plan.ts";

/** What one session answered. */
export interface Reply {
  answer: Answer;
  /** Nothing of it stayed. */
  dry: boolean;
  /** How many records changed, or would have; absent: the answer doesn't tell. */
  changed?: Changed;
  /** Absent: the server wasn't asked in the same text. */
  confirmation?: Confirmation;
}

/** A query may take long, and the person sees how long and can let go; but no wait is for ever. */
const TIMEOUT = 60 * 60_000;

export type Ask = (session: AnySession) => Promise<Reply>;

/**
 * @param plan any but "refused"
 * @param txn of the one session
 * @throws RefusedError where the text can't run dry after all
 */
export function createAsk(
  call: PanelStore["call"],
  asked: Asked,
  plan: Exclude<Plan, { kind: "refused" }>,
  txn?: string,
): Ask {
  const inTxn = txn !== undefined && { txn };
  if (asked.method === "query") {
    const prepared = plan.kind === "written" ? undefined : prepareRun(asked.text, plan.kind);
    const kept = (run: RunAnswer) => changedByRows(asked.text, run);
    return async (session) => {
      const { key } = session;
      const bound = asked.bindings.trim();
      const bindings = bound && (await evaluate(call, key, bound, "object", "variables"));
      const text = prepared?.text ?? asked.text;
      const params = { key, ...inTxn, text, ...(bindings && { bindings }) };
      return prepared
        ? askPrepared(call, session, prepared, params, plan.kind === "dry" ? undefined : kept)
        : { answer: readAnswer(session, "query", txn, await send(call, params)), dry: false };
    };
  }
  return async (session) => {
    const { key } = session;
    const given = takesArguments(asked.method) ? asked.text.trim() : "";
    const params = given && (await evaluate(call, key, given, "array", "arguments"));
    const raw = await call(
      "session.call",
      { key, ...inTxn, method: asked.method, ...(params && { params }) },
      { timeout: TIMEOUT },
    );
    return { answer: readAnswer(session, asked.method, txn, raw), dry: false };
  };
}

/** What the rows of a text that was kept tell of records that it wrote. */
function changedByRows(text: string, run: RunAnswer): Changed | undefined {
  let records = 0;
  let atLeast = false;
  let writes = false;
  for (const [index, statement] of readStatements(text).statements.entries()) {
    const counted = countedForm(statement);
    const answer = run.statements[index];
    const tells = counted.changes.length === 0 && answer?.ok;
    const changed = tells ? counted.shown(answer.bytes as ItemBytes).changed : undefined;
    records += changed ?? 0;
    writes ||= counted.hides || counted.changes.length > 0 || changed !== undefined;
    atLeast ||= counted.hides || (counted.changes.length > 0 && answer?.ok === true);
  }
  return writes ? { records, atLeast } : undefined;
}

interface QueryParams {
  key: string;
  txn?: string;
  text: string;
  bindings?: Uint8Array;
}

function send(call: PanelStore["call"], params: QueryParams) {
  return call("session.query", params, { timeout: TIMEOUT });
}

async function askPrepared(
  call: PanelStore["call"],
  session: AnySession,
  prepared: Prepared,
  params: QueryParams,
  kept: ((run: RunAnswer) => Changed | undefined) | undefined,
): Promise<Reply> {
  const raw = await send(call, params).catch((thrown: unknown) => {
    throw new CommandError(prepared.explain(toErrorView(thrown)));
  });
  const run = prepared.read(raw.result);
  const changed = kept ? kept(run) : run.changed;
  return {
    answer: {
      session: { label: session.label, colour: session.colour },
      level: session.auth.level,
      method: "query",
      identity: raw.identity,
      target: raw.target,
      duration: raw.duration,
      bytesReceived: raw.bytesReceived,
      outcomes: run.statements.map(toOutcome),
    },
    dry: kept === undefined,
    ...(changed && { changed }),
    confirmation: confirmIdentity(session, run.truth),
  };
}

function toOutcome(run: RunAnswer["statements"][number]): Outcome {
  if (!run.ok) return run;
  const { bytes, ...rest } = run;
  return { ...rest, result: new Result(bytes) };
}
