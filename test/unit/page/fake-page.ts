/**
 * A page in Node, for the hook: its window, sockets, events and message channel, all synchronous, so
 * that a test says when what happens. What the browsers' own parts do is for the browser tests.
 */
import { vi } from "vitest";
import type { HookCommand, HookMessage, HookMode } from "../../../src/messages/page-messages.ts";
import type { PageFact } from "../../../src/session/page/page-facts.ts";
import type { RelayDown, RelayUp } from "../../../src/session/relay/relay-messages.ts";

type Listener = (event: FakeEvent) => void;

class FakeEvent {
  readonly type: string;
  isTrusted = false;
  #defaultPrevented = false;
  stopped = false;
  readonly ports: unknown[];
  constructor(type: string, { ports = [] }: { ports?: unknown[] } = {}) {
    this.type = type;
    this.ports = ports;
  }
  get defaultPrevented(): boolean {
    return this.#defaultPrevented;
  }
  preventDefault(): void {
    this.#defaultPrevented = true;
  }
  stopImmediatePropagation(): void {
    this.stopped = true;
  }
}

class FakeMessageEvent extends FakeEvent {
  readonly #data: unknown;
  constructor(type: string, init: { data?: unknown; ports?: unknown[] } = {}) {
    super(type, init);
    this.#data = init.data;
  }
  get data(): unknown {
    return this.#data;
  }
}

class FakeCloseEvent extends FakeEvent {
  readonly #code: number;
  constructor(type: string, { code }: { code: number }) {
    super(type);
    this.#code = code;
  }
  get code(): number {
    return this.#code;
  }
}

class FakeTarget {
  readonly #listeners: { type: string; listener: Listener }[] = [];
  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }
  dispatchEvent(event: FakeEvent): boolean {
    for (const { type, listener } of [...this.#listeners]) {
      if (type === event.type && !event.stopped) listener(event);
    }
    return !event.defaultPrevented;
  }
}

class FakePort extends FakeTarget {
  other!: FakePort;
  postMessage(data: unknown): void {
    this.other.dispatchEvent(new FakeMessageEvent("message", { data: structuredClone(data) }));
  }
  start(): void {
    // Delivers at once, with or without.
  }
}

class FakeChannel {
  readonly port1 = new FakePort();
  readonly port2 = new FakePort();
  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

/** As much of a WebSocket as the hook and a page in these tests use. */
export class FakeSocket extends FakeTarget {
  static readonly OPEN = 1;
  readonly #url: string;
  #protocol = "";
  #readyState = 0;
  #buffered = 0;
  binaryTypeNow = "blob";
  /** What went to the server. */
  readonly wire: unknown[] = [];

  constructor(url: string, _protocols?: string | string[]) {
    super();
    this.#url = url;
  }
  get url(): string {
    return this.#url;
  }
  get protocol(): string {
    return this.#protocol;
  }
  get readyState(): number {
    return this.#readyState;
  }
  get bufferedAmount(): number {
    return this.#buffered;
  }
  get binaryType(): string {
    return this.binaryTypeNow;
  }
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    if (this.#readyState === 0) throw new DOMException("Still connecting", "InvalidStateError");
    if (this.#readyState !== 1) return;
    this.wire.push(data);
    this.#buffered +=
      typeof data === "string"
        ? Buffer.byteLength(data)
        : data instanceof Blob
          ? data.size
          : data.byteLength;
  }
  open(protocol: string): void {
    this.#protocol = protocol;
    this.#readyState = 1;
    this.#trusted(new FakeEvent("open"));
  }
  receive(data: unknown): FakeEvent {
    return this.#trusted(new FakeMessageEvent("message", { data }));
  }
  close(code = 1005): void {
    this.end(code);
  }
  end(code: number): void {
    this.#readyState = 3;
    this.#trusted(new FakeCloseEvent("close", { code }));
  }
  #trusted(event: FakeEvent): FakeEvent {
    event.isTrusted = true;
    this.dispatchEvent(event);
    return event;
  }
}

export type SocketClass = typeof FakeSocket;

/** A page whose hook has run, and the bridge's end of its port. */
export class FakePage {
  /** What the hook said. */
  readonly said: HookMessage[] = [];
  /** What its own listeners threw. */
  readonly reported: unknown[] = [];
  readonly window: FakeTarget & { WebSocket: SocketClass };
  #port: FakePort | undefined;

  /** @param hasBridge whether somebody takes the hook's port */
  static async open(hasBridge = true): Promise<FakePage> {
    vi.resetModules();
    const page = new FakePage(hasBridge);
    await import("../../../src/page/hook.iife.ts");
    return page;
  }

  /** A page without a hook, for the parts of one. */
  static bare(): FakePage {
    vi.resetModules();
    return new FakePage(false);
  }

  private constructor(hasBridge: boolean) {
    // A new class for each page, as each window has its own.
    class WebSocket extends FakeSocket {}
    for (const name of [
      "send",
      "url",
      "protocol",
      "readyState",
      "binaryType",
      "bufferedAmount",
      "close",
    ]) {
      const own = Object.getOwnPropertyDescriptor(FakeSocket.prototype, name);
      Object.defineProperty(WebSocket.prototype, name, own as PropertyDescriptor);
    }
    const target = new FakeTarget();
    this.window = Object.assign(target, {
      WebSocket: WebSocket as SocketClass,
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      reportError: (error: unknown) => void this.reported.push(error),
    });
    const document = new FakeTarget();
    if (hasBridge) {
      document.addEventListener("switchyard:hook", (event) => {
        this.#port = event.ports[0] as FakePort;
        this.#port.addEventListener("message", (message) => {
          this.said.push((message as FakeMessageEvent).data as HookMessage);
        });
        this.#port.addEventListener("switchyard:up", (offered) => {
          if (!this.hasWorker) return;
          this.relayed.push((offered as FakeMessageEvent).data as RelayUp);
          offered.preventDefault();
        });
        event.preventDefault();
      });
    }
    vi.stubGlobal("window", this.window);
    vi.stubGlobal("document", document);
    vi.stubGlobal("EventTarget", FakeTarget);
    vi.stubGlobal("Event", FakeEvent);
    vi.stubGlobal("MessageEvent", FakeMessageEvent);
    vi.stubGlobal("CloseEvent", FakeCloseEvent);
    vi.stubGlobal("MessageChannel", FakeChannel);
    vi.stubGlobal("MessagePort", FakePort);
  }

  get WebSocket(): SocketClass {
    return this.window.WebSocket;
  }

  /** An open socket to SurrealDB, as the page made it. */
  connect(format = "cbor", url = "ws://127.0.0.1:8000/rpc"): FakeSocket {
    const socket = new this.WebSocket(url, [format]);
    socket.binaryTypeNow = "arraybuffer";
    socket.open(format);
    return socket;
  }

  /** What the hook offered of routed requests, and whether anybody takes it. */
  readonly relayed: RelayUp[] = [];
  hasWorker = true;

  /** As the bridge does, at once. */
  route(message: RelayDown): void {
    this.#port?.dispatchEvent(new FakeMessageEvent("switchyard:down", { data: message }));
  }

  /** The requests that went by way of a route. */
  get requests(): Extract<RelayUp, { type: "relay" }>[] {
    return this.relayed.filter((message) => message.type === "relay");
  }

  command(command: HookCommand): void {
    this.#port?.postMessage(command);
  }

  mode(mode: HookMode): void {
    this.command({ type: "mode", mode });
  }

  hide(): void {
    this.window.dispatchEvent(new FakeEvent("pagehide"));
  }

  /** All facts that were told so far, in order. */
  get facts(): PageFact[] {
    return this.said.flatMap((message) => (message.type === "facts" ? message.facts : []));
  }

  of<F extends PageFact["fact"]>(kind: F): Extract<PageFact, { fact: F }>[] {
    return this.facts.filter((fact): fact is Extract<PageFact, { fact: F }> => fact.fact === kind);
  }
}
