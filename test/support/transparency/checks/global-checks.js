/** What a page sees of `WebSocket` itself: descriptors, statics, names, texts, prototype chain. */
import { checkAlone, thrown } from "./harness.js";

const DESCRIBED = ["value", "writable", "enumerable", "configurable", "get", "set"];

function describe(object, name) {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  if (!descriptor) return "none";
  return DESCRIBED.filter((each) => each in descriptor).map((each) => [each, descriptor[each]]);
}

checkAlone("descriptor of window.WebSocket", () => describe(window, "WebSocket"));
checkAlone("window.WebSocket is an own property", () => [
  Object.hasOwn(window, "WebSocket"),
  Object.keys(window).includes("WebSocket"),
  Object.getOwnPropertyNames(window).includes("WebSocket"),
]);
checkAlone("names of window are as ever", () =>
  Object.getOwnPropertyNames(window).filter((name) => /switchyard|surreal|hook/i.test(name)),
);
checkAlone("how many names window has", () => Reflect.ownKeys(window).length);
checkAlone("own keys of the document and the root element", () => [
  Reflect.ownKeys(document).map(String),
  Reflect.ownKeys(document.documentElement).map(String),
  document.documentElement.getAttributeNames(),
]);
checkAlone("elements in the document", () => [
  document.documentElement.children.length,
  document.head.children.length,
  document.scripts.length,
]);

for (const [label, object] of [
  ["WebSocket", WebSocket],
  ["WebSocket.prototype", WebSocket.prototype],
]) {
  checkAlone(`own keys of ${label}`, () => Reflect.ownKeys(object).map(String).sort());
  checkAlone(`own keys of ${label}, in order`, () => Reflect.ownKeys(object).map(String));
  checkAlone(`enumerable keys of ${label}`, () => Object.keys(object));
  checkAlone(`for-in over ${label}`, () => {
    const names = [];
    for (const name in object) names.push(name);
    return names;
  });
  for (const name of Reflect.ownKeys(object))
    checkAlone(`descriptor of ${label}.${String(name)}`, () => describe(object, name));
  checkAlone(`${label} can be extended`, () => [
    Object.isExtensible(object),
    Object.isSealed(object),
  ]);
  checkAlone(`tag of ${label}`, () => Object.prototype.toString.call(object));
}

for (const name of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]) {
  checkAlone(`static ${name} can't be written`, () => [
    thrown(() => {
      WebSocket[name] = 7;
    }),
    thrown(() => delete WebSocket[name]),
    WebSocket[name],
  ]);
}

checkAlone("kind of WebSocket", () => [typeof WebSocket, WebSocket.name, WebSocket.length]);
checkAlone("WebSocket as text", () => [String(WebSocket), `${WebSocket}`, WebSocket.toString()]);
checkAlone("WebSocket as text, by Function.prototype", () =>
  Function.prototype.toString.call(WebSocket),
);
checkAlone("WebSocket as text, by Object.prototype", () =>
  Object.prototype.toString.call(WebSocket),
);
checkAlone("WebSocket has no toString of its own", () => [
  Object.hasOwn(WebSocket, "toString"),
  WebSocket.toString === Function.prototype.toString,
  WebSocket.toString === EventTarget.toString,
]);
checkAlone("Function.prototype.toString is untouched", () => [
  Function.prototype.toString.call(Function.prototype.toString),
  Function.prototype.toString.name,
  Function.prototype.toString.length,
  describe(Function.prototype, "toString"),
  "prototype" in Function.prototype.toString,
  thrown(() => Function.prototype.toString.call({})),
  thrown(() => Reflect.construct(Function.prototype.toString, [])),
]);
checkAlone("other functions as text", () => [
  Function.prototype.toString.call(EventTarget),
  Function.prototype.toString.call((own) => own),
  Function.prototype.toString.call(class Own {}),
  Function.prototype.toString.call(Map.prototype.get),
]);
checkAlone("methods as text", () =>
  ["send", "close", "addEventListener"].map((name) => String(WebSocket.prototype[name])),
);
checkAlone("accessors as text", () =>
  ["url", "readyState", "binaryType", "onmessage", "bufferedAmount"].flatMap((name) => {
    const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
    return [String(get), String(set)];
  }),
);
checkAlone("prototype chain", () => [
  Object.getPrototypeOf(WebSocket) === EventTarget,
  Object.getPrototypeOf(WebSocket.prototype) === EventTarget.prototype,
  WebSocket.prototype.constructor === WebSocket,
  WebSocket.prototype.constructor.name,
  Object.prototype.isPrototypeOf.call(EventTarget, WebSocket),
  Object.prototype.isPrototypeOf.call(Function.prototype, WebSocket),
]);
checkAlone("the prototype can't be replaced", () => [
  thrown(() => {
    WebSocket.prototype = {};
  }),
  typeof WebSocket.prototype.send,
]);
checkAlone("WebSocket has what functions have", () => [
  "caller" in WebSocket,
  "arguments" in WebSocket,
  Object.hasOwn(WebSocket, "caller"),
  Object.hasOwn(WebSocket, "arguments"),
  thrown(() => WebSocket.caller),
  thrown(() => WebSocket.arguments),
]);
checkAlone("Symbol.hasInstance", () => [
  Object.hasOwn(WebSocket, Symbol.hasInstance),
  WebSocket[Symbol.hasInstance] === Function.prototype[Symbol.hasInstance],
  {} instanceof WebSocket,
  Object.create(WebSocket.prototype) instanceof WebSocket,
  WebSocket.prototype instanceof WebSocket,
  WebSocket.prototype instanceof EventTarget,
  WebSocket[Symbol.hasInstance]({}),
]);
checkAlone("Symbol.species and the like", () => [
  WebSocket[Symbol.species],
  WebSocket[Symbol.toStringTag],
  WebSocket.prototype[Symbol.toStringTag],
]);
checkAlone("bound WebSocket", () => {
  const bound = WebSocket.bind(null);
  return [bound.name, bound.length, "prototype" in bound, String(bound)];
});
checkAlone("the same constructor under every name", () => [
  window.WebSocket === WebSocket,
  globalThis.WebSocket === WebSocket,
  self.WebSocket === WebSocket,
  window["Web" + "Socket"] === WebSocket,
]);
checkAlone("accessors on the prototype itself", () =>
  ["url", "readyState", "send", "onopen"].map((name) => thrown(() => WebSocket.prototype[name])),
);
checkAlone("methods with another receiver", () => [
  thrown(() => WebSocket.prototype.send.call({}, "x")),
  thrown(() => WebSocket.prototype.close.call({})),
  thrown(() => WebSocket.prototype.send.call(null, "x")),
  thrown(() => WebSocket.prototype.send.call(Object.create(WebSocket.prototype), "x")),
]);
checkAlone("structuredClone of WebSocket", () => [
  thrown(() => structuredClone(WebSocket)),
  thrown(() => structuredClone(WebSocket.prototype)),
]);
checkAlone("related constructors are untouched", () =>
  [EventTarget, MessageEvent, CloseEvent, Blob, ArrayBuffer, Event, MessagePort].map((each) => [
    String(each),
    Reflect.ownKeys(each.prototype).map(String),
  ]),
);
checkAlone("EventTarget's methods are untouched", () =>
  ["addEventListener", "removeEventListener", "dispatchEvent"].map((name) => [
    String(EventTarget.prototype[name]),
    Object.hasOwn(WebSocket.prototype, name),
  ]),
);
checkAlone("nothing was measured or marked", () =>
  [...performance.getEntriesByType("mark"), ...performance.getEntriesByType("measure")].map(
    ({ name }) => name,
  ),
);
