/**
 * The content script that stands between page and worker: declared before the hook, so that it hears
 * the hook's one event, and in a world of its own, so that the page hears nothing of it.
 */
import { HANDSHAKE, LISTEN, PAGE_PORT, RELAY_DOWN } from "../messages/page-messages.ts";
import { Bridge } from "./bridge.ts";
import { loadSigns, watchLoadSigns } from "./load-signs.ts";
import { runtime } from "./runtime.ts";
import { enterBridge } from "./world.ts";

/** Firefox: objects of this world can't be read in the page's, copies can. Chrome copies by itself. */
declare const cloneInto: (<T>(value: T, target: Window) => T) | undefined;

const bridge = new Bridge({
  connect() {
    const port = runtime.connect({ name: PAGE_PORT });
    return {
      postMessage: (message) => port.postMessage(message),
      onMessage: (listener) => port.onMessage.addListener((message) => listener(message)),
      onDisconnect: (listener) =>
        port.onDisconnect.addListener(() => {
          // Chrome reports a reason that nobody read as an error of the extension.
          void runtime.lastError;
          listener();
        }),
      disconnect: () => port.disconnect(),
    };
  },
  deliver: (hook, message) => {
    const data = typeof cloneInto === "function" ? cloneInto(message, window) : message;
    hook.dispatchEvent(new MessageEvent(RELAY_DOWN, { data }));
  },
  loadSigns,
  watchLoadSigns,
});

if (enterBridge(bridge)) {
  document.addEventListener(HANDSHAKE, (event) => {
    const port = (event as MessageEvent).ports[0];
    if (!port || !bridge.take(port)) return;
    // Accepting it is what tells the hook that it isn't alone.
    event.preventDefault();
    addEventListener("pagehide", ({ persisted }) => {
      if (persisted) bridge.freeze();
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) bridge.thaw();
    });
  });
  runtime.onMessage.addListener((message: unknown) => {
    if (typeof message !== "object" || message === null || !("type" in message)) return;
    if (message.type === LISTEN.type) bridge.listen();
  });
}
