/**
 * Starts a view in the page that this runs in: gives it its worker and its host, takes it away with
 * the page, and says so in plain words when it can't be started.
 */
import { connectToWorker } from "../messages/browser-port.ts";
import { createViewClient, type ViewClient } from "../messages/view-client.ts";
import type { ViewHost } from "../ui/host.ts";

/** Shows a view in `root`; returns the way to take it away again. */
export type Mount = (
  root: HTMLElement,
  parts: { client: ViewClient; host: ViewHost },
) => () => void;

export interface StartOptions {
  /** The place that the view stands in; may have to ask the browser for its tab first. */
  host: () => ViewHost | Promise<ViewHost>;
  /** Loads the view's code. */
  view: () => Promise<Mount>;
  /** The requests of its tab's page are recorded from the beginning. */
  record?: boolean;
  /** What a person can do when it doesn't start. */
  advice: string;
}

/** Starts the view in the page's element `#root`. */
export function startView(options: StartOptions): void {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page has no element with the id root.");
  start(root, options).catch((error: unknown) => {
    console.error(error);
    showFailure(root, error, options.advice);
  });
}

async function start(root: HTMLElement, options: StartOptions): Promise<void> {
  const host = await options.host();
  // The port first: the worker makes its snapshot while the view's code is being loaded.
  const { tabId } = host;
  const client = createViewClient({ connect: connectToWorker, tabId, record: options.record });
  const mount = await options.view();
  root.replaceChildren();
  const unmount = mount(root, { client, host });
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
function showFailure(root: HTMLElement, error: unknown, advice: string) {
  const message = document.createElement("main");
  message.className = "starting";
  message.setAttribute("role", "alert");
  const why = error instanceof Error ? error.message : String(error);
  for (const text of ["Switchyard could not start.", why, advice]) {
    const line = document.createElement("p");
    line.textContent = text;
    message.append(line);
  }
  root.replaceChildren(message);
}
