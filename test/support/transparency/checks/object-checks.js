/** What a socket looks like as an object, and what a page may do to it as to any object. */
import { ALL_KINDS, checkEach, closed, echoOf, open, thrown } from "./harness.js";

const MEMBERS = [
  ...["url", "readyState", "bufferedAmount", "extensions", "protocol", "binaryType"],
  ...[
    "send",
    "close",
    "onopen",
    "onmessage",
    "onerror",
    "onclose",
    "CONNECTING",
    "OPEN",
    "CLOSING",
  ],
  ...["CLOSED", "constructor", "addEventListener", "removeEventListener", "dispatchEvent"],
  ...["toString", "hasOwnProperty", "then", "toJSON", "__proto__"],
];

/** Opens a socket, tells what `look` returns of it, closes it by the prototype's own `close`. */
function looked(look) {
  return async (kind) => {
    const socket = await open(kind);
    const result = await look(socket, kind);
    if (socket.readyState < 2)
      await new Promise((resolve) => {
        EventTarget.prototype.addEventListener.call(socket, "close", resolve);
        WebSocket.prototype.close.call(socket);
      });
    return result;
  };
}

const looks = {
  keys: (socket) => [Object.keys(socket), Object.entries(socket), Object.values(socket)],
  "for-in": (socket) => {
    const names = [];
    for (const name in socket) names.push(name);
    return names;
  },
  JSON: (socket) => [JSON.stringify(socket), JSON.stringify({ socket })],
  "spread and assign": (socket) => [{ ...socket }, Object.assign({}, socket)],
  "own property names": (socket) => Object.getOwnPropertyNames(socket),
  "own symbols": (socket) => Object.getOwnPropertySymbols(socket).map(String),
  "own descriptors": (socket) => Object.keys(Object.getOwnPropertyDescriptors(socket)),
  hasOwnProperty: (socket) => MEMBERS.filter((name) => Object.hasOwn(socket, name)),
  propertyIsEnumerable: (socket) =>
    MEMBERS.filter((name) => Object.prototype.propertyIsEnumerable.call(socket, name)),
  in: (socket) => MEMBERS.filter((name) => name in socket),
  "members are the prototype's": (socket) =>
    ["send", "close", "addEventListener", "removeEventListener", "dispatchEvent"].filter(
      (name) => socket[name] === WebSocket.prototype[name],
    ),
  "methods: name, length, text": (socket) =>
    ["send", "close"].map((name) => {
      const method = socket[name];
      return [method.name, method.length, String(method), Object.hasOwn(method, "prototype")];
    }),
  "methods: own keys": (socket) =>
    ["send", "close"].map((name) => Reflect.ownKeys(socket[name]).map(String).sort()),
  "methods of two sockets are the same": async (socket, kind) => {
    const other = await open(kind);
    const same = [socket.send === other.send, socket.close === other.close];
    await closed(other);
    return same;
  },
  kind: (socket) => [
    typeof socket,
    String(socket),
    Object.prototype.toString.call(socket),
    socket[Symbol.toStringTag],
    socket.valueOf() === socket,
  ],
  "prototype chain": (socket) => [
    socket instanceof WebSocket,
    socket instanceof EventTarget,
    socket instanceof Object,
    Object.getPrototypeOf(socket) === WebSocket.prototype,
    socket.constructor === WebSocket,
    socket.constructor.name,
    Object.prototype.isPrototypeOf.call(WebSocket.prototype, socket),
    Object.prototype.isPrototypeOf.call(EventTarget.prototype, socket),
  ],
  constants: (socket) => [socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED],
  structuredClone: (socket) => thrown(() => structuredClone(socket)),
  postMessage: (socket) => thrown(() => window.postMessage(socket, "*")),
  transfer: (socket) => thrown(() => structuredClone(1, { transfer: [socket] })),
  extensible: (socket) => [
    Object.isExtensible(socket),
    Object.isFrozen(socket),
    Object.isSealed(socket),
  ],
  "read-only members": (socket) =>
    ["url", "readyState", "bufferedAmount", "extensions", "protocol", "OPEN"].map((name) => [
      thrown(() => {
        socket[name] = "written";
      }),
      typeof socket[name],
      Object.hasOwn(socket, name),
    ]),
  "own properties of the page": (socket) => {
    socket.own = 1;
    socket[Symbol.for("own")] = 2;
    return [Object.keys(socket), JSON.stringify(socket), delete socket.own, Object.keys(socket)];
  },
  "a page's own send": async (socket) => {
    const sent = [];
    const native = socket.send;
    socket.send = function (data) {
      sent.push(data);
      return native.call(this, `<${data}>`);
    };
    const answer = await echoOf(socket, "wrapped");
    return [sent, answer, socket.send.name];
  },
  "a page's own send is listed": (socket) => {
    socket.send = () => undefined;
    return [Object.keys(socket), Object.getOwnPropertyNames(socket)];
  },
  "a page's own send, in descriptors": (socket) => {
    socket.send = () => undefined;
    const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(socket, "send");
    return { writable, enumerable, configurable };
  },
  "a page's own send, taken away again": async (socket) => {
    socket.send = () => undefined;
    const gone = delete socket.send;
    return [gone, await echoOf(socket, "sent"), delete socket.send, await echoOf(socket, "again")];
  },
  "send is deleted": async (socket) => {
    const gone = [delete socket.send, delete socket.close];
    return [gone, await echoOf(socket, "sent"), typeof socket.close];
  },
  "send is defined anew": async (socket) => {
    const calls = [];
    Object.defineProperty(socket, "send", {
      value: (data) => calls.push(data),
      enumerable: true,
      configurable: true,
      writable: false,
    });
    socket.send("not sent");
    return [calls, Object.keys(socket)];
  },
  "send is defined as an accessor": (socket) => {
    let asked = 0;
    Object.defineProperty(socket, "send", {
      get() {
        asked += 1;
        return () => "own";
      },
      configurable: true,
    });
    return [socket.send("x"), asked];
  },
  "a page's own close": (socket) => {
    const calls = [];
    socket.close = (...args) => calls.push(args);
    socket.close(4000, "own");
    return [calls, socket.readyState];
  },
  frozen: async (socket) => {
    const frozen = thrown(() => Object.freeze(socket));
    const written = thrown(() => {
      socket.own = 1;
    });
    const handler = thrown(() => {
      socket.onmessage = () => undefined;
      socket.binaryType = "arraybuffer";
    });
    return [frozen, written, handler, socket.binaryType, await echoOf(socket, "frozen")];
  },
  "another prototype": async (socket) => {
    Object.setPrototypeOf(socket, EventTarget.prototype);
    const seen = [typeof socket.url, socket instanceof WebSocket];
    Object.setPrototypeOf(socket, WebSocket.prototype);
    return [seen, await echoOf(socket, "and back")];
  },
  "as a key of a WeakMap and in a WeakRef": (socket) => {
    const map = new WeakMap([[socket, "found"]]);
    return [map.get(socket), new WeakRef(socket).deref() === socket, new Set([socket]).has(socket)];
  },
  "in a Proxy": (socket) => {
    const proxy = new Proxy(socket, {});
    return [
      thrown(() => proxy.readyState),
      thrown(() => proxy.send("x")),
      thrown(() => proxy.addEventListener("message", () => undefined)),
      proxy instanceof WebSocket,
    ];
  },
  "members read by Reflect": (socket) => [
    Reflect.get(WebSocket.prototype, "readyState", socket),
    Reflect.has(socket, "send"),
    thrown(() => Reflect.get(socket, "readyState", {})),
  ],
  "legacy accessors": (socket) => [
    typeof socket.__lookupGetter__("url"),
    typeof socket.__lookupSetter__("binaryType"),
    typeof socket.__lookupGetter__("send"),
  ],
};
for (const [name, look] of Object.entries(looks))
  checkEach(`as an object: ${name}`, looked(look), ALL_KINDS);
