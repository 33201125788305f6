/**
 * What is shown of a page's sockets and sessions, made from what its hook told.
 *
 * The hook tells what it saw on the wire; here it becomes what every session of Switchyard has: a
 * status with its cause, an identity read off the token, the end of that token, and a word about
 * everything that isn't known. Nothing is invented: what the hook can't see stays absent.
 */

import { jsonValue } from "../../wire/json-frame.ts";
import { proveItem } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { ServerTruth, SessionAuth, SessionStatus, SessionVariable } from "../model.ts";
import { PALETTE } from "../palette.ts";
import { shortId } from "../short-id.ts";
import { isSignedIn, type PageAuth } from "./page-auth.ts";
import type { SessionFact, SocketFact, VariableFact } from "./page-facts.ts";
import { authWords, overWords } from "./page-history.ts";
import { type PageSessionView, type PageSocketView, pageSessionKey } from "./page-model.ts";

/** Where a document is, by the browser's word. */
export interface DocumentPlace {
  tabId: number;
  documentId: string;
  frameId: number;
  /** "null" where opaque. */
  origin: string;
  /** Without query and fragment. */
  url: string;
  top: boolean;
  /** Origin of its tab's top frame; undefined where the browser doesn't tell. */
  topOrigin?: string;
}

/** All that is known of one session of a page. */
export interface KnownSession {
  fact: SessionFact;
  signedIn: PageAuth;
  variables: SessionVariable[];
  truth: ServerTruth;
  /** When the server ends the session, as it said when it was asked. */
  expireAt?: number | undefined;
  /** What a person did from here, and why the status is so: until the sign-in changes again. */
  explained?: { authAt: number; status: SessionStatus; cause: string } | undefined;
  /** What the server said instead, taken over by a person: until the hook tells something else. */
  accepted?: { auth: SessionAuth; namespace?: string; database?: string } | undefined;
}

/** The key of a client's socket, the same over its reconnects; without a client what all of them begin with. */
export function socketKeyOf(documentId: string, client: number | ""): string {
  return `${documentId}/${client}`;
}

const FAILED =
  "Watching this socket failed, perhaps since the page broke what that stands on: nothing of it is seen any more.";

/** Why nothing can be done on this socket, one sentence; undefined: it can. */
export function reasonNotToAct(socket: SocketFact): string | undefined {
  if (socket.format === "flatbuffers") return "This socket speaks FlatBuffers, which aren't read.";
  if (socket.state !== "open") return `This socket is ${socket.state}.`;
  if (socket.unwatched) return FAILED;
  if (socket.ownSend) return "The page has put a send of its own in place of this socket's.";
  if (socket.deliversBlobs && socket.format !== "json") {
    return "This socket delivers Blobs; can't act on it.";
  }
  return undefined;
}

export function socketViewOf(place: DocumentPlace, socket: SocketFact): PageSocketView {
  const { client, deliversBlobs: _blobs, ownSend, unwatched, ...shown } = socket;
  const view: PageSocketView = {
    ...shown,
    key: socketKeyOf(place.documentId, client),
    documentId: place.documentId,
    frameId: place.frameId,
  };
  const cannotAct = reasonNotToAct(socket);
  if (cannotAct) view.cannotAct = cannotAct;
  if (socket.format === "flatbuffers") {
    view.unreadable = "Format not readable: this socket speaks FlatBuffers.";
  } else if (unwatched) {
    view.unreadable = FAILED;
  } else if (ownSend) {
    view.unreadable =
      "The page has put a send of its own in place of this socket's: what it sends isn't seen.";
  }
  return view;
}

/** @param now milliseconds since 1970: a token may have ended since the hook told of it */
export function sessionViewOf(
  place: DocumentPlace,
  socket: SocketFact,
  known: KnownSession,
  now: number,
): PageSessionView {
  const { fact, accepted, signedIn } = known;
  const socketKey = socketKeyOf(place.documentId, fact.client);
  const { tabId, frameId, documentId, origin, top } = place;
  const colour = PALETTE[fact.order % PALETTE.length]?.colour ?? "#5f6670";
  const from = accepted ?? fact;
  const view: PageSessionView = {
    key: pageSessionKey(socketKey, fact.id),
    kind: "surrealdb",
    label: fact.id === undefined ? "Default session" : shortId(fact.id),
    colour,
    variables: known.variables,
    auth: accepted?.auth ?? signedIn.auth,
    ...statusOf(known, now),
    createdAt: fact.createdAt,
    updatedAt: fact.updatedAt,
    lastActiveAt: fact.lastActiveAt,
    warnings: warningsOf(known, now),
    truth: known.truth,
    liveQueries: fact.live.map((live) => ({ ...live, state: "watching", gaps: [] })),
    transactions: fact.transactions.map((txn) => ({ ...txn })),
    holder: {
      tabId,
      frameId,
      documentId,
      socketKey,
      url: socket.url,
      origin,
      top,
      place: `${top ? "top" : place.url}/${fact.client}/${fact.order}`,
    },
    incomplete: [...fact.incomplete],
    requests: fact.requests,
    hasToken: isSignedIn(fact) && fact.access !== undefined,
  };
  if (fact.id !== undefined) view.id = fact.id;
  if (from.namespace !== undefined) view.namespace = from.namespace;
  if (from.database !== undefined) view.database = from.database;
  if (known.expireAt !== undefined) view.expireAt = known.expireAt;
  if (signedIn.tokenExpireAt !== undefined) view.tokenExpireAt = signedIn.tokenExpireAt;
  return view;
}

function statusOf(
  { fact, explained, expireAt }: KnownSession,
  now: number,
): { status: SessionStatus; cause: string; statusSince: number } {
  if (fact.over !== undefined) {
    return { status: "removed", cause: overWords(fact.over), statusSince: fact.updatedAt };
  }
  const since = fact.authAt;
  if (explained?.authAt === since) {
    return { status: explained.status, cause: explained.cause, statusSince: since };
  }
  const cause = authWords(fact.auth);
  if (fact.auth === "invalidated") return { status: "ended", cause, statusSince: since };
  if (fact.auth === "expired") return { status: "expired", cause, statusSince: since };
  if (fact.auth === "refused") return { status: "revoked", cause, statusSince: since };
  if (expireAt !== undefined && expireAt <= now) {
    return {
      status: "expired",
      cause: "The session's time at the server is over.",
      statusSince: expireAt,
    };
  }
  return { status: "active", cause, statusSince: since };
}

function warningsOf({ fact, signedIn, variables }: KnownSession, now: number): string[] {
  const found: string[] = [];
  if (fact.over !== undefined) return found;
  if (signedIn.unread) found.push(signedIn.unread);
  const { tokenExpireAt } = signedIn;
  if (tokenExpireAt !== undefined && tokenExpireAt <= now && fact.auth !== "expired") {
    found.push(
      fact.renewable
        ? "Token expired: works until the connection drops. The page can renew it."
        : "Token expired: works until the connection drops.",
    );
  }
  const missing = variables.filter((variable) => variable.omitted !== undefined).length;
  if (missing > 0)
    found.push(
      `${missing === 1 ? "A variable's value was" : `${missing} variables' values were`} too large to be kept.`,
    );
  return found;
}

/** The next moment at which what is shown of a session changes by itself. */
export function nextChangeOf({ fact, signedIn, expireAt }: KnownSession, now: number): number {
  if (fact.over !== undefined) return Number.POSITIVE_INFINITY;
  const ends = [signedIn.tokenExpireAt, expireAt].filter((end) => end !== undefined && end > now);
  return Math.min(...(ends as number[]), Number.POSITIVE_INFINITY);
}

/** What a socket carried of its variables, as CBOR. What is no value, or wasn't kept, is left out. */
export function variablesOf(facts: readonly VariableFact[]): SessionVariable[] {
  return facts.map(({ name, size, cbor, json }) => {
    const value = readValue(cbor, json);
    return value ? { name, value } : { name, value: encodeValue(undefined), omitted: size };
  });
}

function readValue(cbor: Uint8Array | undefined, json: string | undefined): Uint8Array | undefined {
  try {
    if (cbor !== undefined) return proveItem(cbor);
    if (json !== undefined) return jsonValue(JSON.parse(json));
  } catch {
    // The page sent something else than a value, or said so: shown as not kept.
  }
  return undefined;
}
