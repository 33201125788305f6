/**
 * What the Query view knows between two paintings: what is written, what runs, what came back.
 *
 * It lives as long as the panel, not as long as the view, so that a look at Sessions loses nothing.
 * It lives in memory alone: statements may hold secrets.
 */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ErrorView } from "../../session/model.ts";
import { toErrorView } from "../components/action.ts";
import type { AnySession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";
import { evaluate } from "./evaluate.ts";
import { takesArguments } from "./methods.ts";
import { type Answer, readAnswer } from "./results/answer.ts";
import { type AskRecord, recordAsker } from "./results/record.ts";

/** One thing that was run, for running it again. */
export interface PastRun {
  method: string;
  /** The statement, or the arguments of another method. */
  text: string;
  bindings: string;
}

export type Progress =
  | { kind: "nothing" }
  | { kind: "running"; startedAt: number; label: string }
  | { kind: "answered"; answer: Answer; ask: AskRecord }
  | { kind: "failed"; label: string; error: ErrorView }
  /** The person stopped waiting, after so many milliseconds. */
  | { kind: "let-go"; label: string; after: number };

export interface QueryState {
  readonly method: Signal<string>;
  /** The statement of `query`. */
  readonly text: Signal<string>;
  /** The arguments of every other method. */
  readonly args: Signal<string>;
  readonly bindings: Signal<string>;
  readonly progress: ReadonlySignal<Progress>;
  /** Newest first, 20 at most. */
  readonly history: ReadonlySignal<readonly PastRun[]>;
  /** Runs `text` (or what is written) as this session; settles when it is answered or let go. */
  run(session: AnySession, txn: string | undefined, text?: string): Promise<void>;
  /** Stops waiting. The server isn't told: there is no way to. */
  letGo(): void;
  /** Writes a past run into the fields again. */
  recall(past: PastRun): void;
}

const HISTORY = 20;
/** A query may take long, and the person sees how long and can let go; but no wait is for ever. */
const TIMEOUT = 60 * 60_000;

const states = new WeakMap<PanelStore, QueryState>();

/** The one state of this panel's Query view. */
export function queryState(store: PanelStore): QueryState {
  let state = states.get(store);
  if (!state) {
    state = createQueryState(store.call);
    states.set(store, state);
  }
  return state;
}

export function createQueryState(call: PanelStore["call"]): QueryState {
  const method = signal("query");
  const text = signal("");
  const args = signal("");
  const bindings = signal("");
  const progress = signal<Progress>({ kind: "nothing" });
  const history = signal<readonly PastRun[]>([]);
  let runs = 0;

  function remember(past: PastRun) {
    const same = (each: PastRun) =>
      each.method === past.method && each.text === past.text && each.bindings === past.bindings;
    history.value = [past, ...history.value.filter((each) => !same(each))].slice(0, HISTORY);
  }

  async function ask(session: AnySession, txn: string | undefined, past: PastRun): Promise<Answer> {
    const { key } = session;
    const target = { key, ...(txn !== undefined && { txn }) };
    if (past.method === "query") {
      const bound = past.bindings.trim();
      const raw = await call(
        "session.query",
        {
          ...target,
          text: past.text,
          ...(bound && { bindings: await evaluate(call, key, bound, "object", "bindings") }),
        },
        { timeout: TIMEOUT },
      );
      return readAnswer(session, past.method, txn, raw);
    }
    const given = takesArguments(past.method) ? past.text.trim() : "";
    const raw = await call(
      "session.call",
      {
        ...target,
        method: past.method,
        ...(given && { params: await evaluate(call, key, given, "array", "arguments") }),
      },
      { timeout: TIMEOUT },
    );
    return readAnswer(session, past.method, txn, raw);
  }

  return {
    method,
    text,
    args,
    bindings,
    progress,
    history,
    async run(session, txn, chosen) {
      const query = method.peek() === "query";
      const past: PastRun = {
        method: method.peek(),
        text: chosen ?? (query ? text.peek() : takesArguments(method.peek()) ? args.peek() : ""),
        bindings: query ? bindings.peek() : "",
      };
      const run = ++runs;
      const { label } = session;
      remember(past);
      progress.value = { kind: "running", startedAt: Date.now(), label };
      let outcome: Progress;
      try {
        outcome = {
          kind: "answered",
          answer: await ask(session, txn, past),
          ask: recordAsker(call, session.key),
        };
      } catch (thrown) {
        outcome = { kind: "failed", label, error: toErrorView(thrown) };
      }
      // An answer to a run that was let go, or overtaken, is nobody's any more.
      if (run === runs) progress.value = outcome;
    },
    letGo() {
      const current = progress.peek();
      if (current.kind !== "running") return;
      runs++;
      const after = Date.now() - current.startedAt;
      progress.value = { kind: "let-go", label: current.label, after };
    },
    recall(past) {
      batch(() => {
        method.value = past.method;
        (past.method === "query" ? text : args).value = past.text;
        bindings.value = past.bindings;
      });
    },
  };
}
