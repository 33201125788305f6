/** What goes by way of a route, as the log of requests is told: as whom it runs is known here alone. */
import type { HeldSession } from "../held-session.ts";
import { type FrameRecord, type IdentityThen, pageSessionKey } from "../page/page-model.ts";
import { socketKeyOf } from "../page/page-session-view.ts";

type Frame = Uint8Array | string;

/** A socket of the page, at a time. */
interface Place {
  client: number;
  generation: number;
}

/** Bytes of a frame that the log is given whole. */
const LARGEST = 1024 * 1024;

export interface RelayLogOptions {
  documentId: string;
  /** Called only while somebody records. */
  traffic(records: FrameRecord[]): void;
  recording(): boolean;
}

export class RelayLog {
  readonly #options: RelayLogOptions;

  constructor(options: RelayLogOptions) {
    this.#options = options;
  }

  /**
   * @param session the page's own, in which it was sent
   * @param as whom it is to run as; undefined: there is nobody any more
   */
  sent(place: Place, frame: Frame, session: string | undefined, as: HeldSession | undefined): void {
    if (!this.#options.recording()) return;
    const record = this.#record(place, "sent", frame);
    record.as = as ? identityOf(as) : { sessionKey: pageSessionKey(record.socketKey, session) };
    this.#options.traffic([record]);
  }

  received(place: Place, frame: Frame): void {
    if (!this.#options.recording()) return;
    this.#options.traffic([this.#record(place, "received", frame)]);
  }

  #record(
    { client, generation }: Place,
    direction: FrameRecord["direction"],
    frame: Frame,
  ): FrameRecord {
    const record: FrameRecord = {
      kind: "frame",
      at: Date.now(),
      socketKey: socketKeyOf(this.#options.documentId, client),
      generation,
      format: typeof frame === "string" ? "json" : "cbor",
      direction,
      size: frame.length,
      by: "page",
      relayed: true,
    };
    if (frame.length <= LARGEST) record.frame = frame;
    else record.summary = { why: "too-large" };
    return record;
  }
}

function identityOf({ record }: HeldSession): IdentityThen {
  const { key, id, auth, namespace, database } = record;
  const then: IdentityThen = { sessionKey: key };
  if (id !== undefined) then.sessionId = id;
  if (auth.user !== undefined) then.user = auth.user;
  if (namespace !== undefined) then.namespace = namespace;
  if (database !== undefined) then.database = database;
  return then;
}
