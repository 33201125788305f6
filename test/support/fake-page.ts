/**
 * A page in Node: a real socket to a real server, watched by the real journal, told through a port.
 *
 * It stands in for hook and bridge together, so that the worker's side can be tried without a browser:
 * it opens its port when it is asked, tells facts as a hook does, and carries out what it is told to.
 */
import { WebSocket } from "ws";
import type { SeenTab, Tabs } from "../../src/background/page-status.ts";
import type { PageWatcher } from "../../src/background/page-tab.ts";
import type { Pages } from "../../src/background/pages.ts";
import type { WorkerEvent } from "../../src/messages/commands.ts";
import type { HookCommand, HookMessage, PageFact } from "../../src/messages/page-messages.ts";
import { Journal } from "../../src/session/journal/journal.ts";
import type { JournalSocket, Sender } from "../../src/session/journal/journal-socket.ts";
import type { PageDelta, PageView, TrafficRecord } from "../../src/session/page/page-model.ts";
import { readResponse, writeRequest } from "../../src/wire/envelope.ts";
import { decodeValue, encodeParams } from "../../src/wire/values.ts";
import { type PortPair, portPair } from "./port-pair.ts";

export interface FakePlace {
  tabId?: number;
  frameId?: number;
  documentId?: string;
  origin?: string;
  url?: string;
  /** By the browser's word; absent: it doesn't tell. */
  topOrigin?: string;
}

type Format = "cbor" | "json";
type Frame = Uint8Array | string;

interface FakeSocket {
  socket: WebSocket;
  entry: JournalSocket;
  format: Format;
}

export class FakePage {
  readonly documentId: string;
  readonly place: Required<Omit<FakePlace, "topOrigin">> & Pick<FakePlace, "topOrigin">;
  readonly #pages: () => Pages;
  readonly #journal = new Journal();
  readonly #sockets: FakeSocket[] = [];
  readonly #waiting = new Map<unknown, (frame: Frame) => void>();
  readonly #acts = new Set<string>();
  pair: PortPair | undefined;
  mode = "quiet";
  taken = 0;
  /** What it was told is routed, and the answers to what it handed over. */
  routed: Extract<HookCommand, { type: "routes" }> | undefined;
  readonly relayed: Frame[] = [];
  /** Requests of a person's are sent, and their answers never brought. */
  isDeaf = false;
  /** Frames that the page itself got. */
  readonly seen: Frame[] = [];
  #batch = 0;
  #lastId = 0;
  #flushing: ReturnType<typeof setTimeout> | undefined;

  constructor(pages: () => Pages, place: FakePlace = {}) {
    this.#pages = pages;
    this.documentId = place.documentId ?? crypto.randomUUID();
    this.place = {
      tabId: 7,
      frameId: 0,
      origin: "http://localhost:5173",
      url: "http://localhost:5173/",
      ...place,
      documentId: this.documentId,
    };
  }

  /** As the bridge does when it is asked to, or by itself where the marker ran. */
  openPort(): void {
    const pair = portPair();
    this.pair = pair;
    this.#batch = 0;
    this.taken = 0;
    pair.view.onMessage((message) => this.#command(message as HookCommand));
    pair.view.onDisconnect(() => {
      if (this.pair === pair) this.pair = undefined;
    });
    this.#pages().connected(pair.worker, { ...this.place, top: this.place.frameId === 0 });
  }

  /** The page was left: port and sockets end. */
  close(): void {
    clearTimeout(this.#flushing);
    this.pair?.view.disconnect();
    this.pair = undefined;
    for (const { socket } of this.#sockets) socket.terminate();
  }

  /** Puts anything at all into the port, as a hostile page may. */
  tellRaw(message: unknown): void {
    this.pair?.view.postMessage(message);
  }

  tell(facts: PageFact[]): void {
    if (facts.length === 0 || !this.pair) return;
    this.#batch += 1;
    this.tellRaw({ type: "facts", batch: this.#batch, facts } satisfies HookMessage);
  }

  /** Opens a socket, and makes the client that is behind it. */
  async open(url: string, format: Format = "cbor"): Promise<FakeSocket> {
    const socket = new WebSocket(url, [format]);
    socket.binaryType = "arraybuffer";
    const states = ["connecting", "open", "closing", "closed"] as const;
    const probe = {
      state: () => states[socket.readyState] ?? ("closed" as const),
      deliversBlobs: () => false,
    };
    const entry = this.#journal.constructed(url, format, probe, Date.now());
    if (!entry) throw new Error("too many sockets");
    const own = { socket, entry, format };
    this.#sockets.push(own);
    socket.on("message", (data, isBinary) => {
      const frame = isBinary ? new Uint8Array(data as ArrayBuffer) : String(data);
      this.#received(own, frame);
    });
    socket.on("close", (code) => {
      entry.closed(code, Date.now());
      this.#soon();
    });
    await new Promise<void>((resolve, reject) => {
      socket.on("open", () => resolve());
      socket.on("error", reject);
    });
    entry.opened(format, Date.now());
    this.#soon();
    return own;
  }

  /** As the page's SDK: resolves with the decoded result; rejects with the server's words. */
  async request(
    socket: FakeSocket,
    method: string,
    params: unknown[] = [],
    session?: string,
  ): Promise<unknown> {
    this.#lastId += 1;
    const id = `page-${this.#lastId}`;
    const answer = new Promise<Frame>((resolve) => this.#waiting.set(id, resolve));
    const frame =
      socket.format === "json"
        ? JSON.stringify({ id, method, params, session })
        : writeRequest({ id, method, params: encodeParams(params), session });
    this.#send(socket, frame, "page");
    return read(await answer);
  }

  #send({ socket, entry }: FakeSocket, frame: Frame, by: Sender): void {
    socket.send(frame);
    const at = Date.now();
    entry.sent(frame, frame.length, at, by);
    this.#tellFrame(entry, "sent", frame, at, by);
  }

  #received({ entry }: FakeSocket, frame: Frame): void {
    const at = Date.now();
    const id = idOf(frame);
    const isAct = typeof id === "string" && this.#acts.delete(id);
    entry.received(frame, frame.length, at);
    this.#tellFrame(entry, "received", frame, at, isAct ? "you" : "page");
    if (isAct && this.isDeaf) return;
    if (isAct) this.tellRaw({ type: "acted", act: id, frame } satisfies HookMessage);
    else {
      this.seen.push(frame);
      this.#waiting.get(id)?.(frame);
      this.#waiting.delete(id);
    }
  }

  #tellFrame(
    entry: JournalSocket,
    direction: "sent" | "received",
    frame: Frame,
    at: number,
    by: Sender,
  ): void {
    if (this.mode !== "record") {
      this.#soon();
      return;
    }
    const { client, generation } = entry;
    const fact = { fact: "frame", at, client: client.number, generation, direction } as const;
    this.tell([...this.#journal.changes(at), { ...fact, size: frame.length, frame, by }]);
    this.#soon();
  }

  #soon(): void {
    if (this.mode !== "watch" && this.mode !== "record") return;
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      this.tell(this.#journal.news(Date.now()));
    }, 10);
  }

  #command(command: HookCommand): void {
    if (command.type === "mode") {
      this.mode = command.mode;
      if (command.mode === "watch" || command.mode === "record") {
        this.tell([this.#journal.whole(Date.now())]);
      }
    } else if (command.type === "routes") {
      this.routed = command;
      this.tellRaw({ type: "routes-ack", version: command.version } satisfies HookMessage);
    } else if (command.type === "relayed") this.relayed.push(command.frame);
    else if (command.type === "taken") this.taken = command.batch;
    else if (command.type === "act") {
      const socket = this.#sockets.findLast(({ entry }) => entry.client.number === command.client);
      if (socket?.socket.readyState !== WebSocket.OPEN) {
        const { act } = command;
        this.tellRaw({ type: "not-acted", act, reason: "Its socket isn't open." });
        return;
      }
      this.#acts.add(command.act);
      this.#send(socket, command.frame, "you");
    }
  }
}

function idOf(frame: Frame): unknown {
  if (typeof frame === "string") return (JSON.parse(frame) as { id?: unknown }).id;
  const answer = readResponse(frame);
  return answer.kind === "answer" ? answer.id?.value : undefined;
}

function read(frame: Frame): unknown {
  if (typeof frame === "string") {
    const { result, error } = JSON.parse(frame) as { result?: unknown; error?: unknown };
    if (error) throw new Error(JSON.stringify(error));
    return result;
  }
  const answer = readResponse(frame);
  if (answer.kind !== "answer") throw new Error("no answer");
  if (answer.error) throw new Error(JSON.stringify(decodeValue(answer.error)));
  return answer.result && decodeValue(answer.result);
}

/** Tabs of a browser in which fake pages are. */
export class FakeTabs implements Tabs {
  readonly pages = new Map<number, FakePage[]>();
  readonly seen = new Map<number, SeenTab>();
  readonly reloaded: number[] = [];
  listened = 0;

  async listen(tabId: number): Promise<boolean> {
    this.listened += 1;
    const pages = this.pages.get(tabId) ?? [];
    for (const page of pages) if (!page.pair) page.openPort();
    return pages.length > 0;
  }

  async look(tabId: number): Promise<SeenTab | undefined> {
    return this.seen.get(tabId);
  }

  async reload(tabId: number): Promise<void> {
    this.reloaded.push(tabId);
  }

  add(page: FakePage): FakePage {
    const { tabId } = page.place;
    this.pages.set(tabId, [...(this.pages.get(tabId) ?? []), page]);
    this.seen.set(tabId, { url: page.place.url, permitted: true, loading: false });
    return page;
  }

  remove(page: FakePage): void {
    const { tabId } = page.place;
    this.pages.set(
      tabId,
      (this.pages.get(tabId) ?? []).filter((each) => each !== page),
    );
    page.close();
  }
}

/** A view that keeps what it is told of its tab's page. */
export class FakeWatcher implements PageWatcher {
  readonly tabId: number;
  recordingSince: number | undefined;
  readonly events: WorkerEvent[] = [];
  readonly traffic: TrafficRecord[] = [];
  page: PageView;

  constructor(pages: Pages, { tabId = 7, record = false } = {}) {
    this.tabId = tabId;
    this.recordingSince = record ? Date.now() : undefined;
    this.page = pages.pageFor(this);
    pages.watch(this);
  }

  tell(event: WorkerEvent): void {
    // As a port does.
    const told = structuredClone(event);
    this.events.push(told);
    if (told.event === "page") this.#apply(told.delta);
    if (told.event === "traffic") this.traffic.push(...told.records);
  }

  #apply(delta: PageDelta): void {
    const { page } = this;
    this.page = {
      ...page,
      status: delta.status ?? page.status,
      host: delta.host === undefined ? page.host : (delta.host ?? undefined),
      frames: delta.frames ?? page.frames,
      sockets: merged(page.sockets, delta.sockets, delta.removedSockets),
      routes: delta.routes ?? page.routes,
      leftovers: delta.leftovers ?? page.leftovers,
      sessions: merged(page.sessions, delta.sessions, delta.removedSessions),
    };
  }

  /** The session of this label, or id. */
  session(label: string) {
    return this.page.sessions.find((each) => each.label === label || each.id === label);
  }
}

function merged<V extends { key: string }>(
  old: V[],
  changed: V[] = [],
  removed: string[] = [],
): V[] {
  const byKey = new Map(old.map((each) => [each.key, each]));
  for (const each of changed) byKey.set(each.key, each);
  for (const key of removed) byKey.delete(key);
  return [...byKey.values()];
}
