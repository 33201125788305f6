/** Sockets that the page made before its document was read: what became of them. */
import { checkAlone, told } from "./harness.js";

checkAlone("inline scripts and scripts in the head ran as ever", () => window.early.notes);
checkAlone("sockets that were made before DOMContentLoaded", async () => {
  const results = [];
  for (const [name, socket] of Object.entries(window.early.sockets)) {
    if (socket.readyState === 0)
      await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    const answer = new Promise((resolve) =>
      socket.addEventListener("message", ({ data }) => data === name && resolve(data)),
    );
    socket.send(name);
    results.push([name, await answer, socket.protocol, socket instanceof WebSocket]);
    const over = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close();
    results.push(told(await over));
  }
  return results;
});
checkAlone("WebSocket is the one that the first script saw", () => [
  window.early.WebSocket === WebSocket,
  window.early.send === WebSocket.prototype.send,
]);
