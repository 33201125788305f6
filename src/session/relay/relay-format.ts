/**
 * The frames of a routed page's socket, in the format that it speaks: a request read, an answer or a
 * notification written. In between all is CBOR.
 */

import { mapOf } from "../../wire/cbor-parts.ts";
import {
  type ReadId,
  type RequestEnvelope,
  readRequest,
  writeLive,
  writeResponse,
} from "../../wire/envelope.ts";
import { writeJsonLive, writeJsonResponse } from "../../wire/json/frames.ts";
import { type JsonId, readJsonRequest } from "../../wire/json/request.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { RelayCall, RelayNotification } from "./relay-client.ts";
import type { RpcErrorParts } from "./relay-error.ts";
import type { ServerErrorParts } from "./relay-words.ts";

export type RelayFrame = Uint8Array | string;
type ErrorParts = RpcErrorParts | ServerErrorParts;

/** A request of the page's, and what its answer must carry. */
export interface RelayRequest {
  id: ReadId | JsonId;
  call: RelayCall;
}

export interface RelayFormat {
  /** @throws EnvelopeError */
  read(frame: RelayFrame): RelayRequest;
  result(request: RelayRequest, result: ItemBytes): RelayFrame;
  error(request: RelayRequest, error: ErrorParts): RelayFrame;
  /** To a frame that is no request: nobody knows its id. */
  refusal(error: ErrorParts): RelayFrame;
  live(notification: RelayNotification): RelayFrame;
}

export function formatOf(frame: RelayFrame): RelayFormat {
  return typeof frame === "string" ? JSON_FRAMES : CBOR_FRAMES;
}

const CBOR_FRAMES: RelayFormat = {
  read: (frame) => requestOf(readRequest(frame as Uint8Array)),
  result: ({ id, call }, result) =>
    writeResponse({ id: id as ReadId, session: call.session, result }),
  error: ({ id, call }, error) =>
    writeResponse({ id: id as ReadId, session: call.session, error: encodeValue(error) }),
  refusal: (error) => mapOf(new Map([["error", encodeValue(error)]])),
  live: ({ liveId, session, action, record, value }) =>
    writeLive({
      liveId,
      session,
      action,
      record: record as ItemBytes,
      result: value as ItemBytes,
    }),
};

const JSON_FRAMES: RelayFormat = {
  read: (frame) => requestOf(readJsonRequest(frame as string, "as-server")),
  result: ({ id, call }, result) =>
    writeJsonResponse({ idText: (id as JsonId).text, session: call.session, result }),
  error: ({ id, call }, error) => {
    const idText = (id as JsonId).text;
    return writeJsonResponse({ idText, session: call.session, error: encodeValue(error) });
  },
  refusal: (error) => JSON.stringify({ error }),
  live: ({ liveId, session, action, record, value }) =>
    writeJsonLive({
      liveId,
      session,
      action,
      record: record as ItemBytes,
      result: value as ItemBytes,
    }),
};

function requestOf({
  id,
  ...call
}: Omit<RequestEnvelope, "id"> & { id: ReadId | JsonId }): RelayRequest {
  return { id, call };
}
