/**
 * Which of a routed page's requests go to the held session, and which stay on its own socket.
 *
 * Data methods go. State methods stay, so that the page's own session remains what its SDK thinks it
 * is, and switching back is clean. A method in neither list is refused: nobody knows what it would do.
 */
const DATA: ReadonlySet<string> = new Set([
  "query",
  "select",
  "create",
  "insert",
  "insert_relation",
  "update",
  "upsert",
  "merge",
  "patch",
  "delete",
  "relate",
  "run",
  "live",
  "kill",
  "begin",
  "commit",
  "cancel",
  "info",
]);

const STATE: ReadonlySet<string> = new Set([
  "use",
  "let",
  "set",
  "unset",
  "signin",
  "signup",
  "authenticate",
  "refresh",
  "invalidate",
  "revoke",
  "reset",
  "attach",
  "detach",
  "sessions",
  "ping",
  "version",
]);

/** After these nothing of the page's session is left that could use a live query or a transaction. */
const ENDING: ReadonlySet<string> = new Set(["reset", "detach", "invalidate"]);

export type MethodKind = "data" | "state" | "unknown";

export function methodKind(method: string): MethodKind {
  if (DATA.has(method)) return "data";
  return STATE.has(method) ? "state" : "unknown";
}

export function endsSession(method: string): boolean {
  return ENDING.has(method);
}
