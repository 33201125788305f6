/**
 * Errors as they stand on the wire.
 *
 * The engine makes nearly all of them itself; this module carries them through unchanged and adds
 * the few that a server has to answer before the engine is asked. Codes, kinds and details are
 * those of SurrealDB 3.0 (`surrealdb/types/src/error.rs`).
 */
import { ServerError, type Uuid } from "surrealdb";

/** The `error` of an RPC answer: what SurrealDB 3.0 puts on the wire. */
export interface WireError {
  code: number;
  message: string;
  kind?: string;
  details?: Record<string, unknown>;
  cause?: WireError;
}

/** Thrown by whoever serves a request, to be answered as the `error` of that request. */
export class RpcFailure extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.name = "RpcFailure";
    this.wire = wire;
  }
}

/** Gives the wire form of anything thrown: the engine's errors keep code, kind, details and cause. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof RpcFailure) return thrown.wire;
  if (thrown instanceof ServerError) {
    const wire: WireError = { code: thrown.code, message: thrown.message, kind: thrown.kind };
    if (thrown.details) wire.details = { ...thrown.details };
    if (thrown.cause) wire.cause = toWireError(thrown.cause);
    return wire;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: -32000, message, kind: "Internal" };
}

/** Whether the engine refused because the session is past its expiry. */
export function isSessionExpired(thrown: unknown): boolean {
  const details = toWireError(thrown).details as { details?: { kind?: string } } | undefined;
  return details?.details?.kind === "SessionExpired";
}

/** The bytes are no CBOR or JSON, or no map. */
export function parseError(): RpcFailure {
  return new RpcFailure({
    code: -32700,
    message: "Parse error",
    kind: "Validation",
    details: { kind: "Parse" },
  });
}

/** A map that isn't an RPC request: no method, or an id, session or txn of a wrong type. */
export function invalidRequest(): RpcFailure {
  return new RpcFailure({
    code: -32600,
    message: "Invalid request",
    kind: "Validation",
    details: { kind: "InvalidRequest" },
  });
}

/** The socket has no session of this id. */
export function sessionNotFound(id: Uuid): RpcFailure {
  return new RpcFailure({
    code: -32000,
    message: `Session not found: ${id}`,
    kind: "NotFound",
    details: { kind: "Session", details: { id: id.toString() } },
  });
}

/** `attach` of an id that the socket has already. */
export function sessionExists(id: Uuid): RpcFailure {
  return new RpcFailure({
    code: -32000,
    message: `Session already exists: ${id}`,
    kind: "AlreadyExists",
    details: { kind: "Session", details: { id: id.toString() } },
  });
}

/** A data method of an anonymous session on a server without guest access (`check_anon`). */
export function anonymousNotAllowed(): RpcFailure {
  return new RpcFailure({
    code: -32002,
    message: "Anonymous access not allowed: Not enough permissions to perform this action",
    kind: "NotAllowed",
    details: {
      kind: "Auth",
      details: {
        kind: "NotAllowed",
        details: { actor: "anonymous", action: "process", resource: "query" },
      },
    },
  });
}

/** `use` of a database while no namespace is selected, on which engine 3.0.2 panics. */
export function namespaceEmpty(): RpcFailure {
  return new RpcFailure({
    code: -32600,
    message: "Specify a namespace to use",
    kind: "Validation",
    details: { kind: "NamespaceEmpty" },
  });
}

/** `kill` of a live query that this session didn't begin: the engine's words for an unknown id. */
export function liveQueryNotFound(id: string): RpcFailure {
  return new RpcFailure({
    code: -32000,
    message: `Cannot execute KILL statement using id: u'${id}'`,
    kind: "Internal",
  });
}
