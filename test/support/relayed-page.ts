/**
 * A routed page in Node: its frames go straight into the relay, as its hook would hand them over, and
 * what the relay answers is read as the page would read it.
 */

import type { FrameRecord } from "../../src/session/page/page-model.ts";
import { type DocumentRoute, PageRelay } from "../../src/session/relay/page-relay.ts";
import { Relay } from "../../src/session/relay/relay.ts";
import type { RelayDown, RelayUp } from "../../src/session/relay/relay-messages.ts";
import { joined } from "../../src/session/relay/relay-parts.ts";
import type { RouteScope } from "../../src/session/relay/route-model.ts";
import { readResponse, writeRequest } from "../../src/wire/envelope.ts";
import { decodeValue, encodeParams } from "../../src/wire/values.ts";
import { until } from "./registry.ts";
import type { Scene } from "./scene.ts";

export interface RelayedError {
  code: number;
  message: string;
  kind?: string;
  details?: { kind?: string };
}

/** What a page makes of an answer. */
export interface PageAnswer {
  id: unknown;
  session?: string;
  result?: unknown;
  error?: RelayedError;
}

type Frame = Uint8Array | string;
type Live = Extract<RelayDown, { type: "relay-live" }>;

interface RequestOptions {
  id?: string | number;
  session?: string;
  txn?: string;
  client?: number;
  /** Another route than the present one. */
  route?: number;
}

export class RelayedPage {
  readonly relay: Relay;
  readonly page: PageRelay;
  readonly posted: RelayDown[] = [];
  readonly traffic: FrameRecord[] = [];
  recording = false;
  /** Says that it goes by what is routed, whenever it is told. */
  acknowledges = true;
  /** The number under which the hook knows the present route; 0: none. */
  route = 0;
  format: "cbor" | "json" = "cbor";
  #seq = 0;

  constructor(scene: Scene, documentId = "doc-1", relay = new Relay(scene.registry)) {
    this.relay = relay;
    this.page = new PageRelay({
      documentId,
      relay,
      session: (key) => scene.registry.session(key),
      post: (message) => {
        if (message.type === "relay-batch") this.posted.push(...message.messages);
        else this.posted.push(message);
        if (message.type !== "routes") return;
        const { all, default: ofDefault, session } = message.table ?? {};
        this.route = all ?? ofDefault ?? session?.route ?? 0;
        if (!this.acknowledges) return;
        this.page.receive({ type: "routes-ack", version: message.version });
      },
      traffic: (records) => this.traffic.push(...records),
      recording: () => this.recording,
      changed: () => undefined,
    });
  }

  runAs(to: string, scope: RouteScope = { kind: "default" }): void {
    this.page.setRoute({ to, scope, since: Date.now() } satisfies DocumentRoute);
  }

  /** Hands a frame over, and waits for the answer. */
  async frame(frame: Frame, options: RequestOptions = {}): Promise<Frame> {
    const seq = this.send(frame, options);
    const answer = await until(() => this.#answerTo(seq));
    return joined([...this.#partsOf(seq), answer.frame]);
  }

  send(frame: Frame, { client = 1, route = this.route }: RequestOptions = {}): number {
    this.#seq += 1;
    const message: RelayUp = { type: "relay", seq: this.#seq, client, generation: 0, frame };
    if (route > 0) message.route = route;
    this.page.receive(message);
    return this.#seq;
  }

  answersTo(seq: number): number {
    return this.posted.filter((message) => message.type === "relayed" && message.seq === seq)
      .length;
  }

  #partsOf(seq: number): Frame[] {
    return this.posted.flatMap((message) =>
      message.type === "relay-part" && message.seq === seq ? [message.part] : [],
    );
  }

  #answerTo(seq: number): Extract<RelayDown, { type: "relayed" }> | undefined {
    for (const message of this.posted) {
      if (message.type === "relayed" && message.seq === seq) return message;
    }
    return undefined;
  }

  async request(
    method: string,
    params: readonly unknown[] = [],
    options: RequestOptions = {},
  ): Promise<PageAnswer> {
    const { id = `r${this.#seq + 1}`, session, txn } = options;
    const frame =
      this.format === "json"
        ? JSON.stringify({ id, method, params, session, txn })
        : writeRequest({ id, method, params: encodeParams(params), session, txn });
    return readAnswer(await this.frame(frame, options));
  }

  /** The results of a query's statements, or the error that it was answered with. */
  async query(text: string, bindings = {}, options: RequestOptions = {}): Promise<unknown[]> {
    const { result, error } = await this.request("query", [text, bindings], options);
    if (error) throw Object.assign(new Error(error.message), error);
    return (result as { status: string; result: unknown }[]).map((statement) => statement.result);
  }

  /** What reached the page of its live queries. */
  get live(): Live[] {
    return this.posted.filter((message) => message.type === "relay-live");
  }
}

export function readAnswer(frame: Frame): PageAnswer {
  if (typeof frame === "string") return JSON.parse(frame) as PageAnswer;
  const answer = readResponse(frame);
  if (answer.kind !== "answer") throw new Error("no answer");
  const read: PageAnswer = { id: answer.id?.value };
  if (answer.session !== undefined) read.session = answer.session;
  if (answer.error) read.error = decodeValue(answer.error) as RelayedError;
  else if (answer.result) read.result = decodeValue(answer.result);
  return read;
}
