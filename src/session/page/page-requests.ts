/**
 * Requests of ours in a session of the page.
 *
 * They go over the page's own socket under ids of our own, and the page sees none of their answers.
 * What would go on talking to the page afterwards (a live query, a transaction begun behind its SDK's
 * back) isn't begun from here; what the page began can be ended.
 */
import { Uuid } from "surrealdb";
import { readResponse, writeRequest } from "../../wire/envelope.ts";
import { OutcomeUnknownError, serverErrorFrom, UnreadableAnswerError } from "../../wire/errors.ts";
import { readJsonAnswer, writeJsonRequest } from "../../wire/json-frame.ts";
import { type ItemBytes, proveArray } from "../../wire/proven.ts";
import { decodeValue, encodeParams, encodeValue } from "../../wire/values.ts";
import { EnvelopeError } from "../../wire/wire-error.ts";
import {
  InvalidRequestError,
  SessionClosedError,
  SessionError,
  TransactionLostError,
  UnknownSessionError,
} from "../errors.ts";
import { evaluate } from "../evaluate.ts";
import type { SessionKey } from "../model.ts";
import type { OperableRequests } from "../operable-session.ts";
import { type Answer, outcomeUnknown, queryParams } from "../session-requests.ts";
import { placeText } from "../truth.ts";
import { beginsLive } from "./live-text.ts";
import type { SessionFact, SocketFact } from "./page-facts.ts";
import { PageLine } from "./page-line.ts";
import type { PageMirror } from "./page-mirror.ts";
import type { PageSessionView } from "./page-model.ts";
import { reasonNotToAct } from "./page-session-view.ts";

/** How long the hook may take to tell what came of a change, in milliseconds. */
const TELLING_PATIENCE = 2_000;

/** Nothing can be done on this socket from here. */
class CannotActError extends SessionError {
  constructor(reason: string) {
    super("CannotActError", `${reason} Nothing was sent.`);
  }
}

export class PageRequests implements OperableRequests {
  readonly #key: SessionKey;
  readonly #mirror: PageMirror;
  readonly #line: PageLine;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(key: SessionKey, mirror: PageMirror, line: PageLine) {
    this.#key = key;
    this.#mirror = mirror;
    this.#line = line;
  }

  /** As views see it now. @throws UnknownSessionError when the page has it no more */
  get view(): PageSessionView {
    const view = this.#mirror.sessionView(this.#key);
    if (!view) throw new UnknownSessionError(this.#key);
    return view;
  }

  /** What the hook told last. @throws UnknownSessionError */
  get state(): { fact: SessionFact; socket: SocketFact } {
    const found = this.#mirror.session(this.#key);
    if (!found) throw new UnknownSessionError(this.#key);
    return { fact: found.known.fact, socket: found.socket };
  }

  /**
   * Sends a request as this session, on the page's socket.
   * @param params a CBOR array
   * @throws UnknownSessionError, SessionClosedError, CannotActError, TransactionLostError,
   *   NotSentError, InvalidRequestError for a text that begins a live query: nothing was sent.
   *   ServerError: the server refused. OutcomeUnknownError.
   */
  async send(method: string, params?: Uint8Array, txn?: string): Promise<Answer> {
    const { fact, socket } = this.state;
    const { label, auth, namespace, database } = this.view;
    if (fact.over !== undefined) throw new SessionClosedError(label);
    const reason = reasonNotToAct(socket);
    if (reason !== undefined) throw new CannotActError(reason);
    if (txn !== undefined) this.#assertOpenTransaction(txn);
    if (method === "query" && params && textsBeginLive(params)) throw noLiveQueries();
    const id = PageLine.newAct();
    const parts = { id, method, session: fact.id, txn };
    const frame =
      socket.format === "json"
        ? writeJsonRequest({ ...parts, params })
        : writeRequest({ ...parts, params: params && proveArray(params) });
    const started = performance.now();
    try {
      const answer = await this.#line.request(id, fact.client, method, frame);
      const duration = performance.now() - started;
      return {
        result: resultOf(answer, id, method),
        duration,
        bytesSent: params?.length ?? 0,
        bytesReceived: answer.length,
        identity: auth.user ?? "anonymous",
        target: placeText(namespace, database),
      };
    } catch (error) {
      throw error instanceof OutcomeUnknownError ? outcomeUnknown(label, error) : error;
    }
  }

  /** As `send`, with values. */
  readonly ask = async (method: string, params?: readonly unknown[]): Promise<unknown> => {
    const { result } = await this.send(method, params && encodeParams(params));
    return decodeValue(result);
  };

  /** As `send`. */
  query(text: string, bindings?: Uint8Array, txn?: string): Promise<Answer> {
    return this.send("query", queryParams(text, bindings), txn);
  }

  evaluate(expression: string): Promise<ItemBytes> {
    return evaluate((text) => this.query(text), expression);
  }

  /** RPC `kill`, of a live query that the page began. */
  async kill(id: string): Promise<void> {
    if (!this.state.fact.live.some((live) => live.id === id)) {
      throw new InvalidRequestError(`This session has no live query ${id}.`);
    }
    await this.change(() => this.ask("kill", [new Uuid(id)]));
  }

  /** RPC `commit` or `cancel`, of a transaction that the page began. */
  async finish(txn: string, how: "commit" | "cancel"): Promise<void> {
    this.#assertOpenTransaction(txn);
    await this.change(() => this.ask(how, [new Uuid(txn)]));
  }

  #assertOpenTransaction(txn: string): void {
    if (!this.state.fact.transactions.some(({ id }) => id === txn)) {
      throw new TransactionLostError(txn);
    }
  }

  async begin(): Promise<never> {
    throw new InvalidRequestError(
      "A transaction begun from here would stay open on the page's socket, unknown to its SDK.",
      "Keep a copy of this session, and begin it there.",
    );
  }

  async live(): Promise<never> {
    throw noLiveQueries();
  }

  async stopWatching(): Promise<never> {
    throw new InvalidRequestError("The page listens to this live query, not Switchyard.");
  }

  /** Runs a change alone; ends when the hook has told what came of it. */
  change<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(async () => {
      const { tellings } = this.#mirror;
      const told = tellings.next(this.#key);
      const stop = tellings.acting(this.#key);
      let patience = 0;
      try {
        const result = await run();
        patience = TELLING_PATIENCE;
        return result;
      } finally {
        // After a refusal nothing needs to be told.
        await told(patience);
        stop();
      }
    });
    this.#changes = done.catch(() => undefined);
    return done;
  }
}

/**
 * The result in an answer's frame, in a buffer of its own.
 * @throws ServerError, UnreadableAnswerError
 */
function resultOf(frame: Uint8Array | string, id: string, method: string): Uint8Array {
  try {
    return readResult(frame, id);
  } catch (error) {
    throw error instanceof EnvelopeError ? new UnreadableAnswerError(method, error) : error;
  }
}

function readResult(frame: Uint8Array | string, id: string): Uint8Array {
  if (typeof frame === "string") {
    const answer = readJsonAnswer(frame);
    if (answer.id !== id) throw otherAnswer();
    if ("error" in answer) throw answer.error;
    return answer.result;
  }
  const answer = readResponse(frame);
  if (answer.kind !== "answer" || answer.id?.value !== id) throw otherAnswer();
  if (answer.error) throw serverErrorFrom(decodeValue(answer.error));
  return answer.result?.slice() ?? encodeValue(undefined);
}

/** The text of `query` is its first parameter, in some spellings within a list. */
function textsBeginLive(params: Uint8Array): boolean {
  const [first] = decodeValue(params) as unknown[];
  const texts = Array.isArray(first) ? first : [first];
  return texts.some((text) => typeof text === "string" && beginsLive(text));
}

function otherAnswer(): EnvelopeError {
  return new EnvelopeError("bad-id", "The page gave back something else than the answer");
}

function noLiveQueries(): InvalidRequestError {
  return new InvalidRequestError(
    "A live query begun from here would tell the page what its SDK never asked for.",
    "Keep a copy of this session, and begin it there.",
  );
}
