/** The page API in Node: the worker's half on a real registry, and documents that talk to it. */
import type { ApiPlace } from "../../src/background/api-document.ts";
import type { AccessRecord, AccessStore } from "../../src/background/api-grants.ts";
import { PageApi } from "../../src/background/page-api.ts";
import type {
  ApiDownMessage,
  ApiErrorData,
  ApiEvent,
  ApiEvents,
  ApiMethod,
  ApiResults,
} from "../../src/messages/api-messages.ts";
import type { SessionKey } from "../../src/session/model.ts";
import type { Registry } from "../../src/session/registry.ts";
import { Relay } from "../../src/session/relay/relay.ts";
import type { RelayClient } from "../../src/session/relay/relay-client.ts";
import type { AccessView } from "../../src/session/relay/route-model.ts";

export const ORIGIN = "http://localhost:5173";

export function memoryAccessStore(): AccessStore & { records: Map<string, AccessRecord> } {
  const records = new Map<string, AccessRecord>();
  return {
    records,
    load: async () => structuredClone([...records.values()]),
    save: async (record) => void records.set(record.origin, structuredClone(record)),
    remove: async (origin) => void records.delete(origin),
  };
}

/** A document's port, as the worker sees it. */
export class TestDocument {
  readonly told: ApiDownMessage[] = [];
  readonly received: (given: unknown) => void;
  readonly leave: () => void;
  #seq = 0;
  readonly #waiting = new Map<number, (message: ApiDownMessage) => void>();

  constructor(api: PageApi, place: Partial<ApiPlace> = {}) {
    const whole = {
      tabId: 1,
      documentId: crypto.randomUUID(),
      origin: ORIGIN,
      top: true,
      ...place,
    };
    const document = api.connected(whole, (message) => {
      // As a port carries it.
      const clone = structuredClone(message);
      this.told.push(clone);
      if ("seq" in clone) this.#waiting.get(clone.seq)?.(clone);
    });
    this.received = (given) => document.received(given);
    this.leave = () => document.left();
  }

  events<E extends ApiEvent["event"]>(event: E): ApiEvents[E][] {
    return this.told
      .filter((message) => message.type === "api-event")
      .filter((message) => message.event === event)
      .map(({ payload }) => payload as ApiEvents[E]);
  }

  async hello(): Promise<boolean> {
    this.received({ type: "api-hello" });
    await new Promise((resolve) => setTimeout(resolve));
    const last = this.told.findLast((message) => message.type === "api-enabled");
    return last?.type === "api-enabled" && last.on;
  }

  request<M extends ApiMethod>(method: M, params: object = {}): Promise<ApiResults[M]> {
    this.#seq += 1;
    const seq = this.#seq;
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, (message) => {
        if (message.type === "api-response") resolve(message.result as ApiResults[M]);
        else if (message.type === "api-error") reject(message.error);
      });
      this.received({ type: "api-request", seq, method, params });
    });
  }

  /** The error with which it ends; fails the test where it doesn't. */
  async refusal(method: ApiMethod, params: object = {}): Promise<ApiErrorData> {
    const result = await this.request(method, params).catch((error: ApiErrorData) => ({ error }));
    if (result && "error" in result) return result.error;
    throw new Error(`${method} was expected to fail.`);
  }
}

export class ApiScene {
  readonly api: PageApi;
  readonly store = memoryAccessStore();
  readonly relay: Relay;
  readonly clients: RelayClient[] = [];
  readonly failures: unknown[] = [];
  route: SessionKey | undefined;
  origins: readonly string[] = [];
  access: AccessView = { origins: [], requests: [] };

  constructor(registry: Registry) {
    const relay = new Relay(registry);
    this.relay = relay;
    this.api = new PageApi({
      registry: Promise.resolve(registry),
      store: this.store,
      createClient: (id, notify) => {
        const client = relay.client(id, notify);
        this.clients.push(client);
        return {
          call: (call, held, leaving) => client.call(call, held, leaving),
          delivered: (result) => client.delivered(result),
          sessionOver: (session) => client.sessionOver(session),
          close: () => relay.drop(client),
        };
      },
      routeOf: () => this.route,
      accessChanged: (view) => {
        this.access = view;
      },
      originsChanged: (origins) => {
        this.origins = origins;
      },
      failed: (_what, error) => void this.failures.push(error),
    });
  }

  command<C extends keyof PageApi["handlers"]>(
    name: C,
    params: Parameters<PageApi["handlers"][C]>[0],
  ): Promise<null> {
    const handler = this.api.handlers[name] as (
      given: typeof params,
      by: { id: string },
    ) => Promise<null>;
    return handler(params, { id: "view" });
  }

  /** An origin with these sessions; answers the ids by which it knows them. */
  async granted(keys: readonly SessionKey[], origin = ORIGIN): Promise<string[]> {
    await this.command("api.enable", { origin, on: true });
    if (keys.length === 0) return [];
    const asking = new TestDocument(this.api, { origin }).request("switchyard_requestSessions", {
      more: true,
    });
    await new Promise((resolve) => setTimeout(resolve));
    const [request] = this.access.requests.filter((each) => each.origin === origin);
    await this.command("api.answer", { id: String(request?.id), sessions: [...keys] });
    return (await asking).map(({ id }) => id);
  }
}
