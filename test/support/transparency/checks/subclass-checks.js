/** Classes that extend WebSocket, and other ways to construct one. */
import {
  check,
  checkEach,
  checkEachAlone,
  closed,
  echoOf,
  isOpen,
  make,
  next,
  open,
  thrown,
  told,
  urlOf,
} from "./harness.js";

checkEach("a subclass", async (kind) => {
  class Own extends WebSocket {}
  const socket = await open(kind, "echo", "", Own);
  const result = [
    socket instanceof Own,
    socket instanceof WebSocket,
    socket.constructor === Own,
    Object.getPrototypeOf(socket) === Own.prototype,
    Object.getPrototypeOf(Own) === WebSocket,
    Own.name,
    Own.length,
    Own.OPEN,
    Object.hasOwn(Own, "OPEN"),
    Object.getOwnPropertyNames(Own.prototype),
    Object.prototype.toString.call(socket),
    await echoOf(socket, "through a subclass"),
  ];
  return [result, told(await closed(socket))];
});
checkEach("a subclass with fields", async (kind) => {
  const notes = [];
  class Own extends WebSocket {
    #hidden = "hidden";
    field = notes.push("field");
    static made = 0;
    constructor(...args) {
      notes.push(`new.target ${new.target === Own}`);
      super(...args);
      notes.push(`after super ${this.readyState} ${this instanceof Own}`);
      this.own = this.#hidden;
      Own.made += 1;
    }
    get hidden() {
      return this.#hidden;
    }
  }
  const socket = await open(kind, "echo", "", Own);
  const result = [notes, Object.keys(socket), JSON.stringify(socket), socket.hidden, Own.made];
  await closed(socket);
  return result;
});
checkEach("a subclass with its own send", async (kind) => {
  const calls = [];
  class Own extends WebSocket {
    send(data) {
      calls.push(["send", typeof data, this === socket]);
      return super.send(`<${data}>`) ?? "returned";
    }
  }
  const socket = await open(kind, "echo", "", Own);
  const answer = await echoOf(socket, "x");
  const returned = socket.send("y");
  const isOwn = [
    Own.prototype.send === socket.send,
    String(socket.send) === String(Own.prototype.send),
  ];
  await closed(socket);
  return [calls, answer, returned, isOwn];
});
checkEach("a subclass with its own close", async (kind) => {
  const calls = [];
  class Own extends WebSocket {
    close(...args) {
      calls.push(args);
      super.close(4000, `own ${args.length}`);
    }
  }
  const socket = await open(kind, "echo", "", Own);
  const over = next(socket, "close");
  socket.close();
  return [calls, told(await over)];
});
checkEach("a subclass with send and close as fields", async (kind) => {
  const calls = [];
  class Own extends WebSocket {
    send = (data) => {
      calls.push(data);
      super.send(`<${data}>`);
    };
    close = () => super.close(4000, "field");
  }
  const socket = await open(kind, "echo", "", Own);
  const result = [Object.keys(socket), await echoOf(socket, "x"), calls];
  return [result, told(await closed(socket))];
});
checkEach("a subclass that has its own of everything", async (kind) => {
  const calls = [];
  class Own extends WebSocket {
    addEventListener(type, ...rest) {
      calls.push(`add ${type}`);
      super.addEventListener(type, ...rest);
    }
    removeEventListener(type, ...rest) {
      calls.push(`remove ${type}`);
      super.removeEventListener(type, ...rest);
    }
    dispatchEvent(event) {
      calls.push(`dispatch ${event.type}`);
      return super.dispatchEvent(event);
    }
    get url() {
      calls.push("url");
      return "ws://somewhere/else";
    }
    get protocol() {
      calls.push("protocol");
      return "other";
    }
    get readyState() {
      calls.push("readyState");
      return 7;
    }
    get binaryType() {
      calls.push("binaryType");
      return super.binaryType;
    }
    set binaryType(value) {
      calls.push(`binaryType = ${value}`);
      super.binaryType = value;
    }
    get onmessage() {
      calls.push("onmessage");
      return super.onmessage;
    }
    set onmessage(value) {
      calls.push("onmessage =");
      super.onmessage = value;
    }
  }
  const socket = make(kind, "echo", "", Own);
  const atOnce = [...calls];
  const { addEventListener } = EventTarget.prototype;
  const native = (type) =>
    new Promise((resolve) => addEventListener.call(socket, type, resolve, { once: true }));
  await native("open");
  socket.binaryType = "arraybuffer";
  const answer = native("message");
  socket.send(Uint8Array.from([1, 2, 3]));
  const { data } = await answer;
  const over = native("close");
  socket.close();
  await over;
  return [atOnce, calls, data];
});
checkEach("a subclass that connects elsewhere", async (kind) => {
  class Own extends WebSocket {
    constructor() {
      const url = urlOf(kind, "echo", "?own");
      if (kind.protocols === undefined) super(url);
      else super(url, kind.protocols);
    }
  }
  const socket = await isOpen(new Own("ignored"));
  const { pathname, search } = new URL(socket.url);
  await closed(socket);
  return [pathname, search];
});
checkEach("a subclass of a subclass", async (kind) => {
  class First extends WebSocket {
    send(data) {
      super.send(`first ${data}`);
    }
  }
  class Second extends First {
    send(data) {
      super.send(`second ${data}`);
    }
  }
  const socket = await open(kind, "echo", "", Second);
  const answer = await echoOf(socket, "x");
  await closed(socket);
  return answer;
});
checkEach("a subclass that returns another object", async (kind) => {
  const made = [];
  class Own extends WebSocket {
    constructor(...args) {
      super(...args);
      made.push(this);
      // biome-ignore lint/correctness/noConstructorReturn: this is what is looked at
      return { wrapped: this };
    }
  }
  const wrapper = make(kind, "echo", "", Own);
  await isOpen(made[0]);
  const result = [Object.keys(wrapper), wrapper.wrapped === made[0], wrapper instanceof Own];
  await closed(made[0]);
  return result;
});
checkEach("a subclass by prototypes", async (kind) => {
  function Own(...args) {
    const socket = Reflect.construct(WebSocket, args, Own);
    socket.added = true;
    return socket;
  }
  Own.prototype = Object.create(WebSocket.prototype, { constructor: { value: Own } });
  Own.prototype.send = function (data) {
    WebSocket.prototype.send.call(this, `<${data}>`);
  };
  Object.setPrototypeOf(Own, WebSocket);
  const socket = await open(kind, "echo", "", Own);
  const result = [socket instanceof Own, Object.keys(socket), await echoOf(socket, "x"), Own.OPEN];
  await closed(socket);
  return result;
});
checkEach("the old way of a subclass", (kind) => {
  function Own(url) {
    WebSocket.call(this, url);
  }
  Own.prototype = Object.create(WebSocket.prototype);
  return thrown(() => new Own(urlOf(kind)));
});
checkEachAlone("a method is added to the prototype", async (kind) => {
  WebSocket.prototype.sendTwice = function (data) {
    this.send(data);
    this.send(data);
  };
  try {
    const socket = await open(kind);
    const answers = [];
    const both = new Promise((resolve) => {
      socket.onmessage = ({ data }) => answers.push(data) === 2 && resolve();
    });
    socket.sendTwice("x");
    await both;
    await closed(socket);
    return answers;
  } finally {
    delete WebSocket.prototype.sendTwice;
  }
});

function Other() {
  return this;
}
const constructed = {
  Object: Object,
  EventTarget: EventTarget,
  "a function": Other,
  "a bound function": Other.bind(null),
};
for (const [name, newTarget] of Object.entries(constructed)) {
  checkEach(`Reflect.construct with ${name} as new.target`, async (kind) => {
    const args = kind.protocols ? [urlOf(kind), kind.protocols] : [urlOf(kind)];
    const socket = Reflect.construct(WebSocket, args, newTarget);
    const result = [
      socket instanceof WebSocket,
      Object.getPrototypeOf(socket) === newTarget.prototype,
      Object.prototype.toString.call(socket),
      Reflect.ownKeys(socket),
      Reflect.get(WebSocket.prototype, "readyState", socket),
    ];
    const over = new Promise((resolve) =>
      EventTarget.prototype.addEventListener.call(socket, "close", resolve),
    );
    WebSocket.prototype.close.call(socket);
    return [result, told(await over)];
  });
}
checkEach("what is asked of new.target", async (kind) => {
  const asked = [];
  const newTarget = new Proxy(Other, {
    get(target, key) {
      asked.push(String(key));
      return key === "prototype" ? WebSocket.prototype : target[key];
    },
    getPrototypeOf(target) {
      asked.push("getPrototypeOf");
      return Reflect.getPrototypeOf(target);
    },
  });
  const args = kind.protocols ? [urlOf(kind), kind.protocols] : [urlOf(kind)];
  const socket = Reflect.construct(WebSocket, args, newTarget);
  const atOnce = [...asked];
  await isOpen(socket);
  const answer = await echoOf(socket, "x");
  await closed(socket);
  return [atOnce, answer];
});
check("Reflect.construct refuses what is no constructor", () => [
  thrown(() => Reflect.construct(WebSocket, [urlOf({ path: "rpc" })], () => undefined)),
  thrown(() => Reflect.construct(WebSocket, [urlOf({ path: "rpc" })], {})),
  thrown(() => Reflect.construct(WebSocket, [urlOf({ path: "rpc" })], WebSocket.prototype.send)),
]);
check("Reflect.construct of a constructor with WebSocket as new.target", () => {
  const made = Reflect.construct(EventTarget, [], WebSocket);
  return [
    Object.prototype.toString.call(made),
    made instanceof WebSocket,
    Object.getPrototypeOf(made) === WebSocket.prototype,
    thrown(() => made.send("x")),
    thrown(() => made.readyState),
  ];
});
check("what only has the prototype", () => {
  class Own extends WebSocket {}
  const made = Object.create(Own.prototype);
  return [made instanceof WebSocket, thrown(() => made.readyState), thrown(() => made.send("x"))];
});
