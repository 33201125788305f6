/** Whether a session can run something now, and if not, why and what to do about it. */
import { type AnySession, isPageSession } from "../store/any-session.ts";
import { isClosed } from "../store/sessions.ts";

export interface Obstacle {
  text: string;
  /** False: it may pass (the gate is about to open); running waits for it, 5 s at most. */
  final: boolean;
  /** What the one button beside it does. */
  way: "choose" | "sign-in" | "look";
}

/** Undefined where nothing stands in the way. `blocked` is what `whyNotAct` says. */
export function obstacle(session: AnySession | undefined, blocked?: string): Obstacle | undefined {
  if (!session) return { text: "Choose a session to run as.", final: true, way: "choose" };
  const { label, cause } = session;
  if (isClosed(session)) {
    return { text: `“${label}” is closed. ${cause}`, final: true, way: "choose" };
  }
  if (isPageSession(session)) {
    // A page's session is asked as it is: signed out, it answers as nobody.
    if (blocked === undefined) return undefined;
    return {
      text: `“${label}” can't run anything from here. ${blocked}`,
      final: true,
      way: "look",
    };
  }
  if (session.needsSignIn) {
    return { text: `“${label}” waits for a sign-in. ${cause}`, final: true, way: "sign-in" };
  }
  if (session.status !== "active") {
    const word = session.status === "ended" ? "signed out" : session.status;
    return { text: `“${label}” is ${word}. ${cause}`, final: true, way: "look" };
  }
  if (!session.gate.open) {
    return {
      text: `“${label}” can't run anything yet. ${session.gate.reason}`,
      final: false,
      way: "look",
    };
  }
  return undefined;
}
