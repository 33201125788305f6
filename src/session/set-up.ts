/**
 * Setting a session up at the server: attach → authenticate → use → let.
 *
 * The order matters: a failed `authenticate` may drop the selected namespace (so it comes first), and
 * a hardened server refuses `use` and `let` to anonymous sessions. If authenticate fails, nothing
 * after it is sent: the caller detaches, so that no session stays behind that answers as anonymous.
 */
import { NotAllowedError, Uuid } from "surrealdb";
import { ServerError } from "../wire/errors.ts";
import { SessionError } from "./errors.ts";
import type { SessionStatus, SessionVariable } from "./model.ts";
import { readTokens, type Tokens, toRpcAuth } from "./sign-in.ts";
import type { SessionRecord } from "./store.ts";
import { isRetryable, type TokenFamily } from "./token-family.ts";

/** Sends one RPC of this session past the gate: only the life cycle itself may do so. */
export type Send = (method: string, params?: readonly unknown[]) => Promise<unknown>;

/** RPC `let` of a value that stays the bytes it is: decoding would turn the float 5f into 5. */
export type SendLet = (variable: SessionVariable) => Promise<unknown>;

/** The session couldn't be signed in again; carries the status that follows from it. */
export class SetUpRefused extends SessionError {
  readonly status: Extract<SessionStatus, "expired" | "revoked">;
  constructor(status: "expired" | "revoked", cause: string) {
    super("SetUpRefused", cause, "Sign in again.");
    this.status = status;
  }
}

/** Attach under the UUID that it had. On a fresh socket an id that exists is stale: taken anew. */
export async function attach(send: Send): Promise<void> {
  try {
    await send("attach");
  } catch (error) {
    if (!isServerError(error, "AlreadyExists")) throw error;
    await send("detach");
    await send("attach");
  }
}

/** Selects namespace and database and sets all variables. `use` first: a value may need a database. */
export async function useAndLet(
  send: Send,
  sendLet: SendLet,
  record: SessionRecord,
): Promise<void> {
  // A token selects where its user is defined: what the person unset has to be unset again.
  if (record.namespace !== undefined || record.auth.namespace !== undefined) {
    await send("use", [record.namespace ?? null, record.database ?? null]);
  }
  await Promise.all(record.variables.map(sendLet));
}

/**
 * Signs the session in again with what its family has: the access token, else a renewal, else the
 * credentials. The access token comes first, so that a crash in mid-renewal costs nothing more.
 * @throws SetUpRefused when the server takes none of them
 */
export async function authenticateAgain<Member>(
  send: Send,
  family: TokenFamily<Member> | undefined,
  member: Member,
): Promise<void> {
  if (!family) throw new SetUpRefused("expired", "Sign-in not kept.");
  let status: "expired" | "revoked" = "expired";
  let why = "The access token has expired.";
  const refused = (error: unknown) => {
    if (!(error instanceof ServerError) || isPassing(error)) throw error;
    if (!isExpiry(error)) {
      status = "revoked";
      why = `The server refused the sign-in: ${error.message}`;
    }
  };

  if (!family.isExpired(Date.now())) {
    try {
      await send("authenticate", [family.tokens.access]);
      return;
    } catch (error) {
      refused(error);
    }
  }
  if (family.tokens.refresh !== undefined) {
    try {
      const renewed = await family.renew(member, (tokens) => refresh(send, tokens));
      if (renewed !== member) await send("authenticate", [family.tokens.access]);
      return;
    } catch (error) {
      refused(error);
      if (family.wasInterrupted) {
        status = "expired";
        why = "The access token has expired, and an earlier renewal of it was interrupted.";
      }
    }
  }
  if (family.credentials) {
    try {
      const tokens = readTokens(await send("signin", [toRpcAuth(family.credentials)]));
      await family.adopt(tokens);
      return;
    } catch (error) {
      refused(error);
    }
  }
  throw new SetUpRefused(status, why);
}

/** RPC `refresh`: a new pair, and the session is signed in with it. */
export async function refresh(send: Send, { access, refresh: token }: Tokens): Promise<Tokens> {
  const renewed = readTokens(await send("refresh", [{ access, refresh: token }]));
  return renewed;
}

/** True for the refusals that only say that time has passed. */
export function isExpiry(error: unknown): boolean {
  return (
    error instanceof NotAllowedError &&
    (error.isTokenExpired || hasDetail(error, "SessionExpired") || hasDetail(error, "TokenExpired"))
  );
}

/** The server ended this session because its time is over. */
export function isSessionExpired(error: unknown): boolean {
  return error instanceof ServerError && hasDetail(error, "SessionExpired");
}

/** The server doesn't know this session: it was lost, or ended behind our back. */
export function isSessionUnknown(error: unknown): boolean {
  return isServerError(error, "NotFound") && hasDetail(error as ServerError, "Session");
}

/** A refusal that says nothing about the sign-in: it may well be accepted the next time. */
export function isPassing(error: ServerError): boolean {
  return isRetryable(error) || isSessionUnknown(error);
}

function isServerError(error: unknown, kind: string): error is ServerError {
  return error instanceof ServerError && error.kind === kind;
}

/** Details nest: `{ kind: "Auth", details: { kind: "SessionExpired" } }`. */
function hasDetail(error: ServerError, kind: string): boolean {
  let detail: unknown = error.details;
  while (typeof detail === "object" && detail !== null) {
    const { kind: found, details } = detail as { kind?: unknown; details?: unknown };
    if (found === kind) return true;
    detail = details;
  }
  return false;
}

/** A UUID in the answer of `begin` or LIVE as lower-case text. */
export function uuidText(value: unknown): string | undefined {
  if (value instanceof Uuid) return value.toString().toLowerCase();
  return typeof value === "string" && /^[0-9a-f-]{36}$/i.test(value)
    ? value.toLowerCase()
    : undefined;
}
