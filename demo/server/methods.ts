/**
 * What each RPC method is to the server: the one list by which a request is dispatched.
 *
 * - `plain`: concerns no session.
 * - `session`: makes, ends or lists sessions of the socket.
 * - `state`: changes a session. On a real server it takes the session's write lock, so that requests
 *   that came later wait for it.
 * - `data`: runs a query, and so is refused to an anonymous session without guest access. `info` is one
 *   (`SELECT * FROM $auth`); `use`, `let`, `unset` and the transaction methods are not.
 * - `transaction`: begins or ends a transaction of the socket.
 *
 * A method that isn't listed goes to the engine as `unknown`, which answers its own "Method not found".
 */
export type MethodRole = "plain" | "session" | "state" | "data" | "transaction" | "unknown";

const ROLES: Record<Exclude<MethodRole, "unknown">, readonly string[]> = {
  plain: ["ping", "version", "revoke"],
  session: ["attach", "detach", "sessions"],
  state: [
    ...["use", "signup", "signin", "authenticate", "refresh", "invalidate", "reset"],
    ...["set", "let", "unset"],
  ],
  data: [
    ...["info", "query", "select", "insert", "insert_relation", "create", "upsert", "update"],
    ...["merge", "patch", "delete", "relate", "run", "live", "kill"],
  ],
  transaction: ["begin", "commit", "cancel"],
};

const ROLE_OF = new Map<string, MethodRole>(
  Object.entries(ROLES).flatMap(([role, methods]) =>
    methods.map((method) => [method, role as MethodRole]),
  ),
);

/** The role of a method; methods are case-sensitive, as on the real server. */
export function roleOf(method: string): MethodRole {
  return ROLE_OF.get(method) ?? "unknown";
}

/** Methods after which a session may be somebody else, or nobody. */
export const CHANGES_IDENTITY: ReadonlySet<string> = new Set([
  ...["signup", "signin", "authenticate", "refresh", "invalidate", "reset"],
]);
