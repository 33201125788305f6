/**
 * The RPC methods that a person may call by hand, each with an example of its arguments.
 *
 * Those that change the session are led through the session's own operations by the worker, so that
 * what is shown stays true. Sign-in methods are left out: their forms take passwords better than a
 * text that the server must evaluate as a query.
 */
export interface Method {
  name: string;
  /** Arguments as a SurrealQL array; absent: the method takes none. */
  example?: string;
}

export const METHODS: readonly Method[] = [
  { name: "query", example: "SELECT * FROM note" },
  { name: "select", example: '["note"]' },
  { name: "create", example: '["note", { text: "x" }]' },
  { name: "insert", example: '["note", [{ text: "x" }, { text: "y" }]]' },
  { name: "insert_relation", example: '["likes", { in: user:bob, out: note:1 }]' },
  { name: "update", example: '[note:1, { text: "x" }]' },
  { name: "upsert", example: '[note:1, { text: "x" }]' },
  { name: "merge", example: "[note:1, { done: true }]" },
  { name: "patch", example: '[note:1, [{ op: "replace", path: "/text", value: "x" }]]' },
  { name: "delete", example: "[note:1]" },
  { name: "relate", example: '[user:bob, "likes", note:1, { since: time::now() }]' },
  { name: "run", example: '["math::max", NONE, [[1, 2]]]' },
  { name: "info" },
  { name: "sessions" },
  { name: "version" },
  { name: "ping" },
  { name: "use", example: '["app", "tenant_b"]' },
  { name: "let", example: '["name", { any: "value" }]' },
  { name: "unset", example: '["name"]' },
  { name: "live", example: '["note"]' },
  { name: "kill", example: '[u"018f0000-0000-7000-8000-000000000000"]' },
  { name: "begin" },
  { name: "commit", example: '[u"018f0000-0000-7000-8000-000000000000"]' },
  { name: "cancel", example: '[u"018f0000-0000-7000-8000-000000000000"]' },
  { name: "refresh" },
  { name: "revoke" },
  { name: "invalidate" },
  { name: "reset" },
  { name: "attach" },
  { name: "detach" },
];

/** False for methods whose arguments, written for another, must not be sent along. */
export function takesArguments(name: string): boolean {
  return METHODS.some((each) => each.name === name && each.example !== undefined);
}
