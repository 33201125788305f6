/**
 * The hook in real pages: it is there before the page's first script in every frame, it says nothing
 * to nobody, and nothing that a page does to its own world comes between the page and its sockets.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { serveStatic } from "../../demo/server/static-server.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";

/** Whether the hook watches the SurrealDB sockets of a window; its own sockets show it. */
const PROBE = `window.watched = (of = window) => {
  const socket = new of.WebSocket("ws://127.0.0.1:9/rpc", ["cbor"]);
  const watched = Object.hasOwn(socket, "send");
  socket.close();
  return watched;
};
window.atFirst = watched();`;

const FRAMES = `
const own = "<script>parent.postMessage([name, Object.hasOwn(new WebSocket('ws://127.0.0.1:9/rpc', 'cbor'), 'send')], '*')</" + "script>";
const blob = URL.createObjectURL(new Blob([own], { type: "text/html" }));
window.frames_ = {
  inner: { src: "/inner" },
  srcdoc: { srcdoc: own },
  blob: { src: blob },
  data: { src: "data:text/html," + encodeURIComponent(own) },
  sandboxed: { srcdoc: own, sandbox: "allow-scripts" },
};
window.told = {};
addEventListener("message", ({ data: [name, watched] }) => { told[name] = watched; });
for (const [name, attributes] of Object.entries(frames_)) {
  document.body.append(Object.assign(document.createElement("iframe"), { name, ...attributes }));
}
const blank = document.body.appendChild(document.createElement("iframe"));
told.blank = watched(blank.contentWindow);
blank.contentDocument.open();
blank.contentDocument.write("<p>written</p>");
blank.contentDocument.close();
told.written = watched(blank.contentWindow);`;

const POLICY = {
  "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src *",
};
const html = (body: string, headers = {}) => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><script src="/probe.js"></script><body>${body}`,
  headers,
});

let pages: Awaited<ReturnType<typeof serveStatic>>;
let echo: WebSocketServer;
let rpc: string;
beforeAll(async () => {
  pages = await serveStatic(0, ({ pathname }) => {
    if (pathname === "/probe.js") return { type: "text/javascript", body: PROBE };
    if (pathname === "/inner") {
      return html("<script>parent.postMessage([name, window.atFirst], '*')</script>");
    }
    return pathname === "/strict" ? html("", POLICY) : html("");
  });
  echo = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "cbor" });
  echo.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await new Promise((resolve) => echo.once("listening", resolve));
  rpc = `ws://127.0.0.1:${(echo.address() as { port: number }).port}/rpc`;
});
afterAll(async () => {
  for (const socket of echo.clients) socket.terminate();
  echo.close();
  await pages.close();
});

describeInBrowsers("hook", ({ launch }) => {
  let browser: ExtensionBrowser;
  beforeAll(async () => {
    browser = await launch();
  });
  const open = (path: string): Promise<Page> =>
    browser.openPage(`http://127.0.0.1:${pages.port}${path}`);

  test("is there before the first script of a page with a strict policy", async () => {
    const page = await open("/strict");
    expect(await page.evaluate("window.atFirst")).toBe(true);
  });

  test("is there in frames of every sort", async () => {
    const page = await open("/frames");
    await page.evaluate(`(() => { ${FRAMES} })()`);
    await page.waitFor("Object.keys(told).length === 7");
    expect(await page.evaluate("told")).toEqual({
      inner: true,
      srcdoc: true,
      blob: true,
      data: true,
      sandboxed: true,
      blank: true,
      written: true,
    });
  });

  test("opens no port while no view is open, whatever the page sends", async () => {
    // Hears of every port that a content script opens, as the worker does.
    const listener = await browser.openExtensionPage("manifest.json");
    await listener.evaluate(`void (() => {
      const { runtime } = globalThis.browser ?? chrome;
      window.ports = 0;
      runtime.onConnect.addListener(() => { window.ports++; });
    })()`);
    const page = await open("/quiet");
    await page.evaluate(sendAndHear, rpc, 200);
    expect(await listener.evaluate("window.ports")).toBe(0);
  });

  test("leaves a page its sockets that has broken the world around them", async () => {
    const page = await open("/broken");
    await page.evaluate(
      `(${breakEverything})((${sendAndHear}), ${JSON.stringify(rpc)}, (heard) => { document.title = heard; })`,
    );
    await page.waitFor("document.title === '20'");
    expect(await browser.errors()).toEqual([]);
  });
});

/** Sends so many frames, each when the one before has come back; how many came. In the page. */
function sendAndHear(url: string, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    // What a handler throws, a person would find in the console.
    addEventListener("error", ({ message }) => reject(new Error(message)));
    const socket = new WebSocket(url, ["cbor"]);
    socket.binaryType = "arraybuffer";
    let heard = 0;
    socket.onopen = () => {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array([0xa0]));
    };
    socket.onmessage = () => {
      heard++;
      if (heard < count) socket.send(new Uint8Array([0xa0, heard]));
      else resolve(heard);
    };
    socket.onclose = () => reject(new Error("Closed"));
  });
}

/**
 * Replaces what code relies on by functions that throw, uses a socket, and puts all back. In the page.
 */
function breakEverything(
  use: (url: string, count: number) => Promise<number>,
  url: string,
  done: (heard: string) => void,
): void {
  const fail = () => {
    throw new Error("Broken by the page");
  };
  const broken: [object, string, PropertyDescriptor][] = [];
  const owners = [Map, Set, WeakMap, Uint8Array, TextDecoder, DataView, String, Array];
  for (const owner of [...owners.map(({ prototype }) => prototype), JSON, Reflect, Number]) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (typeof descriptor.value === "function" && name !== "constructor") {
        broken.push([owner, name, descriptor]);
      }
    }
  }
  for (const [owner, name, descriptor] of broken) {
    Object.defineProperty(owner, name, { ...descriptor, value: fail });
  }
  const mend = (heard: unknown) => {
    for (let i = 0; i < broken.length; i++) {
      // biome-ignore lint/style/noNonNullAssertion: iterators are broken, too
      const one = broken[i]!;
      Object.defineProperty(one[0], one[1], one[2]);
    }
    done(String(heard));
  };
  use(url, 20).then(mend, mend);
}
