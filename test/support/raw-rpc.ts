/**
 * Sockets as SurrealDB's, whose two ends say whatever a test wants: frames that no server and no SDK
 * would send.
 *
 * What passes is told by `wordsOf`, in Node as in the page, so that both ends can be compared without
 * carrying the frames themselves.
 */
import type { AddressInfo } from "node:net";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import type { Page } from "../../demo/browser/page.ts";

/** Text of a text frame, bytes of a binary frame. */
export type RawFrame = string | Uint8Array<ArrayBuffer>;

export interface RawServer {
  /** `ws://localhost:PORT/rpc` */
  readonly url: string;
  /** Opens a socket in the page; fulfilled when both ends are open. */
  open(page: Page, format: "cbor" | "json"): Promise<RawSocket>;
  close(): void;
}

/** In the page: all such sockets that it has opened. */
export interface RawPageWorld {
  raw: { socket: WebSocket; heard: string[] }[];
  wordsOf: typeof wordsOf;
}

declare const raw: RawPageWorld["raw"];

/** Serves on 127.0.0.1, at any free port. It says nothing by itself. */
export async function startRawServer(): Promise<RawServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `ws://localhost:${(server.address() as AddressInfo).port}/rpc`;
  const accepted: ServerSocket[] = [];
  server.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    accepted.push(socket);
  });
  return {
    url,
    open: async (page, format) => {
      await page.evaluate(`void (window.raw ??= [], window.wordsOf = ${wordsOf})`);
      const index = await page.evaluate(openInPage, url, format);
      return new RawSocket(page, index, accepted.at(-1) as ServerSocket);
    },
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

export class RawSocket {
  readonly page: Page;
  /** In the page it is `raw[index]`. */
  readonly index: number;
  /** What the page has sent so far. */
  readonly heard: string[] = [];
  /** The server's end. */
  readonly #end: ServerSocket;

  constructor(page: Page, index: number, end: ServerSocket) {
    this.page = page;
    this.index = index;
    this.#end = end;
    end.binaryType = "arraybuffer";
    end.on("message", (data: ArrayBuffer, isBinary) => {
      this.heard.push(wordsOf(isBinary ? data : new TextDecoder().decode(data)));
    });
  }

  /** The server sends. */
  say(...frames: RawFrame[]): void {
    for (const frame of frames) this.#end.send(frame);
  }

  /** The page sends. */
  async ask(...frames: RawFrame[]): Promise<void> {
    const sent = frames.map((frame) =>
      typeof frame === "string"
        ? { text: frame }
        : { base64: Buffer.from(frame).toString("base64") },
    );
    await this.page.evaluate(sendInPage, this.index, sent);
  }

  /** What the page has heard so far. */
  heardInPage(): Promise<string[]> {
    return this.page.evaluate((at) => raw[at]?.heard ?? [], this.index);
  }

  /** Sends back all that the page sends from now on. */
  echo(): void {
    this.#end.on("message", (data: ArrayBuffer, binary) => this.#end.send(data, { binary }));
  }
}

/** A frame in a few words: what it is, how long, and what it holds, as far as a glance tells. */
export function wordsOf(data: string | ArrayBuffer | Uint8Array): string {
  if (typeof data === "string") return `text ${data.length} ${JSON.stringify(data.slice(0, 60))}`;
  const bytes = new Uint8Array(data);
  const parts = [bytes.subarray(0, 30), bytes.subarray(Math.max(30, bytes.length - 30))];
  return `binary ${bytes.length} ${parts.map((part) => part.join(",")).join(" … ")}`;
}

function openInPage(url: string, format: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, format);
    socket.binaryType = "arraybuffer";
    const heard: string[] = [];
    const words = (window as unknown as RawPageWorld).wordsOf;
    socket.onmessage = ({ data }) => heard.push(words(data));
    socket.onerror = () => reject(new Error(`Can't connect to ${url}`));
    socket.onopen = () => resolve(raw.push({ socket, heard }) - 1);
  });
}

function sendInPage(index: number, frames: { text?: string; base64?: string }[]): void {
  for (const { text, base64 = "" } of frames) {
    const bytes = () => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    raw[index]?.socket.send(text ?? bytes());
  }
}
