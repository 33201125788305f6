/**
 * Every RPC method by its name, as the method picker and a page send it.
 *
 * Methods that read or write data go to the server as they are. Those that change the session itself
 * are led through the session's own operations, so that what is shown stays what the server holds.
 */

import { arrayItems } from "../wire/cbor-parts.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import { InvalidRequestError, SessionError } from "./errors.ts";
import type { OperableSession } from "./operable-session.ts";
import type { Answer } from "./session-requests.ts";
import { uuidText } from "./set-up.ts";
import { fromRpcAuth } from "./sign-in.ts";
import { placeText } from "./truth.ts";

/** Methods that act on data, and leave the session as it is. */
export const DATA_METHODS: ReadonlySet<string> = new Set([
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
  "info",
  "ping",
  "version",
  "sessions",
]);

type Operation = (
  session: OperableSession,
  params: unknown[],
  raw: readonly Uint8Array[],
  viewId?: string,
) => Promise<unknown>;

const signIn =
  (signUp: boolean): Operation =>
  (session, [auth]) =>
    session.signIn(fromRpcAuth(asMap(auth)), { signUp });

const set: Operation = (session, [name], [, value]) => {
  if (!value) throw new InvalidRequestError("A value is missing.");
  return session.set(asText(name), value);
};

/** Methods that change the session, each as the session's own operation. */
const STATE_METHODS: Record<string, Operation> = {
  use: (session, [namespace, database]) => session.use(asName(namespace), asName(database)),
  let: set,
  set,
  unset: (session, [name]) => session.unset(asText(name)),
  signin: signIn(false),
  signup: signIn(true),
  authenticate: (session, [token]) => session.signIn({ way: "token", access: asText(token) }),
  refresh: (session) => session.renew("you"),
  revoke: (session) => session.revoke(),
  invalidate: (session) => session.end(),
  reset: (session) => session.reset(),
  attach: (session) => session.touch(),
  detach: (session) => session.close(),
  begin: (session) => session.requests.begin(),
  commit: (session, [txn]) => session.requests.finish(asUuid(txn), "commit"),
  cancel: (session, [txn]) => session.requests.finish(asUuid(txn), "cancel"),
  live: (session, [table], _raw, viewId) =>
    session.requests.live(`LIVE SELECT * FROM ${String(table)}`, viewId),
  kill: (session, [id]) => session.requests.kill(asUuid(id)),
};

/** All names, for a picker. */
export const RPC_METHODS: readonly string[] = [...DATA_METHODS, ...Object.keys(STATE_METHODS)];

export class MethodNotAllowedError extends SessionError {
  constructor(method: string) {
    super("MethodNotAllowedError", `SurrealDB has no method “${method}” that is known here.`);
  }
}

/**
 * Runs one RPC method as this session.
 * @param params.params a CBOR array; absent: none
 * @throws MethodNotAllowedError for a name in neither list; else as the operation does
 */
export async function callMethod(
  session: OperableSession,
  { method, params, txn }: { method: string; params?: Uint8Array; txn?: string },
  viewId?: string,
): Promise<Answer> {
  if (DATA_METHODS.has(method)) return session.requests.send(method, params, txn);
  const operation = Object.hasOwn(STATE_METHODS, method) ? STATE_METHODS[method] : undefined;
  if (!operation) throw new MethodNotAllowedError(method);
  const raw = params ? arrayItems(params) : [];
  const started = performance.now();
  const outcome = await operation(session, raw.map(decodeValue), raw, viewId);
  const result = encodeValue(outcome ?? undefined);
  return {
    result,
    duration: performance.now() - started,
    bytesSent: params?.length ?? 0,
    bytesReceived: result.length,
    identity: session.record.auth.user ?? "anonymous",
    target: placeText(session.record.namespace, session.record.database),
  };
}

function asText(value: unknown): string {
  if (typeof value !== "string") throw new InvalidRequestError("A text is expected here.");
  return value;
}

function asMap(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidRequestError("An object is expected here.");
  }
  return value as Record<string, unknown>;
}

/** A name selects, null unsets, NONE leaves as it is. */
function asName(value: unknown): string | null | undefined {
  return value === null || value === undefined ? value : asText(value);
}

function asUuid(value: unknown): string {
  const uuid = uuidText(value);
  if (!uuid) throw new InvalidRequestError("A UUID is expected here.");
  return uuid;
}
