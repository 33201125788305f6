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
