/** Whether sockets that nobody needs any more go away. Only where the browser lets a page collect garbage. */
import { aWhile, checkAlone, checkEachAlone, closed, echoOf, make, next, open } from "./harness.js";

/** Whether what a WeakRef held is gone, after several collections, which take long. */
async function isCollected(ref, tries = 10) {
  if (typeof gc !== "function") return "can't be told";
  for (let n = 0; n < tries; n++) {
    await aWhile(5);
    gc();
    if (ref.deref() === undefined) return true;
  }
  return false;
}

checkEachAlone("a closed socket is collected", async (kind) => {
  const ref = await (async () => {
    const socket = await open(kind);
    socket.addEventListener("message", () => undefined);
    await closed(socket);
    return new WeakRef(socket);
  })();
  return isCollected(ref);
});
checkEachAlone("a socket that was refused is collected", async (kind) => {
  const ref = await (async () => {
    const socket = make(kind, "refuse", "?collected");
    await next(socket, "close");
    return new WeakRef(socket);
  })();
  return isCollected(ref);
});
checkEachAlone("what a closed socket's listeners hold is collected", async (kind) => {
  const ref = await (async () => {
    const held = { large: new Array(1000) };
    const socket = await open(kind);
    socket.onmessage = () => held;
    socket.own = held;
    await closed(socket);
    return new WeakRef(held);
  })();
  return isCollected(ref);
});
checkEachAlone("an open socket that somebody listens to stays", async (kind) => {
  const heard = [];
  const ref = await (async () => {
    const socket = await open(kind);
    socket.onmessage = ({ data }) => heard.push(data);
    return new WeakRef(socket);
  })();
  const collected = await isCollected(ref, 2);
  const socket = ref.deref();
  if (socket) {
    await echoOf(socket, "still there");
    await closed(socket);
  }
  return [collected, heard];
});
checkAlone("data of messages is collected", async () => {
  const socket = await open({ path: "rpc", protocols: "cbor" });
  socket.binaryType = "arraybuffer";
  const ref = await new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(new WeakRef(data));
    socket.send(new ArrayBuffer(1_000));
  });
  socket.onmessage = null;
  const collected = await isCollected(ref);
  await closed(socket);
  return collected;
});
