/**
 * An application without an SDK: RPC over its own WebSocket, in either format. For json, which no SDK of
 * today speaks, and for what an SDK would never send.
 */
import { CborCodec } from "./surrealdb-2.mjs";

const codec = new CborCodec({});
const FORMATS = {
  cbor: {
    encode: (value) => codec.encode(value),
    decode: (data) => codec.decode(new Uint8Array(data)),
  },
  json: { encode: (value) => JSON.stringify(value), decode: (data) => JSON.parse(data) },
};

export class RawClient {
  /** Everything that came without an id: live notifications, and answers to what couldn't be read. */
  notifications = [];
  #format;
  #waiting = new Map();
  #lastId = 0;

  constructor(socket, format) {
    this.socket = socket;
    this.#format = FORMATS[format];
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#receive(this.#format.decode(data));
    socket.onclose = ({ code }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`Closed with ${code}`));
      this.#waiting.clear();
    };
  }

  /** Opens a socket; fulfilled when it is open. */
  static open(url, format) {
    const socket = new WebSocket(url, format);
    const client = new RawClient(socket, format);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(client), { once: true });
      socket.addEventListener("error", () => reject(new Error(`Can't connect to ${url}`)), {
        once: true,
      });
    });
  }

  /** Sends one request and waits for its result. `more` goes into the envelope: session, txn. */
  rpc(method, params = [], more = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.send(this.#format.encode({ id, method, params, ...more }));
    });
  }

  signin(variables) {
    const { namespace: NS, database: DB, access: AC, username: user, password: pass } = variables;
    return this.rpc("signin", [{ NS, DB, AC, user, pass, ...variables.variables }]);
  }

  use({ namespace, database }) {
    return this.rpc("use", [namespace, database]);
  }

  close() {
    this.socket.close();
  }

  #receive({ id, result, error }) {
    const asked = this.#waiting.get(id);
    if (!asked) {
      this.notifications.push(error ?? result);
      return;
    }
    this.#waiting.delete(id);
    if (error) asked.reject(Object.assign(new Error(error.message), error));
    else asked.resolve(result);
  }
}
