/** What is said of web sign-ins: their systems, their sessions, and the states of both. */
import type {
  CookieRefusal,
  WebKind,
  WebSessionView,
  WebStatus,
  WebSystemView,
} from "../../web/web-model.ts";
import { siteName } from "./routes.ts";
import { type StateWord, statusMark, statusWord } from "./status.ts";
import { span } from "./time.ts";

interface KindWords {
  name: string;
  /** What the system itself calls a touch. */
  touch: string;
  /** How it calls the id of a session. */
  id: string;
  /**
   * What is counted down in a row: where tokens are renewed every minute anyway it is the session, where
   * nobody knows the session's end it is the token.
   */
  counts: "token" | "session";
}

const KINDS: Record<WebKind, KindWords> = {
  supertokens: {
    name: "SuperTokens",
    touch: "refresh: new tokens, the ones before are worthless then",
    id: "Handle",
    counts: "token",
  },
  clerk: {
    name: "Clerk",
    touch: "session.touch(): notes that it is in use",
    id: "Session id",
    counts: "session",
  },
};

/** "SuperTokens", "Clerk". */
export function systemName(kind: WebKind): string {
  return KINDS[kind].name;
}

/** What touching a session of this kind does, for a tooltip. */
export function touchWords(kind: WebKind): string {
  return KINDS[kind].touch;
}

/** "Handle", "Session id". */
export function idWord(kind: WebKind): string {
  return KINDS[kind].id;
}

/** "Active", "Pending", "Gone". */
export function webStatusWord(status: WebStatus): string {
  switch (status) {
    case "pending":
      return "Pending";
    case "gone":
      return "Gone";
    default:
      return statusWord(status);
  }
}

/** True where nothing can be done any more with a session of this status. */
export function isOver(status: WebStatus): boolean {
  return status !== "active" && status !== "pending" && status !== "abandoned";
}

/** The status itself, for a place where cause, warnings and ends stand beside it. */
export function webStatusMark({
  status,
  cause,
}: Pick<WebSessionView, "status" | "cause">): StateWord {
  switch (status) {
    case "pending":
      return { tone: "warn", mark: "⚠", word: "Pending", sentence: cause };
    case "gone":
      return { tone: "idle", mark: "○", word: "Gone", sentence: cause };
    default:
      return statusMark({ status, cause });
  }
}

/** The state of a session for its row in a list. Something to be known goes before the time left. */
export function webState(session: WebSessionView, now: number): StateWord {
  if (session.status !== "active") return webStatusMark(session);
  if (session.warnings.length > 0) {
    return { tone: "warn", mark: "⚠", word: "Warning", sentence: session.warnings.join(" ") };
  }
  const { tokenExpireAt, expireAt } = session;
  const ofToken = KINDS[session.kind].counts === "token" && tokenExpireAt !== undefined;
  if (ofToken && tokenExpireAt <= now) {
    const sentence = "Active. Its access token has ended, and is renewed at the next use.";
    return { tone: "good", mark: "●", word: "Active", sentence };
  }
  const end = ofToken ? tokenExpireAt : expireAt;
  if (end === undefined) {
    return { tone: "good", mark: "●", word: "Active", sentence: "Active." };
  }
  const left = end > now ? span(end - now) : undefined;
  return {
    tone: "good",
    mark: "●",
    word: left ?? "Ending",
    sentence: `Active. ${ofToken ? "Token" : "Session"} ends ${left === undefined ? "now" : `in ${left}`}.`,
  };
}

/** Who is signed in: the name where the system tells it, else the id. */
export function webUserWord({ userName, user }: Pick<WebSessionView, "userName" | "user">): string {
  return userName ?? user ?? "unknown user";
}

/** "SuperTokens · acme · user:bob", system, tenant and user: beneath the label, which isn't said twice. */
export function webPlaceWord(session: WebSessionView): string {
  const user = webUserWord(session);
  return [systemName(session.kind), session.tenant, user === session.label ? undefined : user]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** Who acts as the user: "ops@acme.com", or the actor's id. Undefined where nothing names them. */
export function actorName(actor: Record<string, unknown>): string | undefined {
  for (const name of ["email", "name", "sub", "id"]) {
    const value = actor[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

const SYSTEM_STATES: Record<Exclude<WebSystemView["state"], "ready">, string> = {
  loading: "is loading.",
  degraded: "works in part.",
  broken: "told something that makes no sense.",
};

/** What is to be known of a system that isn't ready; undefined where it is. */
export function systemTrouble({ kind, state, words }: WebSystemView): string | undefined {
  if (state === "ready") return words;
  return words ?? `${systemName(kind)} ${SYSTEM_STATES[state]}`;
}

/** Why the cookies that are needed can't be used, and what would help. */
export function cookieWords(refusal: CookieRefusal, origin: string): string {
  return refusal === "permission"
    ? "Switchyard needs the permission “cookies” to see tokens that scripts can't, and to switch and save."
    : `Switchyard may not use the cookies of ${siteName(origin)}: enable the site.`;
}
