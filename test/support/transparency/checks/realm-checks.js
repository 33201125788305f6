/** Other windows and workers: frames of all sorts, each with a WebSocket of its own. */
import { checkAlone, closed, echoOf, isOpen, next, thrown, told } from "./harness.js";

const RPC = `ws://${location.host}/echo/rpc`;

/** Adds a frame, works in its window, takes it away. */
async function inFrame(set, work) {
  const frame = document.createElement("iframe");
  const loaded = next(frame, "load");
  set(frame);
  document.body.append(frame);
  await loaded;
  try {
    return await work(frame.contentWindow, frame);
  } finally {
    frame.remove();
  }
}

/** What is to be seen of a WebSocket of another window. */
async function look(other) {
  const socket = new other.WebSocket(RPC, "cbor");
  await isOpen(socket);
  socket.binaryType = "arraybuffer";
  const [text, bytes] = await echoOf(socket, "text", Uint8Array.from([1, 2]));
  const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(
    other,
    "WebSocket",
  );
  const seen = [
    { enumerable, writable, configurable },
    other.WebSocket === WebSocket,
    String(other.WebSocket),
    Function.prototype.toString.call(other.WebSocket),
    other.Function.prototype.toString.call(WebSocket),
    socket instanceof WebSocket,
    socket instanceof other.WebSocket,
    Object.getPrototypeOf(other.WebSocket) === other.EventTarget,
    other.WebSocket.prototype.constructor === other.WebSocket,
    Object.prototype.toString.call(socket),
    text,
    bytes instanceof other.ArrayBuffer,
    bytes,
  ];
  const error = thrown(() => new other.WebSocket("ws://[bad"));
  const typeError = thrown(() => other.WebSocket(RPC));
  seen.push(error, error instanceof other.DOMException, error instanceof DOMException);
  seen.push(typeError, typeError instanceof other.TypeError, typeError instanceof TypeError);
  const sendError = thrown(() => socket.send(Symbol("x")));
  seen.push(sendError, sendError instanceof other.TypeError);
  seen.push(told(await closed(socket)));
  return seen;
}

const frames = {
  "about:blank": (frame) => {
    frame.src = "about:blank";
  },
  "no address": () => undefined,
  "the same origin": (frame) => {
    frame.src = "/frame.html";
  },
};
for (const [name, set] of Object.entries(frames)) {
  checkAlone(`a frame with ${name}`, () => inFrame(set, look));
  checkAlone(`a frame with ${name}: sends of one window on sockets of the other`, () =>
    inFrame(set, async (other) => {
      const [here, there] = await Promise.all([
        isOpen(new WebSocket(RPC, "cbor")),
        isOpen(new other.WebSocket(RPC, "cbor")),
      ]);
      const answers = [];
      for (const [method, socket] of [
        [here.send, there],
        [there.send, here],
        [other.WebSocket.prototype.send, here],
        [WebSocket.prototype.send, there],
      ]) {
        const answer = next(socket, "message");
        method.call(socket, "crossed");
        answers.push((await answer).data);
      }
      await Promise.all([closed(here), closed(there)]);
      return answers;
    }),
  );
  checkAlone(`a frame with ${name}: a class of this window extends its WebSocket`, () =>
    inFrame(set, async (other) => {
      class Own extends other.WebSocket {}
      const socket = await isOpen(new Own(RPC, "cbor"));
      const result = [
        socket instanceof Own,
        socket instanceof WebSocket,
        await echoOf(socket, "x"),
      ];
      await closed(socket);
      return result;
    }),
  );
  checkAlone(`a frame with ${name}: Reflect.construct across windows`, () =>
    inFrame(set, async (other) => {
      const socket = Reflect.construct(WebSocket, [RPC, "cbor"], other.WebSocket);
      await isOpen(socket);
      const result = [
        Object.getPrototypeOf(socket) === other.WebSocket.prototype,
        Object.getPrototypeOf(socket) === WebSocket.prototype,
        await echoOf(socket, "x"),
      ];
      await closed(socket);
      return result;
    }),
  );
}
checkAlone("a frame that is used before it has loaded", async () => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const { contentWindow } = frame;
  const socket = new contentWindow.WebSocket(RPC, "cbor");
  await isOpen(socket);
  const result = [
    Object.prototype.toString.call(socket),
    socket instanceof contentWindow.WebSocket,
    await echoOf(socket, "early"),
  ];
  await closed(socket);
  frame.remove();
  return result;
});
checkAlone("a frame that is gone", async () => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const Other = frame.contentWindow.WebSocket;
  const socket = await isOpen(new Other(RPC, "cbor"));
  frame.remove();
  const result = [thrown(() => socket.send("x")), socket.readyState, thrown(() => new Other(RPC))];
  return result;
});
checkAlone("a frame that navigates", () =>
  inFrame(frames["the same origin"], async (first, frame) => {
    const socket = await isOpen(new first.WebSocket(RPC, "cbor"));
    const loaded = next(frame, "load");
    frame.src = "/frame.html?again";
    await loaded;
    const second = frame.contentWindow.WebSocket;
    return [socket.readyState > 1, String(second)];
  }),
);
checkAlone("a frame with srcdoc", () =>
  inFrame((frame) => {
    frame.setAttribute("srcdoc", "<p>srcdoc</p>");
  }, look).catch((error) => error),
);
checkAlone("a frame in a sandbox", async () => {
  const answer = next(window, "message");
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "/frame.html?report";
  document.body.append(frame);
  const { data, origin } = await answer;
  frame.remove();
  return [data, origin];
});
checkAlone("a frame of another host", async () => {
  const answer = next(window, "message");
  const frame = document.createElement("iframe");
  frame.src = `http://127.0.0.1:${location.port}/frame.html?report`;
  document.body.append(frame);
  const { data } = await Promise.race([
    answer,
    // Under the strict policy there is no such frame.
    next(document, "securitypolicyviolation").then(() => ({ data: "refused" })),
  ]);
  frame.remove();
  return data;
});

checkAlone("a worker", async () => {
  const worker = new Worker("/worker.js");
  const { data } = await next(worker, "message");
  worker.terminate();
  return data;
});
checkAlone("a module worker", async () => {
  const worker = new Worker("/worker.js", { type: "module" });
  const { data } = await next(worker, "message");
  worker.terminate();
  return data;
});
checkAlone("a shared worker", async () => {
  const { port } = new SharedWorker("/worker.js");
  port.start();
  const { data } = await next(port, "message");
  return data;
});
