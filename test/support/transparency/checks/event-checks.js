/** Listeners: in which order they are called, with what, and what they can do to one another. */
import {
  check,
  checkEach,
  checkEachAlone,
  closed,
  echoOf,
  make,
  next,
  open,
  thrown,
} from "./harness.js";

/**
 * Registers listeners by `add(socket, note)`, has the message "hello" come, and tells what was noted when
 * all of them had it.
 */
function noted(add) {
  return async (kind) => {
    const socket = await open(kind);
    const notes = [];
    const all = new Promise((resolve) => {
      // At the target, listeners that capture come first: what stops the others doesn't stop this one.
      const see = ({ data }) => data === "end" && resolve([...notes]);
      socket.addEventListener("message", see, { capture: true });
    });
    add(socket, (note) => notes.push(note));
    socket.send("hello");
    socket.send("end");
    const result = await all;
    await closed(socket);
    return result;
  };
}

const orders = {
  "listeners in their order, onmessage where it was first set": (socket, note) => {
    socket.addEventListener("message", () => note("first"));
    socket.onmessage = () => note("on, replaced");
    socket.addEventListener("message", () => note("second"));
    socket.onmessage = () => note("on");
    socket.addEventListener("message", () => note("third"));
  },
  "onmessage taken away and set again goes to the end": (socket, note) => {
    socket.onmessage = () => note("on");
    socket.addEventListener("message", () => note("listener"));
    socket.onmessage = null;
    socket.onmessage = () => note("on again");
  },
  "capturing listeners come first": (socket, note) => {
    socket.addEventListener("message", () => note("not capturing"));
    socket.addEventListener("message", () => note("capturing"), true);
    socket.addEventListener("message", () => note("capturing too"), { capture: true });
  },
  "the same listener twice is one": (socket, note) => {
    const listener = () => note("once");
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener, true);
  },
  "handleEvent, looked up at each event": (socket, note) => {
    const listener = { name: "object" };
    socket.addEventListener("message", listener);
    listener.handleEvent = function (event) {
      note(`${this.name} ${event.type}`);
    };
    const asked = {
      get handleEvent() {
        note("asked for handleEvent");
        return () => note("called");
      },
    };
    socket.addEventListener("message", asked);
  },
  once: (socket, note) => {
    socket.addEventListener("message", ({ data }) => note(data), { once: true });
    socket.addEventListener("message", () => note("always"));
  },
  "an AbortSignal": (socket, note) => {
    const controller = new AbortController();
    const { signal } = controller;
    socket.addEventListener("message", () => note("aborted before"), { signal });
    controller.abort();
    socket.addEventListener("message", () => note("added with an aborted one"), { signal });
    const later = new AbortController();
    socket.addEventListener("message", () => later.abort());
    socket.addEventListener("message", () => note("aborted within"), { signal: later.signal });
    socket.addEventListener("message", () => note("stays"));
  },
  "removed before": (socket, note) => {
    const listener = () => note("removed");
    socket.addEventListener("message", listener);
    socket.removeEventListener("message", listener);
    socket.addEventListener("message", listener, true);
    socket.removeEventListener("message", listener);
    note(String(socket.removeEventListener("message", () => undefined)));
  },
  "removed within an event": (socket, note) => {
    const later = () => note("later");
    socket.addEventListener("message", () => {
      note("removes");
      socket.removeEventListener("message", later);
    });
    socket.addEventListener("message", later);
  },
  "added within an event": (socket, note) => {
    socket.addEventListener("message", ({ data }) => {
      note(`adds at ${data}`);
      socket.addEventListener("message", ({ data }) => note(`added, at ${data}`), { once: true });
    });
  },
  "onmessage set within an event": (socket, note) => {
    socket.addEventListener("message", () => {
      socket.onmessage = () => note("set within");
    });
    socket.onmessage = () => note("set before");
  },
  stopImmediatePropagation: (socket, note) => {
    socket.addEventListener("message", (event) => {
      note("stops");
      event.stopImmediatePropagation();
      note(`${event.cancelBubble} ${event.defaultPrevented}`);
    });
    socket.addEventListener("message", () => note("not called"));
    socket.onmessage = () => note("not called");
  },
  "stopPropagation stops nothing here": (socket, note) => {
    socket.addEventListener("message", (event) => event.stopPropagation(), true);
    socket.addEventListener("message", () => note("called"));
  },
  "preventDefault does nothing": (socket, note) => {
    socket.addEventListener("message", (event) => {
      event.preventDefault();
      note(String(event.defaultPrevented));
    });
    socket.addEventListener("message", (event) => event.preventDefault(), { passive: true });
  },
  "microtasks run between listeners": (socket, note) => {
    for (const name of ["first", "second"]) {
      socket.addEventListener("message", async () => {
        note(name);
        queueMicrotask(() => note(`microtask of ${name}`));
        await undefined;
        note(`${name}, after await`);
      });
    }
    socket.onmessage = () => note("on");
  },
  "microtasks before the first listener": (socket, note) => {
    socket.addEventListener("message", () => note("first"), true);
    socket.addEventListener("message", () => Promise.resolve().then(() => note("then")), true);
    socket.addEventListener("message", () => note("last"));
  },
  "this, target and phase": (socket, note) => {
    function listener(event) {
      note(
        [
          this === socket,
          event.target === socket,
          event.currentTarget === socket,
          event.eventPhase,
          window.event === event,
        ].join(),
      );
    }
    socket.addEventListener("message", listener, true);
    socket.addEventListener("message", listener);
    socket.onmessage = listener;
  },
  "what a listener returns doesn't matter": (socket, note) => {
    socket.onmessage = () => false;
    socket.addEventListener("message", (event) => note(String(event.defaultPrevented)));
  },
  "a listener for what never comes": (socket, note) => {
    socket.addEventListener("Message", () => note("other letters"));
    socket.addEventListener("switchyard:hook", () => note("not the page's"));
    socket.addEventListener("message", () => note("called"));
  },
};
for (const [name, add] of Object.entries(orders)) checkEach(`order: ${name}`, noted(add));

checkEachAlone("exceptions in listeners", async (kind) => {
  const notes = [];
  const onError = (event) => {
    notes.push(`window: ${event.message}, ${event.error === error}, ${event.filename === url}`);
    event.preventDefault();
  };
  const url = import.meta.url;
  const error = new RangeError("on purpose");
  addEventListener("error", onError);
  window.onerror = (message, _source, _line, _column, thrown) => {
    notes.push(`onerror: ${message}, ${thrown === error}`);
    return true;
  };
  try {
    notes.push(
      ...(await noted((socket, note) => {
        socket.addEventListener("message", ({ data }) => {
          if (data !== "hello") return;
          notes.push("throws");
          throw error;
        });
        socket.addEventListener("message", () => note("the next listener"));
        socket.onmessage = ({ data }) => {
          if (data === "hello") throw "a text";
        };
        socket.addEventListener("message", {});
        socket.addEventListener("message", () => note("the last listener"));
      })(kind)),
    );
  } finally {
    removeEventListener("error", onError);
    window.onerror = null;
  }
  return notes;
});
checkEachAlone("rejections of async listeners", async (kind) => {
  const notes = [];
  const onRejection = (event) => {
    notes.push(`rejected: ${event.reason.message}`);
    event.preventDefault();
  };
  addEventListener("unhandledrejection", onRejection);
  const rejected = new Promise((resolve) =>
    addEventListener("unhandledrejection", resolve, { once: true }),
  );
  await noted((socket) => {
    socket.addEventListener("message", async ({ data }) => {
      if (data === "hello") throw new Error("on purpose");
    });
  })(kind);
  await rejected;
  removeEventListener("unhandledrejection", onRejection);
  return notes;
});

checkEach("attribute handlers as they are written", async (kind) => {
  const socket = make(kind);
  const seen = [];
  for (const name of ["onopen", "onmessage", "onerror", "onclose"]) {
    const handler = () => undefined;
    seen.push(socket[name]);
    socket[name] = handler;
    seen.push(socket[name] === handler);
    socket[name] = { handleEvent: () => undefined };
    seen.push(typeof socket[name]);
    socket[name] = 7;
    seen.push(socket[name]);
    socket[name] = handler;
    socket[name] = undefined;
    seen.push(socket[name]);
  }
  await next(socket, "open");
  await closed(socket);
  return seen;
});
checkEach("an object as onmessage isn't called", async (kind) => {
  const socket = await open(kind);
  let called = 0;
  socket.onmessage = {
    handleEvent() {
      called += 1;
    },
  };
  await echoOf(socket, "x");
  await closed(socket);
  return called;
});
checkEach("what addEventListener throws", async (kind) => {
  const socket = await open(kind);
  const results = [
    thrown(() => socket.addEventListener()),
    thrown(() => socket.addEventListener("message")),
    thrown(() => socket.addEventListener("message", 7)),
    thrown(() => socket.addEventListener("message", null)),
    thrown(() => socket.addEventListener(Symbol("x"), () => undefined)),
    thrown(() => socket.dispatchEvent({})),
    socket.addEventListener("message", () => undefined),
  ];
  await closed(socket);
  return results;
});
checkEach("events that the page makes", async (kind) => {
  const socket = await open(kind);
  const notes = [];
  for (const type of ["open", "message", "error", "close", "custom"]) {
    socket.addEventListener(type, (event) =>
      notes.push([type, event.isTrusted, event.data, event.code, socket.readyState].join()),
    );
    socket[`on${type}`] = () => notes.push(`on${type}`);
  }
  const cancelable = new Event("custom", { cancelable: true });
  socket.addEventListener("custom", (event) => event.preventDefault());
  notes.push(
    socket.dispatchEvent(new MessageEvent("message", { data: '{"id":1,"result":2}' })),
    socket.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(3) })),
    socket.dispatchEvent(new MessageEvent("message", { data: { own: "object" } })),
    socket.dispatchEvent(new Event("message")),
    socket.dispatchEvent(new CloseEvent("close", { code: 4444 })),
    socket.dispatchEvent(new Event("error")),
    socket.dispatchEvent(new Event("open")),
    socket.dispatchEvent(cancelable),
    socket.readyState,
  );
  const again = new Event("custom");
  socket.addEventListener("custom", () =>
    notes.push(thrown(() => socket.dispatchEvent(again)).name),
  );
  socket.dispatchEvent(again);
  notes.push((await echoOf(socket, "still open"))[0]);
  await closed(socket);
  return notes;
});
checkEach("an event that the page makes of a value that watches", async (kind) => {
  const socket = await open(kind);
  const asked = [];
  const data = new Proxy(
    {},
    {
      get: (_, key) => void asked.push(`get ${String(key)}`),
      has: (_, key) => asked.push(`has ${String(key)}`) > 0,
      getPrototypeOf: () => void asked.push("prototype") ?? null,
      ownKeys: () => asked.push("keys") && [],
    },
  );
  socket.dispatchEvent(new MessageEvent("message", { data }));
  const event = new MessageEvent("message", { data: "own" });
  for (const name of ["data", "type", "target", "isTrusted"])
    thrown(() =>
      Object.defineProperty(event, name, {
        get: () => asked.push(`event.${name}`),
        configurable: true,
      }),
    );
  socket.dispatchEvent(event);
  await closed(socket);
  return asked;
});
checkEach("a listener that closes the socket", async (kind) => {
  const socket = await open(kind);
  const notes = [];
  socket.addEventListener("message", () => {
    socket.close(4000, "in a listener");
    notes.push(socket.readyState);
  });
  socket.addEventListener("message", () => notes.push(`next listener ${socket.readyState}`));
  const over = next(socket, "close");
  socket.send("x");
  const { code, reason, wasClean } = await over;
  return [notes, code, reason, wasClean];
});
check("a nested event loop of two sockets keeps its order", async () => {
  const [one, two] = await Promise.all([
    open({ path: "rpc", protocols: "cbor" }),
    open({ path: "plain" }),
  ]);
  const notes = [];
  await new Promise((resolve) => {
    one.onmessage = ({ data }) => {
      notes.push(`one ${data}`);
      two.send(data);
    };
    two.onmessage = ({ data }) => {
      notes.push(`two ${data}`);
      if (data === "3") resolve();
      else one.send(String(Number(data) + 1));
    };
    one.send("0");
  });
  await Promise.all([closed(one), closed(two)]);
  return notes;
});
