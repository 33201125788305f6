/** Clients of a page in Node: the real SDKs on the real engine, and a journal that sees their frames. */
import { Surreal, type Uuid } from "surrealdb";
import type { Surreal as OldSurreal } from "surrealdb-1";
import { vi } from "vitest";
import { type RawData, WebSocket } from "ws";
import { Journal } from "../../../../src/session/journal/journal.ts";
import type { JournalSocket } from "../../../../src/session/journal/journal-socket.ts";
import type { PageFact, SessionFact, SocketFact } from "../../../../src/session/page/page-facts.ts";
import type { FrameFormat } from "../../../../src/session/page/page-model.ts";

type Whole = Extract<PageFact, { fact: "whole" }>;

/** What a hook does in a page, less the browser. */
export class JournalScene {
  readonly journal = new Journal();
  /** Every socket that was made, in order. */
  readonly sockets: WebSocket[] = [];
  readonly WebSocket: typeof globalThis.WebSocket;

  constructor() {
    const scene = this;
    class Tapped extends WebSocket {
      readonly #entry: JournalSocket | undefined;

      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        scene.sockets.push(this);
        const format = [protocols].flat()[0] as FrameFormat;
        const states = ["connecting", "open", "closing", "closed"] as const;
        const probe = {
          state: () => states[this.readyState],
          deliversBlobs: () => false,
        };
        const entry = scene.journal.constructed(String(new URL(url)), format, probe, Date.now());
        this.#entry = entry;
        if (!entry) return;
        this.on("open", () => entry.opened(this.protocol as FrameFormat, Date.now()));
        this.on("message", (data, isBinary) => {
          const frame = isBinary ? bytesOf(data) : String(data);
          entry.received(frame, frame.length, Date.now());
        });
        this.on("close", (code) => entry.closed(code, Date.now()));
      }

      override send(data: string | Uint8Array | ArrayBuffer): void {
        super.send(data);
        const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
        this.#entry?.sent(frame, frame.length, Date.now(), "page");
      }
    }
    this.WebSocket = Tapped as unknown as typeof globalThis.WebSocket;
  }

  /** A connected client of the current SDK. */
  async connect(url: string, options: { reconnect?: boolean } = {}): Promise<Surreal> {
    const db = new Surreal({ websocketImpl: this.WebSocket });
    await db.connect(url, { reconnect: options.reconnect ?? false });
    return db;
  }

  /**
   * A connected client of SDK 1.3.x. It takes the global WebSocket, once, when it is imported: so only
   * one scene of a test file can have such clients.
   */
  async connectOld(url: string): Promise<OldSurreal> {
    vi.stubGlobal("WebSocket", this.WebSocket);
    const { Surreal: Old } = await import("surrealdb-1");
    const db = new Old();
    await db.connect(url, { versionCheck: false, reconnect: false });
    return db;
  }

  get whole(): Whole {
    return this.journal.whole(Date.now());
  }

  /** The state of one session; of the default one of the first client without arguments. */
  session(id?: Uuid | string, client = 1): SessionFact {
    const fact = this.whole.sessions.find(
      (session) => session.client === client && session.id === id?.toString(),
    );
    if (!fact) throw new Error(`The journal has no session ${id} on client ${client}`);
    return fact;
  }

  socket(client = 1): SocketFact {
    const fact = this.whole.sockets.find((socket) => socket.client === client);
    if (!fact) throw new Error(`The journal has no client ${client}`);
    return fact;
  }
}

function bytesOf(data: RawData): Uint8Array {
  return new Uint8Array(Array.isArray(data) ? Buffer.concat(data) : (data as Buffer));
}
