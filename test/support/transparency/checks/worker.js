/** Tells what a worker sees of its own WebSocket, as lines. */
async function report() {
  const seen = [
    String(WebSocket),
    JSON.stringify(Object.getOwnPropertyDescriptor(self, "WebSocket")),
    Reflect.ownKeys(WebSocket).map(String).join(),
    String(WebSocket.prototype.constructor === WebSocket),
  ];
  const socket = new WebSocket(`ws://${location.host}/echo/rpc`, "cbor");
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const answer = new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
  });
  socket.send("from a worker");
  seen.push(await answer, String(Reflect.ownKeys(socket).length), socket.protocol);
  socket.close();
  return seen;
}

if ("onconnect" in self)
  self.onconnect = async ({ ports: [port] }) => port.postMessage(await report());
else report().then((seen) => self.postMessage(seen));
