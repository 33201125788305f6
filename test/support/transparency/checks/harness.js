/**
 * A check is a name and a function; its line in the transcript is the name and, as text, what the function
 * returned or threw. The function decides nothing: what is right is what a browser without the extension
 * does, so each line only has to tell as much as a page could notice.
 */

/** How long anything is waited for. A check that waits longer says so in its line. */
const PATIENCE_MS = 20_000;

/** How many checks that don't touch one another run at a time: most of them only wait for the server. */
const LANES = 8;

const registered = [];
const usedNames = new Set();

/** Registers a check that runs while no other does, because it changes or looks at what all of them have. */
export function checkAlone(name, run) {
  register(name, run, true);
}

/** Registers a check that keeps to its own sockets. */
export function check(name, run) {
  register(name, run, false);
}

function register(name, run, alone) {
  if (usedNames.has(name)) throw new Error(`Two checks are named "${name}".`);
  usedNames.add(name);
  registered.push({ name, run, alone });
}

/** Any socket, and those of SurrealDB whose frames are read. */
export const MAIN_KINDS = [
  { name: "plain", path: "plain" },
  { name: "/rpc cbor", path: "rpc", protocols: "cbor" },
  { name: "/rpc json", path: "rpc", protocols: ["json"] },
];
/** Those of which nobody reads the frames. */
const otherKinds = [
  { name: "plain with a subprotocol", path: "plain", protocols: "cbor" },
  { name: "/rpc flatbuffers", path: "rpc", protocols: "flatbuffers" },
  { name: "/rpc without subprotocol", path: "rpc" },
];
/** `?kinds=cbor,json`: only those kinds whose names end so. */
const wanted = new URLSearchParams(location.search).get("kinds")?.split(",");
const isWanted = ({ name }) => !wanted || wanted.some((end) => name.endsWith(end));

/** The kinds of sockets of which the same is checked. */
export const KINDS = MAIN_KINDS.filter(isWanted);
export const ALL_KINDS = [...MAIN_KINDS, ...otherKinds].filter(isWanted);

/** Registers a check for each kind of socket; `run` gets the kind. */
export function checkEach(name, run, of = KINDS) {
  for (const kind of of) check(`${kind.name}: ${name}`, () => run(kind));
}

/** As `checkEach`, for checks that have to run alone. */
export function checkEachAlone(name, run) {
  for (const kind of KINDS) checkAlone(`${kind.name}: ${name}`, () => run(kind));
}

/** Runs all checks; the transcript, a line for each. */
export async function runAll() {
  const lines = new Map();
  const runOne = async ({ name, run }) => lines.set(name, `${name} → ${await lineOf(run)}`);
  for (const each of registered.filter(({ alone }) => alone)) await runOne(each);
  const rest = registered.filter(({ alone }) => !alone).values();
  const lane = async () => {
    for (const each of rest) await runOne(each);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return registered.map(({ name }) => lines.get(name));
}

async function lineOf(run) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve("NO END"), PATIENCE_MS);
  });
  const outcome = (async () => {
    try {
      return await show(await run());
    } catch (error) {
      return `throws ${await show(error)}`;
    }
  })();
  const line = await Promise.race([outcome, late]);
  clearTimeout(timer);
  return line;
}

/** What is thrown, as a value; `"nothing"` where nothing is. */
export function thrown(run) {
  try {
    run();
    return "nothing";
  } catch (error) {
    return error;
  }
}

/** A value as text, by what a page can see of it. */
export async function show(value) {
  if (typeof value === "string") {
    if (value.length <= 300) return JSON.stringify(value);
    const units = Array.from(value, (letter) => letter.codePointAt(0));
    return `text of ${value.length}, ${digest(units)}`;
  }
  if (typeof value === "function") return `function ${value.name}/${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  // By its tag: the value may be of another frame.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "DOMException") return `DOMException ${value.name} ${value.code}: ${value.message}`;
  if (tag === "Error") return `${value.name}: ${value.message}`;
  if (tag === "Blob" || tag === "File")
    return `${tag}(${value.type}) ${await show(await value.arrayBuffer())}`;
  if (tag === "ArrayBuffer") {
    const bytes = new Uint8Array(value);
    if (bytes.length > 300) return `ArrayBuffer of ${bytes.length}, ${digest(bytes)}`;
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
    return `ArrayBuffer ${digits.join("")}`;
  }
  if (Array.isArray(value)) {
    const items = [];
    for (const item of value) items.push(await show(item));
    return `[${items.join(", ")}]`;
  }
  if (tag !== "Object") return `a ${tag}`;
  const entries = [];
  for (const [name, entry] of Object.entries(value)) entries.push(`${name}: ${await show(entry)}`);
  return `{${entries.join(", ")}}`;
}

/** A number that changes with any of the numbers. */
function digest(numbers) {
  let hash = 0;
  for (const each of numbers) hash = (Math.imul(hash, 31) + each) | 0;
  return hash;
}

/** The URL at which the server behaves so, for a kind of socket. */
export function urlOf(kind, behaviour = "echo", query = "") {
  return `ws://${location.host}/${behaviour}/${kind.path}${query}`;
}

/** Makes a socket of this kind; the constructor is the page's present one. */
export function make(kind, behaviour = "echo", query = "", Constructor = WebSocket) {
  const url = urlOf(kind, behaviour, query);
  return kind.protocols === undefined ? new Constructor(url) : new Constructor(url, kind.protocols);
}

/** Makes a socket of this kind and waits until it is open. Throws where it closes instead. */
export async function open(kind, behaviour, query, Constructor) {
  const socket = make(kind, behaviour, query, Constructor);
  await isOpen(socket);
  return socket;
}

export function isOpen(socket) {
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
  });
}

/** The next event of this type. */
export function next(socket, type) {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
}

/** The data of the next messages. */
export function received(socket, count = 1) {
  return new Promise((resolve) => {
    const all = [];
    socket.addEventListener("message", function listener({ data }) {
      all.push(data);
      if (all.length < count) return;
      socket.removeEventListener("message", listener);
      resolve(all);
    });
  });
}

/** What comes back for what is sent, one answer for each. */
export async function echoOf(socket, ...sent) {
  const answers = received(socket, sent.length);
  for (const data of sent) socket.send(data);
  return answers;
}

/** Closes the socket in good order; resolves with its close event. */
export async function closed(socket) {
  const event = next(socket, "close");
  socket.close();
  return event;
}

/** What a close event tells. */
export function told({ code, reason, wasClean }) {
  return { code, reason, wasClean };
}

/** Notes all events of a socket as they come, with the state at that moment. */
export function noteEvents(socket) {
  const notes = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, (event) => {
      const more = type === "close" ? ` ${event.code} "${event.reason}" ${event.wasClean}` : "";
      notes.push(`${type} ${socket.readyState}${more}`);
    });
  }
  return notes;
}

/** Lets every task that is ready run, and a few that aren't yet. */
export function aWhile(ms = 30) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
