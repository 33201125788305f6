/** A socket of either format to the embedded server, whose frames are given as they came. */
import { WebSocket } from "ws";
import type { DemoServer } from "../../../../demo/server/server.ts";

export type RawFrame = string | Uint8Array<ArrayBuffer>;

export class RawSocket {
  readonly #socket: WebSocket;
  readonly #received: RawFrame[] = [];
  readonly #waiting: ((frame: RawFrame) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      const frame = isBinary ? Uint8Array.from(data) : data.toString();
      const next = this.#waiting.shift();
      if (next) next(frame);
      else this.#received.push(frame);
    });
  }

  static open(server: DemoServer, format: "cbor" | "json"): Promise<RawSocket> {
    const socket = new WebSocket(server.url, [format]);
    const raw = new RawSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(raw));
      socket.once("error", reject);
    });
  }

  /** The frame that comes next. */
  next(): Promise<RawFrame> {
    const frame = this.#received.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  ask(frame: RawFrame): Promise<RawFrame> {
    this.#socket.send(frame);
    return this.next();
  }

  close(): void {
    this.#socket.close();
  }
}
