/**
 * A recorded request, run once more in sessions of the person's choice.
 *
 * What is sent are the recorded bytes themselves, so that no value changes its type on the way. What
 * writes is asked about first, each time: dry, so that nothing of it stays, or kept.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { PAST_SIZE } from "../../../session/query/kept-statements.ts";
import {
  type MethodStatement,
  methodAsStatement,
} from "../../../session/query/method-as-statement.ts";
import { arrayItems } from "../../../wire/cbor-parts.ts";
import { toErrorView } from "../../components/action.ts";
import { type Ask, createAsk, type Given } from "../../query/asking.ts";
import { createColumn } from "../../query/column.ts";
import type { Run } from "../../query/query-state.ts";
import { type Asked, type Plan, planRun, type Refusal } from "../../query/run-plan.ts";
import { createSchemaGuard, type Readers } from "../../query/schema-guard.ts";
import type { AnySession } from "../../store/any-session.ts";
import type { PanelStore } from "../../store/store.ts";
import { isContainer } from "../../values/format.ts";
import { argumentsOf } from "../detail/decoded.ts";
import { written } from "./open-in-query.ts";

/** A request as it was sent, secrets and all. */
export interface Repeatable {
  method: string;
  /** CBOR array; absent where it had no arguments. */
  params?: Uint8Array;
}

export type Again =
  /** It writes, or can't be run dry (`refusal`): nothing was sent yet. */
  | { kind: "asking"; sessions: readonly AnySession[]; refusal?: Refusal }
  | { kind: "ran"; sessions: readonly AnySession[]; run: Run };

export interface RunAgain {
  readonly state: ReadonlySignal<Again | undefined>;
  /** Runs it as these sessions, or asks first. Settles when each has ended; never rejects. */
  start(sessions: readonly AnySession[]): Promise<void>;
  /** The person answered what was asked: whether what it writes stays. */
  confirm(keep: boolean): Promise<void>;
  /** Takes question or outcome away; an answer that is under way is nobody's then. */
  dismiss(): void;
}

/** Methods that can be run again in another session; those that change the session itself can't. */
const REPEATABLE = new Set(
  "query select create insert insert_relation update upsert merge patch delete relate run info version".split(
    " ",
  ),
);

/** True for methods that act on data, and can be asked for in any session. */
export function canRunAgain(method: string): boolean {
  return REPEATABLE.has(method);
}

/**
 * @param request read when it is needed only: it may be large
 * @param readersFor who may be asked for the schema, so that a dry run sets nothing off
 * @param started told of each run that a history can keep as it begins, with what was asked as a person
 *   would have written it
 */
export function createRunAgain(
  call: PanelStore["call"],
  request: () => Repeatable,
  readersFor: (sessions: readonly AnySession[]) => Readers,
  started: (run: Run) => void = () => undefined,
): RunAgain {
  const state = signal<Again | undefined>(undefined);

  async function run(sessions: readonly AnySession[], keep: boolean): Promise<void> {
    const refuse = (refusal: Refusal) => {
      state.value = { kind: "asking", sessions, refusal };
    };
    const { asked, given, plan } = planned(request(), sessions.length, keep);
    if (plan.kind === "refused") return refuse(plan.refusal);
    let ask: Ask;
    try {
      ask = createAsk(call, {
        asked,
        given,
        plan,
        guard: createSchemaGuard(call, readersFor(sessions)),
      });
    } catch (thrown) {
      // A text that can't be run dry after all.
      return refuse({ reason: toErrorView(thrown).message });
    }
    const columns = sessions.map((session) =>
      createColumn(session, (signal) => ask(session, signal)),
    );
    const begun = { asked, keep, columns };
    state.value = { kind: "ran", sessions, run: begun };
    // To write out a longer one takes seconds, the history wouldn't keep it, and the log has it.
    const sent = request();
    if ((sent.params?.length ?? 0) <= PAST_SIZE) started({ ...begun, asked: written(sent) });
    await Promise.all(columns.map(({ ended }) => ended));
  }

  function letGo() {
    const before = state.peek();
    if (before?.kind === "ran") for (const column of before.run.columns) column.letGo();
  }

  return {
    state,
    async start(sessions) {
      letGo();
      const { plan } = planned(request(), sessions.length, false);
      if (plan.kind === "plain" || plan.kind === "written") return run(sessions, false);
      const refusal = plan.kind === "refused" ? { refusal: plan.refusal } : {};
      state.value = { kind: "asking", sessions, ...refusal };
    },
    async confirm(keep) {
      const asked = state.peek();
      if (asked?.kind === "asking") await run(asked.sessions, keep);
    },
    dismiss() {
      letGo();
      state.value = undefined;
    },
  };
}

interface Planned {
  asked: Asked;
  /** The bytes that go with it, as they were recorded. */
  given: Given;
  plan: Plan;
}

/** A statement is asked as it is; another method by itself, or dry as the statement that does the same. */
function planned(request: Repeatable, sessions: number, keep: boolean): Planned {
  const options = { sessions, keep, inTransaction: false };
  const { method, params } = request;
  const [text, bindings] = argumentsOf(params) ?? [];
  if (method === "query" && typeof text === "string" && params) {
    const bytes = isContainer(bindings) ? arrayItems(params)[1]?.slice() : undefined;
    const asked = { method, text, bindings: "" };
    return { asked, given: { bindings: bytes }, plan: planRun(asked, options) };
  }
  const asked = { method, text: "", bindings: "" };
  const plan = planRun(asked, options);
  if (plan.kind !== "dry") return { asked, given: { params }, plan };
  const same = statementOf(request);
  if ("reason" in same) return { asked, given: {}, plan: { kind: "refused", refusal: same } };
  const statement = { method: "query", text: same.text, bindings: "" };
  return {
    asked: statement,
    given: { bindings: same.bindings },
    plan: planRun(statement, options),
  };
}

function statementOf({ method, params }: Repeatable): MethodStatement | { reason: string } {
  try {
    const statement = methodAsStatement(method, params);
    return statement ?? { reason: `No statement does the same as this ${method}.` };
  } catch (thrown) {
    return { reason: toErrorView(thrown).message };
  }
}
