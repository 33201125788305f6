/** Receiving: what arrives, in which type, and what a server that breaks the protocol brings about. */
import {
  check,
  checkEach,
  closed,
  KINDS,
  make,
  next,
  noteEvents,
  open,
  received,
} from "./harness.js";

async function asked(kind, command, count, binaryType) {
  const socket = await open(kind);
  if (binaryType) socket.binaryType = binaryType;
  const answers = received(socket, count);
  socket.send(command);
  const result = await answers;
  await closed(socket);
  return result;
}

for (const binaryType of [undefined, "blob", "arraybuffer"]) {
  const as = binaryType ?? "what they come as";
  checkEach(`5 bytes as ${as}`, (kind) => asked(kind, "!bytes 5", 1, binaryType));
  checkEach(`no bytes as ${as}`, (kind) => asked(kind, "!bytes 0", 1, binaryType));
  checkEach(`text and bytes mixed, as ${as}`, (kind) => asked(kind, "!mixed", 5, binaryType));
}
checkEach("1 MB", (kind) => asked(kind, "!bytes 1000000", 1, "arraybuffer"));
checkEach("1 MB as a Blob", (kind) => asked(kind, "!bytes 1000000", 1, "blob"));
checkEach("a long text", (kind) => asked(kind, "!text 300000", 1));
checkEach("100 messages in order", (kind) => asked(kind, "!send 100", 100));
checkEach("a message in fragments", (kind) => asked(kind, "!fragments", 1));
checkEach("a ping is answered", (kind) => asked(kind, "!ping", 1));

checkEach("binaryType as it is written", async (kind) => {
  const socket = await open(kind);
  const seen = [socket.binaryType];
  for (const value of [
    "arraybuffer",
    "blob",
    "nodebuffer",
    "",
    "ARRAYBUFFER",
    null,
    7,
    undefined,
  ]) {
    socket.binaryType = value;
    seen.push(socket.binaryType);
  }
  socket.binaryType = { toString: () => "arraybuffer" };
  seen.push(socket.binaryType);
  await closed(socket);
  socket.binaryType = "blob";
  seen.push(socket.binaryType);
  return seen;
});
checkEach("binaryType before it is open", async (kind) => {
  const socket = make(kind);
  socket.binaryType = "arraybuffer";
  await next(socket, "open");
  const answer = received(socket);
  socket.send("!bytes 3");
  const result = await answer;
  await closed(socket);
  return result;
});
checkEach("binaryType changed from message to message", async (kind) => {
  const socket = await open(kind);
  const types = [];
  for (const binaryType of ["arraybuffer", "blob", "arraybuffer"]) {
    socket.binaryType = binaryType;
    const answer = next(socket, "message");
    socket.send(Uint8Array.from([1]));
    const { data } = await answer;
    types.push(Object.prototype.toString.call(data), data instanceof window[data.constructor.name]);
  }
  await closed(socket);
  return types;
});
checkEach("binaryType changed in a listener, messages waiting", async (kind) => {
  const socket = await open(kind);
  socket.binaryType = "arraybuffer";
  const types = [];
  const last = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      types.push(Object.prototype.toString.call(data));
      socket.binaryType = socket.binaryType === "blob" ? "arraybuffer" : "blob";
      if (types.length === 4) resolve();
    };
  });
  for (let n = 0; n < 4; n++) socket.send(Uint8Array.from([n]));
  await last;
  await closed(socket);
  return types;
});
checkEach("every listener gets the same data", async (kind) => {
  const socket = await open(kind);
  socket.binaryType = "arraybuffer";
  const seen = [];
  socket.addEventListener("message", (event) => {
    seen.push(event);
    new Uint8Array(event.data)[0] = 99;
  });
  const last = next(socket, "message");
  socket.send(Uint8Array.from([1, 2]));
  const event = await last;
  const [first, second] = [event.data, event.data];
  await closed(socket);
  return [seen[0] === event, seen[0].data === first, first === second, first];
});
checkEach("a buffer that came may be transferred", async (kind) => {
  const socket = await open(kind);
  socket.binaryType = "arraybuffer";
  const sizes = [];
  socket.onmessage = ({ data }) => {
    sizes.push(data.byteLength);
    structuredClone(data, { transfer: [data] });
    sizes.push(data.byteLength);
  };
  const last = next(socket, "message");
  socket.send(new ArrayBuffer(5));
  await last;
  await closed(socket);
  return sizes;
});
checkEach("a message event in every part", async (kind) => {
  const socket = await open(kind);
  const answer = next(socket, "message");
  socket.send("x");
  const event = await answer;
  const { type, isTrusted, bubbles, cancelable, composed, defaultPrevented, returnValue } = event;
  const { origin, lastEventId, source, ports, data, eventPhase } = event;
  const result = [
    { type, isTrusted, bubbles, cancelable, composed, defaultPrevented, returnValue },
    { origin, lastEventId, source, ports, data, eventPhase, isFrozen: Object.isFrozen(ports) },
    [event.target === socket, event.currentTarget, event.srcElement === socket],
    event.composedPath().length,
    Object.prototype.toString.call(event),
    Object.getPrototypeOf(event) === MessageEvent.prototype,
    Reflect.ownKeys(event),
    typeof event.timeStamp,
  ];
  await closed(socket);
  return result;
});
checkEach("an open event in every part", async (kind) => {
  const socket = make(kind);
  const event = await next(socket, "open");
  const { type, isTrusted, bubbles, cancelable } = event;
  const result = [
    { type, isTrusted, bubbles, cancelable },
    Object.prototype.toString.call(event),
    event.target === socket,
    socket.readyState,
    socket.protocol,
    socket.extensions,
  ];
  await closed(socket);
  return result;
});
checkEach("messages after close() was called", async (kind) => {
  const socket = await open(kind);
  const notes = noteEvents(socket);
  const over = next(socket, "close");
  socket.send("!send 3");
  socket.close();
  await over;
  return notes.filter((note) => !note.startsWith("message"));
});

// Frames as bytes: what a server can do wrong, and what it may do.
const RAW = {
  "a text": "810161",
  "a text in fragments": "010161800162",
  "bytes in fragments": "020101800102",
  "a ping between fragments": "0101618900800162",
  "an empty text": "8100",
  "no bytes": "8200",
  "a pong that nobody asked for": "8a00810161",
  "a broken letter": "8102c328",
  "a letter cut in two": "0101c38001a4",
  "a frame of no known kind": "8300",
  "a control frame of no known kind": "8b00",
  "a masked frame": "81810000000061",
  "reserved bits": "c10161",
  "a continuation of nothing": "800161",
  "a text within fragments": "010161810162",
  "a ping in fragments": "0900",
  "a ping that is too long": `897e0080${"00".repeat(128)}`,
  "a length that isn't the shortest": "817e000161",
  "a negative length": "827fffffffffffffffff",
  close: "8800",
  "close with 1000": "880203e8",
  "close with a reason": "880503e8627965",
  "close with half a code": "880103",
  "close with 1005": "880203ed",
  "close with 1006": "880203ee",
  "close with 999": "880203e7",
  "close with 3000": "88020bb8",
  "close with 4999": "88021387",
  "close with 5000": "88021388",
  "close with a broken letter": "880403e8c328",
  "a text after close": "880203e8810161",
};
for (const [name, bytes] of Object.entries(RAW)) {
  for (const kind of KINDS) {
    check(`${kind.name}: the server sends ${name}`, async () => {
      const socket = make(kind, "raw", `?bytes=${bytes}`);
      socket.binaryType = "arraybuffer";
      const notes = noteEvents(socket);
      const data = [];
      socket.addEventListener("message", (event) => data.push(event.data));
      // What is in order is answered by closing it.
      socket.addEventListener("message", () => socket.close());
      // The server waits for it: else the browser might not say that the socket was open.
      socket.addEventListener("open", () => socket.send("go"));
      await next(socket, "close");
      return [notes, data];
    });
  }
}
