/**
 * The panel's page: gives the view its worker and its host, in DevTools and in a tab of its own.
 */
import { connectToWorker } from "../messages/browser-port.ts";
import { createViewClient } from "../messages/view-client.ts";
import { mountPanel } from "../ui/panel/panel.tsx";
import { createViewHost } from "./view-host.ts";

function start(root: HTMLElement) {
  const host = createViewHost();
  const client = createViewClient({ connect: connectToWorker, tabId: host.tabId });
  const unmount = mountPanel(root, { client, host });
  // A page kept for "back" would hold its port, and with it the worker; it begins anew when it is
  // shown again.
  addEventListener("pagehide", () => {
    unmount();
    client.close();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

/** Takes the place of the view: the words stay readable when none of the view's own code works. */
function showFailure(root: HTMLElement, error: unknown) {
  const message = document.createElement("main");
  message.className = "starting";
  message.setAttribute("role", "alert");
  for (const text of [
    "Switchyard could not start.",
    error instanceof Error ? error.message : String(error),
    "Close DevTools and open it again.",
  ]) {
    const line = document.createElement("p");
    line.textContent = text;
    message.append(line);
  }
  root.replaceChildren(message);
}

const root = document.getElementById("root");
if (!root) throw new Error("panel.html has no element with the id root.");
try {
  root.replaceChildren();
  start(root);
} catch (error) {
  console.error(error);
  showFailure(root, error);
}
