/**
 * Pages that change their own surroundings: a WebSocket of their own, methods replaced for logging, the
 * language's own functions replaced. What they replace they put back.
 */
import {
  checkAlone,
  checkEachAlone,
  closed,
  echoOf,
  isOpen,
  make,
  next,
  open,
  thrown,
  told,
} from "./harness.js";

/** Replaces a property while `work` runs. */
async function replaced(object, name, value, work) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { ...before, value });
  try {
    return await work(before.value);
  } finally {
    Object.defineProperty(object, name, before);
  }
}

checkEachAlone("a WebSocket of the page's own, by assignment", async (kind) => {
  const Native = WebSocket;
  const made = [];
  window.WebSocket = function Logging(...args) {
    const socket = new Native(...args);
    made.push(socket);
    return socket;
  };
  try {
    const socket = await open(kind);
    const result = [made.length, made[0] === socket, socket instanceof Native, WebSocket.name];
    const answer = await echoOf(socket, "x");
    await closed(socket);
    return [result, answer];
  } finally {
    window.WebSocket = Native;
  }
});
checkEachAlone("a WebSocket of the page's own, as a Proxy", async (kind) => {
  const Native = WebSocket;
  const calls = [];
  window.WebSocket = new Proxy(Native, {
    construct(target, args, newTarget) {
      calls.push(["construct", args.length, newTarget === window.WebSocket]);
      return Reflect.construct(target, args, newTarget);
    },
    get(target, key, receiver) {
      calls.push(["get", String(key)]);
      return Reflect.get(target, key, receiver);
    },
  });
  try {
    const socket = await open(kind);
    const { OPEN } = WebSocket;
    const answer = await echoOf(socket, "x");
    await closed(socket);
    return [calls, OPEN, answer, socket instanceof Native, socket instanceof WebSocket];
  } finally {
    window.WebSocket = Native;
  }
});
checkEachAlone("a WebSocket of the page's own, as a class", async (kind) => {
  const Native = WebSocket;
  const sent = [];
  window.WebSocket = class WebSocket extends Native {
    send(data) {
      sent.push(data);
      super.send(data);
    }
  };
  try {
    const socket = await open(kind);
    const answer = await echoOf(socket, "x");
    await closed(socket);
    return [sent, answer, socket.constructor === WebSocket, WebSocket.CLOSED];
  } finally {
    window.WebSocket = Native;
  }
});
checkEachAlone("a WebSocket of the page's own that only looks like one", (kind) => {
  const Native = WebSocket;
  window.WebSocket = class {
    constructor(...args) {
      this.args = args.length;
    }
  };
  try {
    const fake = make(kind);
    return [Object.keys(fake), fake.args, fake instanceof Native];
  } finally {
    window.WebSocket = Native;
  }
});
checkAlone("WebSocket is deleted, and put back", async () => {
  const Native = WebSocket;
  const gone = delete window.WebSocket;
  const seen = [gone, typeof window.WebSocket, "WebSocket" in window];
  window.WebSocket = Native;
  const { enumerable } = Object.getOwnPropertyDescriptor(window, "WebSocket");
  Object.defineProperty(window, "WebSocket", { enumerable: false });
  const socket = await isOpen(new WebSocket(`ws://${location.host}/echo/rpc`, "cbor"));
  await closed(socket);
  return [seen, enumerable, socket instanceof WebSocket];
});
checkAlone("an accessor in the place of WebSocket", async () => {
  const Native = WebSocket;
  const before = Object.getOwnPropertyDescriptor(window, "WebSocket");
  let asked = 0;
  Object.defineProperty(window, "WebSocket", {
    get() {
      asked += 1;
      return Native;
    },
    configurable: true,
  });
  const socket = await isOpen(new WebSocket(`ws://${location.host}/echo/rpc`, "cbor"));
  await closed(socket);
  Object.defineProperty(window, "WebSocket", before);
  return asked;
});

for (const name of ["send", "close"]) {
  checkEachAlone(`the prototype's ${name} is replaced before`, (kind) => {
    const calls = [];
    const native = WebSocket.prototype[name];
    const logging = function (...args) {
      calls.push([name, args.length, this instanceof WebSocket]);
      return native.apply(this, args);
    };
    return replaced(WebSocket.prototype, name, logging, async () => {
      const socket = await open(kind);
      const answer = await echoOf(socket, "x");
      return [answer, told(await closed(socket)), calls];
    });
  });
  checkEachAlone(`the prototype's ${name} is replaced while a socket is open`, async (kind) => {
    const socket = await open(kind);
    const calls = [];
    const native = WebSocket.prototype[name];
    const logging = function (...args) {
      calls.push([name, args.length, this === socket]);
      return native.apply(this, args);
    };
    return replaced(WebSocket.prototype, name, logging, async () => {
      const answer = await echoOf(socket, "x");
      return [answer, told(await closed(socket)), calls];
    });
  });
  checkEachAlone(`the prototype's ${name} is replaced by nothing`, async (kind) => {
    const socket = await open(kind);
    const result = await replaced(WebSocket.prototype, name, undefined, () => [
      typeof socket[name],
      thrown(() => socket[name]("x")),
    ]);
    await closed(socket);
    return result;
  });
  checkEachAlone(`the prototype's ${name} throws`, async (kind) => {
    const socket = await open(kind);
    const throwing = () => {
      throw new RangeError("the page's own");
    };
    const result = await replaced(WebSocket.prototype, name, throwing, () =>
      thrown(() => socket[name]("x")),
    );
    await closed(socket);
    return result;
  });
}
checkEachAlone("the prototype's onmessage is replaced", async (kind) => {
  const before = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  const calls = [];
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    ...before,
    set(handler) {
      calls.push("set");
      before.set.call(this, (event) => {
        calls.push("event");
        handler.call(this, event);
      });
    },
  });
  try {
    const socket = await open(kind);
    const answer = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    socket.send("x");
    const data = await answer;
    await closed(socket);
    return [data, calls];
  } finally {
    Object.defineProperty(WebSocket.prototype, "onmessage", before);
  }
});
checkEachAlone("addEventListener is replaced", (kind) => {
  const calls = [];
  const { addEventListener } = EventTarget.prototype;
  const logging = function (type, ...rest) {
    calls.push(type);
    return addEventListener.call(this, type, ...rest);
  };
  return replaced(EventTarget.prototype, "addEventListener", logging, async () => {
    const socket = make(kind);
    const atOnce = [...calls];
    await next(socket, "open");
    const answer = await echoOf(socket, "x");
    await closed(socket);
    return [atOnce, answer, calls];
  });
});
checkEachAlone("the data of messages is replaced", async (kind) => {
  const before = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data");
  let asked = 0;
  Object.defineProperty(MessageEvent.prototype, "data", {
    ...before,
    get() {
      asked += 1;
      return before.get.call(this);
    },
  });
  try {
    const socket = await open(kind);
    const answer = next(socket, "message");
    socket.send("x");
    await answer;
    await closed(socket);
    return asked;
  } finally {
    Object.defineProperty(MessageEvent.prototype, "data", before);
  }
});
checkEachAlone("accessors of WebSocket are replaced", async (kind) => {
  const names = ["url", "protocol", "readyState", "binaryType", "bufferedAmount", "extensions"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(WebSocket.prototype, name));
  const calls = [];
  names.forEach((name, n) => {
    Object.defineProperty(WebSocket.prototype, name, {
      ...before[n],
      get() {
        calls.push(name);
        return before[n].get.call(this);
      },
    });
  });
  try {
    const socket = await open(kind);
    const answer = next(socket, "message");
    socket.send("x");
    const { data } = await answer;
    const over = next(socket, "close");
    socket.close();
    await over;
    return [data, calls];
  } finally {
    names.forEach((name, n) => {
      Object.defineProperty(WebSocket.prototype, name, before[n]);
    });
  }
});

/** `{ id: 3, method: "signin", params: [{ user: "u", pass: "p" }] }` */
const CBOR_SIGN_IN = Uint8Array.from([
  ...[
    0xa3, 0x62, 0x69, 0x64, 0x03, 0x66, 0x6d, 0x65, 0x74, 0x68, 0x6f, 0x64, 0x66, 0x73, 0x69, 0x67,
  ],
  ...[
    0x6e, 0x69, 0x6e, 0x66, 0x70, 0x61, 0x72, 0x61, 0x6d, 0x73, 0x81, 0xa2, 0x64, 0x75, 0x73, 0x65,
  ],
  ...[0x72, 0x61, 0x75, 0x64, 0x70, 0x61, 0x73, 0x73, 0x61, 0x70],
]);
const JSON_LET = JSON.stringify({ id: 4, method: "let", params: ["name", { value: [1, "x"] }] });

/** Functions of the language and the browser that anybody who reads frames would want to use. */
const INTRINSICS = [
  [Array, ["from", "isArray", "of"]],
  [
    Array.prototype,
    ["concat", "every", "filter", "find", "findIndex", "flatMap", "forEach", "includes"],
  ],
  [Array.prototype, ["indexOf", "join", "map", "pop", "push", "reduce", "shift", "slice", "some"]],
  [Array.prototype, ["sort", "splice", "unshift", "at", "entries", "keys", "values", "fill"]],
  [ArrayBuffer.prototype, ["slice"]],
  [ArrayBuffer, ["isView"]],
  [BigInt, ["asUintN"]],
  [Blob.prototype, ["arrayBuffer", "slice", "text"]],
  [crypto.constructor.prototype, ["randomUUID", "getRandomValues"]],
  [DataView.prototype, ["getUint8", "getUint16", "getUint32", "getBigUint64", "getFloat64"]],
  [Date, ["now", "parse"]],
  [Document.prototype, ["createElement"]],
  [EventTarget.prototype, ["dispatchEvent", "removeEventListener"]],
  [Event.prototype, ["stopImmediatePropagation", "preventDefault"]],
  [Function.prototype, ["apply", "bind", "call"]],
  [JSON, ["parse", "stringify"]],
  [Map.prototype, ["get", "set", "has", "delete", "forEach", "entries", "keys", "values", "clear"]],
  [Math, ["min", "max", "floor", "random"]],
  [MessagePort.prototype, ["postMessage", "start", "close"]],
  [Number, ["isInteger", "isSafeInteger", "isFinite"]],
  [
    Object,
    ["assign", "create", "defineProperty", "entries", "freeze", "fromEntries", "getPrototypeOf"],
  ],
  [Object, ["getOwnPropertyDescriptor", "keys", "hasOwn", "values", "is"]],
  [Object.prototype, ["hasOwnProperty", "toString", "valueOf"]],
  [performance.constructor.prototype, ["now", "mark"]],
  [Promise, ["resolve", "reject", "all"]],
  [Reflect, ["apply", "construct", "defineProperty", "get", "has", "ownKeys", "set"]],
  [RegExp.prototype, ["exec", "test"]],
  [Set.prototype, ["add", "has", "delete", "forEach", "values", "clear"]],
  [
    String.prototype,
    ["charCodeAt", "endsWith", "includes", "indexOf", "match", "replace", "slice"],
  ],
  [String.prototype, ["split", "startsWith", "substring", "toLowerCase", "trim", "codePointAt"]],
  [String, ["fromCharCode", "fromCodePoint"]],
  [TextDecoder.prototype, ["decode"]],
  [TextEncoder.prototype, ["encode", "encodeInto"]],
  [
    Object.getPrototypeOf(Uint8Array.prototype),
    ["fill", "set", "slice", "subarray", "values", "join"],
  ],
  [WeakMap.prototype, ["get", "set", "has", "delete"]],
  [WeakRef.prototype, ["deref"]],
  [WeakSet.prototype, ["add", "has"]],
  [Window.prototype, ["atob", "structuredClone", "queueMicrotask", "setTimeout", "clearTimeout"]],
  [
    window,
    ["atob", "structuredClone", "queueMicrotask", "setTimeout", "clearTimeout", "postMessage"],
  ],
  [window, ["setInterval", "requestAnimationFrame", "decodeURIComponent", "parseInt", "isNaN"]],
];

/**
 * Replaces all of them by ones that count, makes a socket, sends, receives and closes, and tells which
 * were called. The page's own part uses none of them.
 */
async function watched(kind, payload) {
  const calls = new Set();
  const undo = [];
  const { add } = Set.prototype;
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const count = (label) => apply(add, calls, [label]);
  for (const [object, names] of INTRINSICS) {
    for (const name of names) {
      const before = getOwnPropertyDescriptor(object, name);
      if (typeof before?.value !== "function") continue;
      const native = before.value;
      const label = `${name}`;
      const counting = function (...args) {
        count(label);
        return new.target ? construct(native, args) : apply(native, this, args);
      };
      undo[undo.length] = () => defineProperty(object, name, before);
      defineProperty(object, name, { ...before, value: counting });
    }
  }
  const iterators = [Array.prototype, String.prototype, Map.prototype, Set.prototype];
  iterators[4] = Object.getPrototypeOf(Uint8Array.prototype);
  for (let n = 0; n < iterators.length; n++) {
    const object = iterators[n];
    const before = getOwnPropertyDescriptor(object, Symbol.iterator);
    const native = before.value;
    undo[undo.length] = () => defineProperty(object, Symbol.iterator, before);
    const value = function () {
      count("an iterator");
      return apply(native, this, []);
    };
    defineProperty(object, Symbol.iterator, { ...before, value });
  }
  let data;
  try {
    data = await new Promise((resolve) => {
      const url = `ws://${location.host}/echo/${kind.path}`;
      const socket = kind.protocols ? new WebSocket(url, kind.name) : new WebSocket(url);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => socket.send(payload);
      let answer;
      socket.onmessage = (event) => {
        answer = event.data;
        socket.close(4000, "enough");
      };
      socket.onclose = () => resolve(answer);
    });
  } finally {
    for (let n = undo.length - 1; n >= 0; n--) undo[n]();
  }
  return [[...calls].sort(), data];
}
const watchedKinds = [
  ["plain", { path: "plain" }, "hello"],
  ["/rpc cbor", { path: "rpc", name: "cbor", protocols: true }, CBOR_SIGN_IN],
  ["/rpc json", { path: "rpc", name: "json", protocols: true }, JSON_LET],
];
for (const [name, kind, payload] of watchedKinds)
  checkAlone(`${name}: which of the page's own functions are called`, () => watched(kind, payload));

checkEachAlone("Object.prototype is full of things", async (kind) => {
  const names = [
    "get",
    "set",
    "value",
    "writable",
    "enumerable",
    "configurable",
    "capture",
    "once",
  ];
  names.push("id", "method", "params", "session", "type", "data", "signal", "passive", "toJSON");
  const { defineProperty } = Reflect;
  for (const name of names) {
    // Neither written nor read by anybody who only looks at what is an object's own.
    const descriptor = Object.create(null);
    descriptor.configurable = true;
    descriptor.writable = true;
    descriptor.value = name === "get" || name === "set" ? undefined : false;
    defineProperty(Object.prototype, name, descriptor);
  }
  try {
    const url = `ws://${location.host}/echo/${kind.path}`;
    const socket = kind.protocols ? new WebSocket(url, kind.protocols) : new WebSocket(url);
    // Without options: `signal: false` is none.
    const event = await new Promise((resolve) => {
      socket.onopen = () => socket.send(CBOR_SIGN_IN);
      socket.onmessage = () => socket.close(4000, "answered");
      socket.onclose = resolve;
    });
    return told(event);
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
});
checkEachAlone("setters on Object.prototype and Array.prototype", async (kind) => {
  const written = [];
  const names = [
    "id",
    "method",
    "params",
    "session",
    "url",
    "protocol",
    "client",
    "data",
    "socket",
  ];
  const options = (name) => ({
    configurable: true,
    get: () => undefined,
    set: () => written.push(name),
  });
  for (const name of names) Object.defineProperty(Object.prototype, name, options(name));
  Object.defineProperty(Array.prototype, "0", options("0"));
  try {
    const url = `ws://${location.host}/echo/${kind.path}`;
    const socket = kind.protocols ? new WebSocket(url, kind.protocols) : new WebSocket(url);
    const answer = new Promise((resolve) => {
      socket.onopen = () => socket.send(JSON_LET);
      socket.onmessage = () => resolve("answered");
      socket.onclose = () => resolve("closed");
    });
    const result = await answer;
    socket.close();
    delete Array.prototype[0];
    return [result, [...written]];
  } finally {
    for (const name of names) delete Object.prototype[name];
    delete Array.prototype[0];
  }
});
