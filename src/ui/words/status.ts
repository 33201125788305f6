/**
 * The one word that a session's state is said in, where there is room for one. A state is never said
 * by colour alone: what comes out of here is a mark and a word, and the tone only underlines them.
 */
import type { ConnectionView, SessionBase, SessionStatus } from "../../session/model.ts";
import { type AnySession, isPageSession } from "../store/any-session.ts";
import { span } from "./time.ts";

export type Tone = "good" | "warn" | "bad" | "idle";

export interface StateWord {
  tone: Tone;
  /** ● works · ○ doesn't · ⚠ works, with something to know · ✓ the server says so too. */
  mark: "●" | "○" | "⚠" | "✓";
  word: string;
  /** The same as a sentence, for a tooltip and a screen reader. */
  sentence: string;
}

const STATUS: Record<SessionStatus, { word: string; tone: Tone }> = {
  active: { word: "Active", tone: "good" },
  abandoned: { word: "Abandoned", tone: "idle" },
  ended: { word: "Signed out", tone: "idle" },
  expired: { word: "Expired", tone: "bad" },
  removed: { word: "Closed", tone: "idle" },
  replaced: { word: "Replaced", tone: "idle" },
  revoked: { word: "Revoked", tone: "bad" },
};

/** The status's name on screen: "Active", "Signed out", "Expired". */
export function statusWord(status: SessionStatus): string {
  return STATUS[status].word;
}

/** The status itself, for a place where cause, warnings and ends stand beside it. */
export function statusMark({ status, cause }: Pick<SessionBase, "status" | "cause">): StateWord {
  const { word, tone } = STATUS[status];
  const mark = status === "active" ? "●" : tone === "bad" ? "⚠" : "○";
  return { tone, mark, word, sentence: cause };
}

/** What ends first, the session or its token, and when (milliseconds since 1970). */
export function nextEnd(
  session: Pick<SessionBase, "expireAt" | "tokenExpireAt">,
): number | undefined {
  const ends = [session.expireAt, session.tokenExpireAt].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The state of a session for its row in the list. Something to be done goes before all else. */
export function sessionState(session: AnySession, now: number): StateWord {
  const base = STATUS[session.status];
  const held = isPageSession(session) ? undefined : session;
  if (held?.needsSignIn) {
    return {
      tone: "warn",
      mark: "⚠",
      word: "Sign in again",
      sentence: `${base.word}. ${session.cause}`,
    };
  }
  if (session.status !== "active") return statusMark(session);
  if (session.truth.state === "differs") {
    return {
      tone: "bad",
      mark: "⚠",
      word: "Differs",
      sentence: "The server says something else than what is shown.",
    };
  }
  const warning = session.warnings[0];
  if (warning !== undefined) {
    return {
      tone: "warn",
      mark: "⚠",
      word: /token/i.test(warning) ? "Token" : "Warning",
      sentence: session.warnings.join(" "),
    };
  }
  if (isPageSession(session) && session.incomplete.length > 0) {
    return {
      tone: "warn",
      mark: "⚠",
      word: "Incomplete",
      sentence: session.incomplete.join(" "),
    };
  }
  if (held && !held.gate.open) {
    return { tone: "warn", mark: "○", word: "Waiting", sentence: held.gate.reason };
  }
  const end = nextEnd(session);
  if (end !== undefined) {
    const what = end === session.expireAt ? "Session" : "Token";
    return {
      tone: "good",
      mark: "●",
      word: end > now ? span(end - now) : "Ending",
      sentence: `Active. ${what} ends ${end > now ? `in ${span(end - now)}` : "now"}.`,
    };
  }
  return { tone: "good", mark: "●", word: "Active", sentence: "Active. It does not expire." };
}

/** "open 3.0.2", "retry in 4 s", "restoring 3/12". */
export function connectionState(connection: ConnectionView, now: number): StateWord {
  const { state } = connection;
  switch (state.kind) {
    case "idle":
      return { tone: "idle", mark: "○", word: "idle", sentence: "Connects when it is needed." };
    case "connecting":
      return { tone: "warn", mark: "○", word: "connecting", sentence: "Connecting…" };
    case "restoring": {
      const word = `restoring ${state.done}/${state.total}`;
      return {
        tone: "warn",
        mark: "●",
        word,
        sentence: `Connected; ${state.done} of ${state.total} sessions are back.`,
      };
    }
    case "open":
      return {
        tone: "good",
        mark: "●",
        word: connection.version === undefined ? "open" : `open ${connection.version}`,
        sentence:
          connection.version === undefined ? "Open." : `Open, SurrealDB ${connection.version}.`,
      };
    case "waiting":
      return {
        tone: "warn",
        mark: "○",
        word: state.retryAt > now ? `retry in ${span(state.retryAt - now)}` : "retrying",
        sentence: state.failure.message,
      };
    case "closed":
      return {
        tone: state.failure && state.failure.code !== "closed-by-you" ? "bad" : "idle",
        mark: "○",
        word: "closed",
        sentence: state.failure?.message ?? "Closed.",
      };
  }
}
