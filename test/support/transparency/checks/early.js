/** The first script of the page that a strict policy allows: makes a socket at once. */
window.early ??= { notes: [], sockets: {} };
early.WebSocket = WebSocket;
early.send = WebSocket.prototype.send;
early.notes.push(`${document.readyState} ${String(WebSocket)} ${document.scripts.length}`);
early.sockets["from the head"] = new WebSocket(`ws://${location.host}/echo/rpc`, "cbor");
early.sockets["from the head, plain"] = new WebSocket(`ws://${location.host}/echo/plain`);
document.addEventListener("readystatechange", () => early.notes.push(document.readyState));
document.addEventListener("DOMContentLoaded", () => early.notes.push("DOMContentLoaded"));
