/**
 * A recorded request, run once more in a session of the person's choice.
 *
 * What is sent are the recorded bytes themselves, so that no value changes its type on the way. What
 * may write is asked about first, each time.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ErrorView, SessionKey } from "../../../session/model.ts";
import { arrayItems } from "../../../wire/cbor-parts.ts";
import { toErrorView } from "../../components/action.ts";
import { type Answer, readAnswer } from "../../query/results/answer.ts";
import type { AnySession } from "../../store/any-session.ts";
import type { PanelStore } from "../../store/store.ts";
import { isContainer } from "../../values/format.ts";
import { argumentsOf } from "../detail/decoded.ts";
import { mayWrite } from "./writes.ts";

/** A request as it was sent, secrets and all. */
export interface Repeatable {
  method: string;
  /** CBOR array; absent where it had no arguments. */
  params?: Uint8Array;
}

export type Again =
  | { kind: "asking"; session: AnySession }
  | { kind: "running"; session: AnySession; startedAt: number }
  | { kind: "answered"; session: AnySession; answer: Answer }
  | { kind: "failed"; session: AnySession; error: ErrorView };

export interface RunAgain {
  readonly state: ReadonlySignal<Again | undefined>;
  /** Runs it as this session, or asks first. Settles when there is an outcome; never rejects. */
  start(session: AnySession): Promise<void>;
  /** The person agreed to what was asked. */
  confirm(): Promise<void>;
  /** Takes question or outcome away; an answer that is under way is nobody's then. */
  dismiss(): void;
}

/** A query may take long, and the person sees how long; but no wait is for ever. */
const TIMEOUT = 10 * 60_000;

/** @param request read when it is needed only: it may be large */
export function createRunAgain(call: PanelStore["call"], request: () => Repeatable): RunAgain {
  const state = signal<Again | undefined>(undefined);
  let runs = 0;

  async function run(session: AnySession): Promise<void> {
    const turn = ++runs;
    state.value = { kind: "running", session, startedAt: Date.now() };
    let outcome: Again;
    try {
      const sent = request();
      const raw = await send(call, session.key, sent);
      const answer = readAnswer(session, sent.method, undefined, raw);
      outcome = { kind: "answered", session, answer };
    } catch (thrown) {
      outcome = { kind: "failed", session, error: toErrorView(thrown) };
    }
    if (turn === runs) state.value = outcome;
  }

  return {
    state,
    async start(session) {
      runs++;
      const { method, params } = request();
      if (mayWrite(method, argumentsOf(params)?.[0])) {
        state.value = { kind: "asking", session };
      } else await run(session);
    },
    async confirm() {
      const asked = state.peek();
      if (asked?.kind === "asking") await run(asked.session);
    },
    dismiss() {
      runs++;
      state.value = undefined;
    },
  };
}

function send(call: PanelStore["call"], key: SessionKey, { method, params }: Repeatable) {
  const [text, bindings] = argumentsOf(params) ?? [];
  if (method === "query" && typeof text === "string" && params) {
    const bytes = isContainer(bindings) ? arrayItems(params)[1] : undefined;
    return call(
      "session.query",
      { key, text, ...(bytes && { bindings: bytes.slice() }) },
      { timeout: TIMEOUT },
    );
  }
  return call("session.call", { key, method, ...(params && { params }) }, { timeout: TIMEOUT });
}
