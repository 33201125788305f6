/**
 * What the Query view knows between two paintings: what is written, what runs, what came back.
 *
 * It lives as long as the panel, not as long as the view, so that a look at Sessions loses nothing.
 * It lives in memory alone: statements may hold secrets.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AnySession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";
import { createAsk } from "./asking.ts";
import type { Obstacle } from "./can-run.ts";
import { barredColumn, type Column, createColumn } from "./column.ts";
import { takesArguments } from "./methods.ts";
import { type Asked, planRun, type Refusal } from "./run-plan.ts";

/** One thing that was run, for running it again. */
export type PastRun = Asked;

/** One thing, asked once in each of some sessions. */
export interface Run {
  readonly asked: PastRun;
  /** Whether what it writes stays. */
  readonly keep: boolean;
  /** Why nothing was sent; there are no columns then. */
  readonly refusal?: Refusal;
  /** In the order in which the sessions were chosen. */
  readonly columns: readonly Column[];
}

export interface RunOptions {
  /** Of the one session. */
  txn?: string;
  /** What is marked; absent: all that is written. */
  text?: string;
  /** What bars a session for good: it isn't asked, and its column says why. */
  barred?: (session: AnySession) => Obstacle | undefined;
}

export interface QueryState {
  readonly method: Signal<string>;
  /** The statement of `query`. */
  readonly text: Signal<string>;
  /** The arguments of every other method. */
  readonly args: Signal<string>;
  readonly bindings: Signal<string>;
  /** The person's own choice; undefined: what one session writes stays, what several write doesn't. */
  readonly keep: Signal<boolean | undefined>;
  /** The latest run; undefined: there was none yet. */
  readonly latest: ReadonlySignal<Run | undefined>;
  readonly running: ReadonlySignal<boolean>;
  /** Newest first, 20 at most. */
  readonly history: ReadonlySignal<readonly PastRun[]>;
  /** Runs what is written as these sessions, at the same time; settles when each has ended. */
  run(sessions: readonly AnySession[], options?: RunOptions): Promise<void>;
  /** Stops waiting for all that haven't answered. */
  letGo(): void;
  /** Writes a past run into the fields again. */
  recall(past: PastRun): void;
}

const HISTORY = 20;

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
  const keep = signal<boolean | undefined>(undefined);
  const latest = signal<Run | undefined>(undefined);
  const history = signal<readonly PastRun[]>([]);

  function remember(past: PastRun) {
    const same = (each: PastRun) =>
      each.method === past.method && each.text === past.text && each.bindings === past.bindings;
    history.value = [past, ...history.value.filter((each) => !same(each))].slice(0, HISTORY);
  }

  return {
    method,
    text,
    args,
    bindings,
    keep,
    latest,
    running: computed(
      () =>
        latest.value?.columns.some(({ progress }) => progress.value.kind === "running") ?? false,
    ),
    history,
    async run(sessions, { txn, text: chosen, barred } = {}) {
      const query = method.peek() === "query";
      const asked: PastRun = {
        method: method.peek(),
        text: chosen ?? (query ? text.peek() : takesArguments(method.peek()) ? args.peek() : ""),
        bindings: query ? bindings.peek() : "",
      };
      remember(asked);
      const kept = keep.peek() ?? sessions.length === 1;
      const plan = planRun(asked, {
        sessions: sessions.length,
        keep: kept,
        inTransaction: txn !== undefined,
      });
      if (plan.kind === "refused") {
        latest.value = { asked, keep: kept, refusal: plan.refusal, columns: [] };
        return;
      }
      const ask = createAsk(call, asked, plan, txn);
      const columns = sessions.map((session) => {
        const obstacle = barred?.(session);
        return obstacle
          ? barredColumn(session, obstacle)
          : createColumn(session, () => ask(session));
      });
      latest.value = { asked, keep: kept, columns };
      await Promise.all(columns.map(({ ended }) => ended));
    },
    letGo() {
      for (const column of latest.peek()?.columns ?? []) column.letGo();
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
