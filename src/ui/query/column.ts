/**
 * What one session makes of what was asked: it waits, answers, fails or is let go on its own, whatever
 * the others beside it do.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ErrorView } from "../../session/model.ts";
import { toErrorView } from "../components/action.ts";
import type { AnySession } from "../store/any-session.ts";
import type { Reply } from "./asking.ts";
import type { Obstacle } from "./can-run.ts";

export type Progress =
  | { kind: "running" }
  | ({ kind: "answered" } & Reply)
  | { kind: "failed"; error: ErrorView }
  /** It can't run anything, and wasn't asked. */
  | { kind: "barred"; obstacle: Obstacle }
  /** The person stopped waiting, after so many milliseconds. */
  | { kind: "let-go"; after: number };

export interface Column {
  /** The session as it was when it was asked. */
  readonly session: AnySession;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly progress: ReadonlySignal<Progress>;
  /** Settles when it is answered, failed or let go; never rejects. */
  readonly ended: Promise<void>;
  /** Stops waiting. The server isn't told: there is no way to. */
  letGo(): void;
}

/** Asks at once. */
export function createColumn(session: AnySession, ask: () => Promise<Reply>): Column {
  const startedAt = Date.now();
  const progress = signal<Progress>({ kind: "running" });
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });

  /** The first end counts: an answer to what was let go is nobody's any more. */
  function end(outcome: Progress) {
    if (progress.peek().kind === "running") progress.value = outcome;
  }

  async function run() {
    try {
      end({ kind: "answered", ...(await ask()) });
    } catch (thrown) {
      end({ kind: "failed", error: toErrorView(thrown) });
    }
  }

  return {
    session,
    startedAt,
    progress,
    ended: Promise.race([run(), released]),
    letGo() {
      end({ kind: "let-go", after: Date.now() - startedAt });
      release();
    },
  };
}

/** A column of a session that can't be asked. */
export function barredColumn(session: AnySession, obstacle: Obstacle): Column {
  return {
    session,
    startedAt: Date.now(),
    progress: signal<Progress>({ kind: "barred", obstacle }),
    ended: Promise.resolve(),
    letGo: () => undefined,
  };
}
