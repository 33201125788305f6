/**
 * What the permission matrix knows between two paintings: what was found out, and what was chosen.
 *
 * It lives as long as the panel. Nothing is asked before the person says so: a session of the page is
 * somebody else's, and each cell costs the server something.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type FindingOut, findOut, TRIAL_LIMIT } from "../../../session/query/matrix/find-out.ts";
import type { Matrix, MatrixSession, Operation } from "../../../session/query/matrix/matrix.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { isClosed } from "../../store/sessions.ts";
import type { PanelStore } from "../../store/store.ts";

/** Which cell is looked at. */
export interface CellPlace {
  key: string;
  table: string;
  operation: Operation;
}

export interface MatrixState {
  /** What the editor held when the matrix was opened; undefined: it isn't shown. */
  readonly opened: Signal<readonly unknown[] | undefined>;
  /** Undefined: nobody asked yet. */
  readonly matrix: ReadonlySignal<Matrix | undefined>;
  readonly running: ReadonlySignal<boolean>;
  readonly filter: Signal<string>;
  readonly at: Signal<CellPlace | undefined>;
  /** Tables named by hand, for databases that nobody here may list. */
  readonly named: Signal<readonly string[]>;
  /** Also to try writes where nobody may read what they set off. */
  readonly blindWrites: Signal<boolean>;
  /** Asks these sessions; settles when each has ended. */
  find(sessions: readonly AnySession[]): Promise<void>;
  stop(): void;
}

/** Milliseconds between two paintings of the whole grid: answers come in faster than that. */
const PAINT_PAUSE = 100;

const states = new WeakMap<PanelStore, MatrixState>();

/** The one state of this panel's matrix. */
export function matrixState(store: PanelStore): MatrixState {
  let state = states.get(store);
  if (!state) {
    state = createMatrixState(store);
    states.set(store, state);
  }
  return state;
}

type Parts = Pick<PanelStore, "call" | "sessions" | "connections">;

function createMatrixState(store: Parts): MatrixState {
  const matrix = signal<Matrix | undefined>(undefined);
  const named = signal<readonly string[]>([]);
  const blindWrites = signal(false);
  let finding: FindingOut | undefined;
  let turn: object | undefined;
  let latest: Matrix | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;

  /** The first and the last at once; of those that come in between, one in each pause. */
  function show(next: Matrix) {
    latest = next;
    if (pause !== undefined && next.running) return;
    clearTimeout(pause);
    matrix.value = next;
    pause = next.running ? setTimeout(afterPause, PAINT_PAUSE) : undefined;
  }

  function afterPause() {
    pause = undefined;
    if (latest && latest !== matrix.peek()) show(latest);
  }

  return {
    opened: signal<readonly unknown[] | undefined>(undefined),
    matrix,
    running: computed(() => matrix.value?.running ?? false),
    filter: signal(""),
    at: signal<CellPlace | undefined>(undefined),
    named,
    blindWrites,
    async find(sessions) {
      finding?.stop();
      const mine = {};
      turn = mine;
      clearTimeout(pause);
      pause = undefined;
      finding = findOut({
        sessions: sessions.map((each) => asked(store, each)),
        others: store.sessions.all
          .peek()
          .filter((each) => !isClosed(each) && each.status === "active" && each.gate.open)
          .map((each) => asked(store, each)),
        tables: named.peek(),
        blindWrites: blindWrites.peek(),
        async ask({ key }, text, bindings) {
          const { result } = await store.call(
            "session.query",
            { key, text, ...(bindings && { bindings }) },
            { timeout: TRIAL_LIMIT },
          );
          return result;
        },
        tell(next) {
          // One that was stopped for another still ends, and has no say any more.
          if (turn === mine) show(next);
        },
      });
      await finding.ended;
    },
    stop() {
      finding?.stop();
    },
  };
}

function asked({ connections }: Parts, session: AnySession): MatrixSession {
  const { key, label, auth, namespace, database } = session;
  const server = isPageSession(session)
    ? session.holder.url
    : (connections.get(session.connectionId)?.url ?? session.connectionId);
  return { key, label, auth, namespace, database, server };
}
