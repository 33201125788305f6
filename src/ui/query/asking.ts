/**
 * Asks one session what a run asks, as its plan says, and reads the answer.
 *
 * Where the text says who asks (compared runs), the server's word is held against the session as it is
 * shown: rows of another identity are no answer of this session's.
 */
import { CommandError } from "../../messages/view-client.ts";
import type { ErrorView } from "../../session/model.ts";
import { countedForm } from "../../session/query/changed-records.ts";
import {
  type Changed,
  type Prepared,
  prepareRun,
  type RunAnswer,
} from "../../session/query/dry-run.ts";
import { type Confirmation, confirmIdentity } from "../../session/query/identity.ts";
import { methodAsStatement } from "../../session/query/method-as-statement.ts";
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
import type { SchemaGuard } from "./schema-guard.ts";

/** What one session answered. */
export interface Reply {
  answer: Answer;
  /** Nothing of it stayed. */
  dry: boolean;
  /** How many records changed, or would have; absent: the answer doesn't tell. */
  changed?: Changed;
  /** What nobody could look at before it ran dry. */
  warning?: string;
  /** Absent: the server wasn't asked in the same text. */
  confirmation?: Confirmation;
}

/** Bytes that go along in place of what is written: of a request that was recorded. */
export interface Given {
  /** Of a query: a CBOR map. */
  bindings?: Uint8Array;
  /** Of another method: a CBOR array. */
  params?: Uint8Array;
}

/** A query may take long, and the person sees how long and can let go; but no wait is for ever. */
const TIMEOUT = 60 * 60_000;

/** With `signal` the answer is waited for no longer. */
export type Ask = (session: AnySession, signal: AbortSignal) => Promise<Reply>;

export interface AskOptions {
  asked: Asked;
  plan: Exclude<Plan, { kind: "refused" }>;
  /** Of the one session. */
  txn?: string;
  given?: Given;
  /** Looks at what a dry run would set off; absent: nobody does. */
  guard?: SchemaGuard;
}

/** @throws RefusedError where the text can't run dry after all */
export function createAsk(call: PanelStore["call"], options: AskOptions): Ask {
  return options.asked.method === "query" ? queryAsk(call, options) : methodAsk(call, options);
}

function queryAsk(callAll: PanelStore["call"], options: AskOptions): Ask {
  const { asked, plan, txn, given, guard } = options;
  const { text } = asked;
  const prepared = plan.kind === "written" ? undefined : prepareRun(text, plan.kind);
  return async (session, signal) => {
    const { key } = session;
    const call = until(signal, callAll);
    const bound = asked.bindings.trim();
    const bindings =
      given?.bindings ??
      (bound ? await evaluate(call, key, bound, "object", "variables") : undefined);
    if (prepared) {
      const trial = { text, prepared, bindings, dry: plan.kind === "dry" };
      return tryOut(call, session, trial, guard);
    }
    const params = { key, ...(txn !== undefined && { txn }), text, ...(bindings && { bindings }) };
    const raw = await call("session.query", params, { timeout: TIMEOUT });
    return { answer: readAnswer(session, "query", txn, raw), dry: false };
  };
}

function methodAsk(callAll: PanelStore["call"], options: AskOptions): Ask {
  const { asked, plan, txn, given, guard } = options;
  const { method } = asked;
  return async (session, signal) => {
    const { key } = session;
    const call = until(signal, callAll);
    const args = takesArguments(method) ? asked.text.trim() : "";
    const params =
      given?.params ?? (args ? await evaluate(call, key, args, "array", "arguments") : undefined);
    if (plan.kind !== "written") {
      const statement = methodAsStatement(method, params);
      if (!statement) throw new CommandError(noStatement(method));
      const { text, bindings } = statement;
      const prepared = prepareRun(text, plan.kind);
      const trial = { text, prepared, bindings, dry: plan.kind === "dry" };
      return tryOut(call, session, trial, guard);
    }
    const raw = await call(
      "session.call",
      { key, ...(txn !== undefined && { txn }), method, ...(params && { params }) },
      { timeout: TIMEOUT },
    );
    return { answer: readAnswer(session, method, txn, raw), dry: false };
  };
}

function noStatement(method: string): ErrorView {
  return {
    name: "InvalidArgument",
    message: `No statement does what ${method} would do with these arguments. Nothing was sent.`,
    advice: "Look at the example of its arguments, or run it in one session, with “Keep changes”.",
  };
}

/** A text that says who asks. */
interface Trial {
  text: string;
  prepared: Prepared;
  bindings: Uint8Array | undefined;
  dry: boolean;
}

async function tryOut(
  call: PanelStore["call"],
  session: AnySession,
  { text, prepared, bindings, dry }: Trial,
  guard: SchemaGuard | undefined,
): Promise<Reply> {
  const warning = dry ? await guard?.(session, text) : undefined;
  const { key } = session;
  const params = { key, text: prepared.text, ...(bindings && { bindings }) };
  const raw = await call("session.query", params, { timeout: TIMEOUT }).catch((thrown: unknown) => {
    throw new CommandError(prepared.explain(toErrorView(thrown)));
  });
  const read = prepared.read(raw.result);
  const run = dry ? read : countedByRows(text, read);
  const { changed } = run;
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
    dry,
    ...(changed && { changed }),
    ...(warning && { warning }),
    confirmation: confirmIdentity(session, run.truth),
  };
}

/** Calls that are given up with the signal. */
function until(signal: AbortSignal, call: PanelStore["call"]): PanelStore["call"] {
  return (command, params, options) => call(command, params, { ...options, signal });
}

/** With what the rows of a text that was kept tell of records that it wrote. */
function countedByRows(text: string, run: RunAnswer): RunAnswer {
  let records = 0;
  let atLeast = false;
  let writes = false;
  const statements = [...run.statements];
  for (const [index, statement] of readStatements(text).statements.entries()) {
    const counted = countedForm(statement);
    const answer = statements[index];
    const tells = counted.changes.length === 0 && answer?.ok;
    const changed = tells ? counted.shown(answer.bytes as ItemBytes).changed : undefined;
    if (tells && changed !== undefined) statements[index] = { ...answer, changed };
    records += changed ?? 0;
    writes ||= counted.hides || counted.changes.length > 0 || changed !== undefined;
    atLeast ||= counted.hides || (counted.changes.length > 0 && answer?.ok === true);
  }
  return { ...run, statements, ...(writes && { changed: { records, atLeast } }) };
}

function toOutcome(run: RunAnswer["statements"][number]): Outcome {
  if (!run.ok) return run;
  const { bytes, ...rest } = run;
  return { ...rest, result: new Result(bytes) };
}
