/**
 * The RPC methods that a person may call by hand, each with an example of its arguments.
 *
 * Left out are those that change the session itself or begin something that outlives the answer
 * (use, let, signin, attach, live, begin, …): they have buttons of their own, through which the
 * registry takes note of what they change.
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
];
