/** In a frame: when its address asks for it, it tells its parent what it sees of its WebSocket. */
async function report() {
  const socket = new WebSocket(`ws://${location.host}/echo/rpc`, "cbor");
  const answer = new Promise((resolve) => {
    socket.onopen = () => socket.send("from a frame");
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => resolve(`closed with ${code}`);
  });
  const seen = [
    String(WebSocket),
    String(socket instanceof WebSocket),
    Object.keys(socket).length,
    self.origin === "null",
    await answer,
    socket.protocol,
  ];
  socket.close();
  parent.postMessage(seen, "*");
}

if (location.search === "?report") report();
