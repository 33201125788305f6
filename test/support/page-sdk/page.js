/**
 * An ordinary application with the official SDKs, as tests drive it: it connects its clients, signs them in
 * if asked to, and hands them to whoever evaluates in the page. It knows nothing of Switchyard.
 *
 * What a test finds here:
 * - `db`: the first client; `clients`: all of them, in order of construction;
 * - `makeClient(kind)`: one more, connected and signed in like the others, at the end of `clients`;
 * - `first`: what each client was answered to its very first data request, where one is wanted;
 * - `RawClient`: see raw-client.js;
 * - `sdk`: the exports of SDK 2 (`RecordId`, `Uuid`, …), for values;
 * - `inFrame(index, expression)`: the JSON value of an expression, evaluated in a frame, of another
 *   origin too.
 * `data-state` of the root element is `connecting`, `connected` (the clients of its frames too) or `failed`,
 * and then `data-error` says why.
 */
import { RawClient } from "./raw-client.js";
import * as sdk from "./surrealdb-2.mjs";

/** What the server filled in: see `PageWanted` in pages.ts. */
const wanted = JSON.parse(document.querySelector('meta[name="wanted"]').content);
const root = document.documentElement;
/** Soon enough for a test, and with pauses that don't grow. */
const reconnect = {
  enabled: true,
  attempts: -1,
  retryDelay: 100,
  retryDelayMax: 100,
  retryDelayMultiplier: 1,
  retryDelayJitter: 0,
};

const connectAs = {
  "sdk-2": async () => {
    const db = new sdk.Surreal();
    await db.connect(wanted.rpcUrl, { reconnect });
    return db;
  },
  "sdk-1": async () => {
    const { Surreal } = await import("./surrealdb-1.mjs");
    const db = new Surreal();
    // Without it this SDK refuses every server from 3.0 on.
    await db.connect(wanted.rpcUrl, { versionCheck: false, reconnect });
    return db;
  },
  cbor: () => RawClient.open(wanted.rpcUrl, "cbor"),
  json: () => RawClient.open(wanted.rpcUrl, "json"),
};

async function makeClient(kind) {
  const db = await connectAs[kind]();
  clients.push(db);
  if (wanted.first) first.push(await firstAnswer(db));
  if (wanted.signIn) {
    await db.signin(wanted.signIn);
    await db.use(wanted.place);
  }
  return db;
}

/** Its very first data request, as text: the value or the error. */
async function firstAnswer(db) {
  try {
    const [said] = await (db.notifications
      ? db.rpc("query", [wanted.first, {}])
      : db.query(wanted.first));
    return String(said?.status ? said.result : said);
  } catch (error) {
    return `${error}`;
  }
}

function inFrame(index, expression) {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.value);
    };
    frames[index].postMessage({ expression }, "*", [port2]);
  });
}

/** The other end of `inFrame`. A strict policy forbids it to evaluate. */
async function answerParent({ data, ports: [port] }) {
  if (typeof data?.expression !== "string" || !port) return;
  try {
    const value = await new Function(`return (${data.expression})`)();
    port.postMessage({ value: JSON.parse(JSON.stringify(value ?? null)) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
}

/**
 * Fulfilled when each frame has said that it is connected. They say it when they are, and are asked
 * too: a frame may have been faster than this.
 */
function framesConnected() {
  const missing = new Set(Array.from(frames));
  return new Promise((resolve, reject) => {
    addEventListener("message", ({ data, source }) => {
      if (data?.state === "failed") reject(new Error(`In a frame: ${data.error}`));
      if (data?.state === "connected") missing.delete(source);
      if (missing.size === 0) resolve();
    });
    for (const frame of missing) frame.postMessage({ ask: "state" }, "*");
    if (missing.size === 0) resolve();
  });
}

function tellParent() {
  if (parent !== window) parent.postMessage({ ...root.dataset }, "*");
}

// SDK 2.0.8 names it whenever it makes a UUID, as for a new session; pages that aren't isolated from
// other origins have none.
globalThis.SharedArrayBuffer ??= class {};

const clients = [];
const first = [];
Object.assign(window, { clients, first, makeClient, sdk, RawClient, inFrame });
addEventListener("message", answerParent);

addEventListener("message", ({ data }) => {
  if (data?.ask === "state") tellParent();
});
// A module runs when the document has been read: all frames are in it.
const framesReady = framesConnected();

try {
  // One after the other: the order in which sockets are made is the one in which they were asked for.
  for (const kind of wanted.clients) await makeClient(kind);
  window.db = clients[0];
  await framesReady;
  root.dataset.state = "connected";
} catch (error) {
  root.dataset.error = String(error);
  root.dataset.state = "failed";
}
tellParent();
