/**
 * What a server sends on a json socket: answers and notifications, made from CBOR. The keys come in the
 * order in which servers write them.
 */
import type { LiveAction } from "../envelope.ts";
import type { ItemBytes } from "../proven.ts";
import { canonicalUuid } from "../uuid.ts";
import { EnvelopeError } from "../wire-error.ts";
import { cborToJson } from "./cbor-to-json.ts";

/** What a new answer is made from: a result, absent for NONE, or an error. */
export type JsonResponseParts = {
  /** The request's id as it stood in its text. */
  idText: string;
  session?: string | undefined;
} & ({ result?: ItemBytes | undefined } | { error: ItemBytes });

/** @throws EnvelopeError where the payload is no SurrealDB value, or `session` no UUID. */
export function writeJsonResponse(parts: JsonResponseParts): string {
  const session = parts.session === undefined ? "" : `"session":${uuidJson(parts.session)},`;
  const payload =
    "error" in parts ? `"error":${cborToJson(parts.error)}` : `"result":${json(parts.result)}`;
  return `{"id":${parts.idText},${session}${payload}}`;
}

/** What a new notification is made from; `record` and `result` are absent for NONE. */
export interface JsonLiveParts {
  liveId: string;
  /** That of the page; absent for its socket's default session. */
  session?: string | undefined;
  action: LiveAction;
  record?: ItemBytes | undefined;
  result?: ItemBytes | undefined;
}

/** @throws EnvelopeError where the payload is no SurrealDB value, or an id no UUID. */
export function writeJsonLive(parts: JsonLiveParts): string {
  const { action, record, result } = parts;
  const session = parts.session === undefined ? "" : `,"session":${uuidJson(parts.session)}`;
  const id = uuidJson(parts.liveId);
  const live = `"action":"${action}","id":${id},"record":${json(record)},"result":${json(result)}`;
  return `{"result":{${live}${session}}${session}}`;
}

function json(item: ItemBytes | undefined): string {
  return item === undefined ? "null" : cborToJson(item);
}

function uuidJson(uuid: string): string {
  const canonical = canonicalUuid(uuid);
  if (canonical === undefined) throw new EnvelopeError("bad-uuid", `“${uuid}” is not a UUID`);
  return `"${canonical}"`;
}
