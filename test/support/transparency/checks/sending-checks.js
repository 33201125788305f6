/** Sending: what is taken, what is thrown, what arrives, and what is buffered meanwhile. */
import {
  ALL_KINDS,
  aWhile,
  check,
  checkEach,
  closed,
  echoOf,
  MAIN_KINDS,
  make,
  next,
  open,
  received,
  thrown,
} from "./harness.js";

/** A request as the SDKs write it: `{ id: 1, method: "ping" }`. */
const CBOR_PING = Uint8Array.from([
  0xa2, 0x62, 0x69, 0x64, 0x01, 0x66, 0x6d, 0x65, 0x74, 0x68, 0x6f, 0x64, 0x64, 0x70, 0x69, 0x6e,
  0x67,
]);
/** `{ id: 2, method: "let", params: ["x", 1] }` */
const CBOR_LET = Uint8Array.from([
  0xa3, 0x62, 0x69, 0x64, 0x02, 0x66, 0x6d, 0x65, 0x74, 0x68, 0x6f, 0x64, 0x63, 0x6c, 0x65, 0x74,
  0x66, 0x70, 0x61, 0x72, 0x61, 0x6d, 0x73, 0x82, 0x61, 0x78, 0x01,
]);

/** Opens a socket that delivers buffers, works with it, closes it. */
async function withOpen(kind, work) {
  const socket = await open(kind);
  socket.binaryType = "arraybuffer";
  const result = await work(socket);
  await closed(socket);
  return result;
}

const texts = {
  "an empty text": "",
  "a text": "hello",
  "other letters": "äöü 漢字 🎉",
  "a lone surrogate": "a\ud800b",
  "a NUL": "a\0b",
  "a long text": "x".repeat(70_000),
  "something like JSON": '{"id":1}',
  "a request in JSON": JSON.stringify({ id: 7, method: "ping" }),
  "a request with a session": JSON.stringify({
    id: "a",
    method: "use",
    params: ["n", "d"],
    session: "s",
  }),
  "a sign-in in JSON": JSON.stringify({
    id: 8,
    method: "signin",
    params: [{ user: "u", pass: "p" }],
  }),
  "half of a JSON text": '{"id":1,"method":"query","params":["SELECT',
  "a list in JSON": "[1,2,3]",
  "null in JSON": "null",
  "deep JSON": `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  "a request without id": JSON.stringify({ method: "ping" }),
  "an id that is an object": JSON.stringify({ id: { a: 1 }, method: "ping" }),
  "a method that is no text": JSON.stringify({ id: 1, method: 5 }),
  "keys like an object's own": '{"id":1,"method":"let","params":["__proto__",{"constructor":1}]}',
};
for (const [name, text] of Object.entries(texts))
  checkEach(`sends ${name}`, (kind) => withOpen(kind, (socket) => echoOf(socket, text)));

const buffer = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]).buffer;
const binaries = {
  "an ArrayBuffer": () => buffer,
  "an empty ArrayBuffer": () => new ArrayBuffer(0),
  "a Uint8Array": () => Uint8Array.from([1, 2, 255]),
  "a part of a buffer": () => new Uint8Array(buffer, 2, 3),
  "a Uint16Array": () => Uint16Array.from([1, 65535]),
  "a Float64Array": () => Float64Array.from([1.5]),
  "a DataView": () => new DataView(buffer, 1, 4),
  "a Blob": () => new Blob([Uint8Array.from([9, 8, 7])]),
  "an empty Blob": () => new Blob([]),
  "a Blob of text": () => new Blob(["ä"], { type: "text/plain" }),
  "a File": () => new File(["file"], "name.txt"),
  "a request in CBOR": () => CBOR_PING,
  "a variable in CBOR": () => CBOR_LET,
  "a buffer with a request within": () => {
    const around = new Uint8Array(CBOR_LET.length + 20);
    around.set(CBOR_LET, 10);
    return around.subarray(10, 10 + CBOR_LET.length);
  },
  "half of a request in CBOR": () => CBOR_LET.slice(0, 15),
  "CBOR that says it is larger": () =>
    Uint8Array.from([0xbb, 255, 255, 255, 255, 255, 255, 255, 255]),
  "deep CBOR": () => new Uint8Array(5_000).fill(0x81),
  "endless CBOR": () => Uint8Array.from([0xbf, 0x62, 0x69, 0x64, 0x01]),
  "no CBOR at all": () => Uint8Array.from([0xff, 0xfe, 0xfd]),
  "200 KB": () => new Uint8Array(200_000).fill(7),
  "a buffer that can grow": () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
};
for (const [name, make] of Object.entries(binaries))
  checkEach(`sends ${name}`, (kind) => withOpen(kind, (socket) => echoOf(socket, make())));

const converted = {
  undefined: undefined,
  null: null,
  "a number": 3.25,
  true: true,
  "a bigint": 10n,
  "an object": { a: 1 },
  "a list": [1, [2, 3]],
  "a function": (named) => named,
  "a date at 0": { toString: () => "made text" },
  "a String object": new String("object"),
  "a URL": new URL("http://localhost/x"),
};
for (const [name, value] of Object.entries(converted))
  checkEach(`sends ${name} as text`, (kind) => withOpen(kind, (socket) => echoOf(socket, value)));

checkEach(
  "what send throws",
  (kind) =>
    withOpen(kind, (socket) => {
      const { send } = socket;
      const throwing = {
        toString() {
          throw new RangeError("the page's own");
        },
      };
      return [
        thrown(() => socket.send()),
        thrown(() => socket.send(Symbol("x"))),
        thrown(() => socket.send(Object.create(null))),
        thrown(() => socket.send(throwing)),
        thrown(() => send("x")),
        thrown(() => send.call({}, "x")),
        thrown(() => send.call(null, "x")),
        thrown(() => new send("x")),
      ];
    }),
  ALL_KINDS,
);
checkEach("what send returns", (kind) =>
  withOpen(kind, async (socket) => {
    const returned = [socket.send("x"), socket.send(new ArrayBuffer(1)), socket.send("x", 1, 2)];
    await received(socket, 3);
    return returned;
  }),
);
checkEach("an object is made text once", (kind) =>
  withOpen(kind, async (socket) => {
    let asked = 0;
    const [data] = await echoOf(socket, {
      toString() {
        asked += 1;
        return `asked ${asked}`;
      },
    });
    return [asked, data];
  }),
);
checkEach("what is asked of an object that is sent", (kind) =>
  withOpen(kind, async (socket) => {
    const asked = [];
    const data = new Proxy(
      {},
      {
        get: (_, key) => {
          asked.push(String(key));
          return key === "toString" ? () => "text" : undefined;
        },
        getPrototypeOf: () => {
          asked.push("prototype");
          return Uint8Array.prototype;
        },
        has: (_, key) => {
          asked.push(`has ${String(key)}`);
          return false;
        },
      },
    );
    return [await echoOf(socket, data), asked];
  }),
);
checkEach("a typed array that says it is another size", (kind) =>
  withOpen(kind, (socket) => {
    const bytes = Uint8Array.from([1, 2, 3]);
    for (const name of ["length", "byteLength", "byteOffset", "buffer", "constructor"])
      Object.defineProperty(bytes, name, {
        get() {
          throw new RangeError(`${name} was asked for`);
        },
      });
    return echoOf(socket, bytes);
  }),
);
checkEach("what is sent may be changed at once", (kind) =>
  withOpen(kind, async (socket) => {
    const bytes = Uint8Array.from(CBOR_LET);
    const answers = received(socket, 2);
    socket.send(bytes);
    bytes.fill(9);
    socket.send(bytes);
    return answers;
  }),
);
checkEach("a buffer may be transferred at once", (kind) =>
  withOpen(kind, async (socket) => {
    const bytes = Uint8Array.from(CBOR_LET);
    const answers = received(socket, 2);
    socket.send(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const length = bytes.byteLength;
    socket.send(bytes);
    return [length, await answers];
  }),
);
checkEach("a detached buffer", (kind) =>
  withOpen(kind, async (socket) => {
    const detached = new ArrayBuffer(4);
    structuredClone(detached, { transfer: [detached] });
    const answer = received(socket);
    return [thrown(() => socket.send(detached)), socket.send("after it"), await answer];
  }),
);
checkEach("many are answered in their order", (kind) =>
  withOpen(kind, async (socket) => {
    const sent = Array.from({ length: 200 }, (_, n) =>
      n % 3 === 0 ? Uint8Array.from([n]) : `text ${n}`,
    );
    return echoOf(socket, ...sent);
  }),
);
checkEach("a Blob keeps its place between others", (kind) =>
  withOpen(kind, (socket) => echoOf(socket, "before", new Blob(["blob"]), "after")),
);
checkEach("bufferedAmount", (kind) =>
  withOpen(kind, async (socket) => {
    const amounts = [socket.bufferedAmount];
    const answers = received(socket, 4);
    for (const data of ["ascii", "ä", new ArrayBuffer(10), new Blob(["1234567"])]) {
      socket.send(data);
      amounts.push(socket.bufferedAmount);
    }
    await answers;
    amounts.push(socket.bufferedAmount);
    return amounts;
  }),
);
checkEach("bufferedAmount of 1 MB", (kind) =>
  withOpen(kind, async (socket) => {
    const answer = received(socket);
    socket.send(new ArrayBuffer(1_000_000));
    const amount = socket.bufferedAmount;
    await answer;
    return [amount, socket.bufferedAmount];
  }),
);
checkEach("bufferedAmount after close", async (kind) => {
  const socket = await open(kind);
  const over = next(socket, "close");
  socket.close();
  const amounts = [socket.bufferedAmount];
  for (const data of [
    "counted",
    new ArrayBuffer(100),
    new Blob(["blob"]),
    { toString: () => "x" },
  ]) {
    socket.send(data);
    amounts.push(socket.bufferedAmount);
  }
  await over;
  amounts.push(socket.bufferedAmount);
  socket.send("after the end");
  amounts.push(socket.bufferedAmount);
  return amounts;
});
checkEach("send before it is open", async (kind) => {
  const socket = make(kind);
  const errors = [
    thrown(() => socket.send("x")),
    thrown(() => socket.send(CBOR_PING)),
    thrown(() => socket.send()),
    thrown(() => socket.send(Symbol("x"))),
  ];
  const amount = socket.bufferedAmount;
  await next(socket, "open");
  const answer = await echoOf(socket, "now");
  await closed(socket);
  return [errors, amount, answer];
});
checkEach("send before it is open makes text first", async (kind) => {
  const socket = make(kind);
  let asked = 0;
  const error = thrown(() =>
    socket.send({
      toString() {
        asked += 1;
        return "x";
      },
    }),
  );
  await next(socket, "open");
  await closed(socket);
  return [error, asked];
});
checkEach("send while it closes", (kind) =>
  withOpen(kind, (socket) => {
    socket.close();
    return [socket.readyState, thrown(() => socket.send("x")), thrown(() => socket.send())];
  }),
);
checkEach("send when it is closed", async (kind) => {
  const socket = await open(kind);
  await closed(socket);
  return [
    socket.readyState,
    thrown(() => socket.send("x")),
    thrown(() => socket.send(CBOR_PING)),
    thrown(() => socket.send(new Blob(["x"]))),
    thrown(() => socket.send(Symbol("x"))),
  ];
});
check("send of one kind on a socket of another", async () => {
  const sockets = await Promise.all(MAIN_KINDS.map((kind) => open(kind)));
  const results = [];
  for (const from of sockets) {
    for (const to of sockets) {
      const answer = received(to);
      from.send.call(to, "by the other's send");
      results.push((await answer)[0]);
    }
  }
  const { send } = WebSocket.prototype;
  for (const to of sockets) {
    const answer = received(to);
    Reflect.apply(send, to, ["by the prototype's send"]);
    results.push((await answer)[0]);
  }
  await Promise.all(sockets.map(closed));
  return results;
});
checkEach("a send that answers within an answer", (kind) =>
  withOpen(kind, async (socket) => {
    const notes = [];
    await new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        notes.push(data);
        if (notes.length < 5) socket.send(`${data}+`);
        else resolve();
      };
      socket.send("x");
    });
    await aWhile();
    return notes;
  }),
);
