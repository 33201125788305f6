/**
 * The panel's page: gives the view its worker and its host, in DevTools and in a tab of its own.
 */
import { connectToWorker } from "../messages/browser-port.ts";
import { createViewClient } from "../messages/view-client.ts";
import { createViewHost } from "./view-host.ts";

async function start(root: HTMLElement): Promise<void> {
  const host = createViewHost();
  // The port first: the worker makes its snapshot while the view's code is being loaded.
  const client = createViewClient({ connect: connectToWorker, tabId: host.tabId });
  const { mountPanel } = await import("../ui/panel/panel.tsx");
  root.replaceChildren();
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
start(root).catch((error: unknown) => {
  console.error(error);
  showFailure(root, error);
});
