/** Who a session is and where it works, in words. */
import type { AuthLevel, SessionBase } from "../../session/model.ts";

const LEVELS: Record<AuthLevel, string> = {
  anonymous: "Anonymous",
  root: "Root user",
  namespace: "Namespace user",
  database: "Database user",
  record: "Record user",
  bearer: "Bearer of a key",
};

/** "Record user", "Root user". */
export function levelWord(level: AuthLevel): string {
  return LEVELS[level];
}

/** "user:bob", "root (root)", "anonymous": short, for a list. */
export function userWord({ auth }: Pick<SessionBase, "auth">): string {
  if (auth.level === "anonymous") return "anonymous";
  return auth.user ?? levelWord(auth.level).toLowerCase();
}

/** "app/tenant_b", "app", "no namespace". */
export function placeWord(session: Pick<SessionBase, "namespace" | "database">): string {
  if (session.namespace === undefined) {
    return session.database === undefined ? "no namespace" : `?/${session.database}`;
  }
  return session.database === undefined
    ? session.namespace
    : `${session.namespace}/${session.database}`;
}

/** Enough of a UUID to tell two apart: "018f…c3a1". */
export function shortId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}
