/** How `new WebSocket(…)` reads its arguments, and what it throws. */
import { check, closed, isOpen, next, thrown, told } from "./harness.js";

const base = `ws://${location.host}`;
let made = 0;
/** A path of its own each time: Firefox waits before it connects again to one that has failed. */
const path = (end) => `${base}/echo/${++made}/${end}`;

/** Makes a socket, notes what is known of it at once, and closes it; or what was thrown. */
function attempt(make) {
  try {
    const socket = make();
    const { url, protocol, extensions, readyState, binaryType, bufferedAmount } = socket;
    socket.close();
    // What the page's own address says of the checks is not what is looked at.
    return {
      url: url.replace(location.search, ""),
      protocol,
      extensions,
      readyState,
      binaryType,
      bufferedAmount,
    };
  } catch (error) {
    return [error, error instanceof DOMException, error instanceof TypeError];
  }
}

const attempts = {
  "without new": () => WebSocket(path("rpc")),
  "without new and arguments": () => WebSocket(),
  "by call": () => WebSocket.call({}, path("rpc")),
  "by Reflect.apply": () => Reflect.apply(WebSocket, undefined, [path("rpc")]),
  "without arguments": () => new WebSocket(),
  undefined: () => new WebSocket(undefined),
  null: () => new WebSocket(null),
  "a symbol": () => new WebSocket(Symbol("url")),
  "a number": () => new WebSocket(7),
  "an object": () => new WebSocket({}),
  "an array": () => new WebSocket([`${base}/echo/rpc`]),
  "a URL object": () => new WebSocket(new URL(`${base}/echo/rpc?x=1`)),
  "a String object": () => new WebSocket(new String(`${base}/echo/plain`)),
  location: () => new WebSocket(location),
  "an empty text": () => new WebSocket(""),
  "a relative path": () => new WebSocket("/echo/rpc"),
  "a relative path without slash": () => new WebSocket("echo/plain"),
  "a query only": () => new WebSocket("?x"),
  "without scheme": () => new WebSocket(`//${location.host}/echo/rpc`),
  http: () => new WebSocket(`http://${location.host}/echo/rpc`),
  https: () => new WebSocket(`https://${location.host}/echo/rpc`),
  wss: () => new WebSocket(`wss://${location.host}/echo/rpc`),
  ftp: () => new WebSocket("ftp://localhost/rpc"),
  "about:blank": () => new WebSocket("about:blank"),
  javascript: () => new WebSocket("javascript:void 0"),
  "no URL": () => new WebSocket("ws://"),
  "a bad port": () => new WebSocket("ws://localhost:99999/rpc"),
  "a bad host": () => new WebSocket("ws://local host/rpc"),
  "a bad IPv6 address": () => new WebSocket("ws://[::1/rpc"),
  "a forbidden port": () => new WebSocket("ws://localhost:25/rpc"),
  "a fragment": () => new WebSocket(`${base}/echo/rpc#fragment`),
  "an empty fragment": () => new WebSocket(`${base}/echo/rpc#`),
  "capital letters": () => new WebSocket(`WS://LOCALHOST:${location.port}/ECHO/RPC`),
  "dots in the path": () => new WebSocket(`${base}/echo/x/../rpc`),
  "blanks around": () => new WebSocket(`  ${base}/echo/rpc \n`),
  "blanks within": () => new WebSocket(`${base}/echo/a b/rpc`),
  "other letters": () => new WebSocket(`${base}/echo/ä/rpc?ö#`.slice(0, -1)),
  "a lone surrogate": () => new WebSocket(`${base}/echo/\ud800/rpc`),
  "user and password": () => new WebSocket(`ws://user:secret@${location.host}/echo/rpc`),
  "the default port": () => new WebSocket("ws://localhost:80/rpc"),
  "the default port of wss": () => new WebSocket("wss://localhost:443/rpc"),
  "a slash at the end": () => new WebSocket(`${base}/echo/rpc/`, "cbor"),
  "a query after /rpc": () => new WebSocket(`${base}/echo/rpc?token=1`, "cbor"),
  "too many arguments": () => new WebSocket(path("rpc"), "cbor", {}, 4),
  "options where protocols are": () => new WebSocket(path("rpc"), {}),
};
for (const [name, make] of Object.entries(attempts))
  check(`constructor: ${name}`, () => attempt(make));

const protocols = {
  undefined: undefined,
  null: null,
  "an empty text": "",
  "an empty list": [],
  "a list with an empty text": [""],
  "one twice": ["cbor", "cbor"],
  "one twice in other letters": ["cbor", "CBOR"],
  "with a blank": "cb or",
  "with a comma": "cbor,json",
  "with another letter": "cbör",
  "with a control character": "cb\u0001or",
  "with a separator": "cbor/1",
  "a number": 7,
  true: true,
  "a symbol": Symbol("cbor"),
  "a list with a symbol": [Symbol("cbor")],
  "a list with undefined": [undefined],
  "a list with numbers": [1, 2],
  "a list with holes": Object.assign(new Array(2), { 1: "cbor" }),
  "a list in a list": [["cbor"]],
  "a String object": new String("cbor"),
  "a set": new Set(["cbor", "json"]),
  "a map": new Map([["cbor", 1]]),
  "like a list": { 0: "cbor", length: 1 },
  many: Array.from({ length: 50 }, (_, n) => `p${n}`),
};
for (const [name, wanted] of Object.entries(protocols)) {
  check(`protocols: ${name}`, () => attempt(() => new WebSocket(path("rpc"), wanted)));
  check(`protocols of another path: ${name}`, () =>
    attempt(() => new WebSocket(path("plain"), wanted)),
  );
}

/** An object that notes whatever is asked of it. */
function witness(label, target, notes) {
  const note = (name, key) => notes.push(`${label} ${name} ${String(key)}`);
  return new Proxy(target, {
    get(object, key) {
      note("get", key);
      const value = object[key];
      return typeof value === "function" ? value.bind(object) : value;
    },
    has(object, key) {
      note("has", key);
      return key in object;
    },
    ownKeys(object) {
      note("ownKeys", "");
      return Reflect.ownKeys(object);
    },
    getOwnPropertyDescriptor(object, key) {
      note("describe", key);
      return Reflect.getOwnPropertyDescriptor(object, key);
    },
    getPrototypeOf(object) {
      note("getPrototypeOf", "");
      return Reflect.getPrototypeOf(object);
    },
  });
}

for (const end of ["rpc", "plain"]) {
  check(`/${end}: what is asked of the arguments, in which order`, () => {
    const notes = [];
    const url = witness("url", { toString: () => path(end) }, notes);
    const list = witness("protocols", ["cbor"], notes);
    const result = attempt(() => new WebSocket(url, list));
    return [notes, result.readyState];
  });
  check(`/${end}: a URL is made text once`, () => {
    let asked = 0;
    const url = {
      toString() {
        asked += 1;
        return path(end);
      },
      valueOf() {
        asked += 100;
        return path(end);
      },
    };
    attempt(() => new WebSocket(url));
    return asked;
  });
  check(`/${end}: a URL that changes with each asking`, () => {
    let asked = 0;
    const url = { toString: () => `${base}/echo/changing/${++asked}/${end}` };
    return attempt(() => new WebSocket(url, "cbor"));
  });
  check(`/${end}: Symbol.toPrimitive`, () => {
    const hints = [];
    const url = {
      [Symbol.toPrimitive](hint) {
        hints.push(hint);
        return path(end);
      },
    };
    attempt(() => new WebSocket(url));
    return hints;
  });
  check(`/${end}: a URL that throws`, () =>
    thrown(
      () =>
        new WebSocket({
          toString() {
            throw new RangeError("the page's own");
          },
        }),
    ),
  );
  check(`/${end}: a URL whose text is no text`, () =>
    thrown(() => new WebSocket({ toString: () => ({}) })),
  );
  check(`/${end}: a generator of protocols is read once, to its end`, () => {
    const notes = [];
    function* generate() {
      try {
        notes.push("begun");
        yield "cbor";
        yield "json";
        notes.push("ended");
      } finally {
        notes.push("finally");
      }
    }
    const result = attempt(() => new WebSocket(path(end), generate()));
    return [notes, result.readyState];
  });
  check(`/${end}: an iterator that throws`, () =>
    thrown(
      () =>
        new WebSocket(path(end), {
          [Symbol.iterator]() {
            throw new RangeError("the page's own");
          },
        }),
    ),
  );
  check(`/${end}: protocols are made text once each`, () => {
    let asked = 0;
    const name = {
      toString() {
        asked += 1;
        return "cbor";
      },
    };
    attempt(() => new WebSocket(path(end), [name]));
    attempt(() => new WebSocket(path(end), name));
    return asked;
  });
  check(`/${end}: a list of protocols that is changed afterwards`, async () => {
    const list = ["cbor"];
    const socket = new WebSocket(path(end), list);
    list[0] = "json";
    list.push("flatbuffers");
    await isOpen(socket);
    const { protocol } = socket;
    await closed(socket);
    return protocol;
  });
  for (const [name, query, offered] of [
    ["the second", "?choose=json", ["cbor", "json"]],
    ["none, of none offered", "?choose=", undefined],
    ["none, of two offered", "?choose=", ["cbor", "json"]],
    ["one that wasn't offered", "?choose=other", ["cbor"]],
    ["one where none was offered", "?choose=cbor", undefined],
    ["in other letters", "?choose=CBOR", ["cbor"]],
  ]) {
    check(`/${end}: the server chooses ${name}`, async () => {
      const url = `${path(end)}${query}`;
      const socket = offered ? new WebSocket(url, offered) : new WebSocket(url);
      const over = next(socket, "close");
      const event = await Promise.race([next(socket, "open"), over]);
      const { protocol, readyState, extensions } = socket;
      if (event.type === "open") await closed(socket);
      return [event.type, protocol, readyState, extensions, told(await over)];
    });
  }
  check(`/${end}: compression is agreed on`, async () => {
    const socket = new WebSocket(`${base}/compressed/${end}`, "json");
    await isOpen(socket);
    const { extensions } = socket;
    const answer = next(socket, "message");
    socket.send("again and again and again and again and again and again");
    const { data } = await answer;
    await closed(socket);
    return [extensions, data];
  });
}

check("a base element changes what is relative", () => {
  const element = document.createElement("base");
  element.href = `http://${location.host}/echo/based/`;
  document.head.append(element);
  const result = attempt(() => new WebSocket("rpc"));
  element.remove();
  return result;
});
check("errors are made before anything is connected", () => {
  const errors = [];
  for (let n = 0; n < 3; n++) errors.push(thrown(() => new WebSocket("ws://[bad", "cbor")));
  return [errors, errors[0] === errors[1]];
});
check("an error's own properties", () => {
  const error = thrown(() => new WebSocket("ftp://localhost/rpc"));
  return [Object.keys(error), Object.getOwnPropertyNames(error).filter((name) => name !== "stack")];
});
