/**
 * The panel with a thousand sessions, in a real Chromium: how soon its rows are on screen, how soon a
 * change is, and how much memory it takes. These are no ratios of two programs: each is the share of
 * what is allowed, so that below 1 is met.
 *
 * On screen means: the frame that shows it has been handed to the compositor. Times are taken in the
 * page itself, by a script that runs before its own.
 */
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import { expressionOf, type Page } from "../../demo/browser/page.ts";
import { type CommandName, PROTOCOL, VIEW_PORT } from "../../src/messages/commands.ts";
import { PANEL_PAGE } from "../../src/messages/pages.ts";
import { signInOf } from "./crowd.ts";
import { attachTo, heapOf } from "./debugged-target.ts";
import { type Ratio, ratioOf, report } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

const SESSIONS = 1_000;
const RUNS = 11;
/** Milliseconds. */
const FIRST_PAINT = 200;
const CHANGE = 50;

/** What `instrument` puts into the browser's pages, as `globalThis.bench`. */
interface Bench {
  /** Milliseconds since the navigation began. */
  snapshotAt?: number;
  paintedAt?: number;
  call(command: CommandName, params: unknown): Promise<unknown>;
  /** Milliseconds from sending the command until `text` is on screen. */
  change(command: CommandName, params: unknown, text: string): Promise<number>;
}
declare const bench: Bench;

/** Of the worker's messages, what is looked at here. */
interface PortMessage {
  id?: number;
  result?: unknown;
  error?: { message: string };
  event?: { event: string };
}
interface Port {
  postMessage(message: unknown): void;
  onMessage: { addListener(listener: (message: PortMessage) => void): void };
}
/** The extension's own API, as far as it is used in its pages. */
declare const chrome: { runtime: { connect(info: { name: string }): Port } };

/** Prints one line for each measure. @returns whether all that is wanted is met. */
export async function benchPanel(): Promise<boolean> {
  const server = await startServerProcess(SESSIONS);
  let browser: ExtensionBrowser | undefined;
  try {
    browser = await launchChromium({
      extensionDir: fileURLToPath(new URL("../../dist/chrome", import.meta.url)),
      args: ["--remote-debugging-port=0"],
    });
    await makeSessions(browser, server.url);
    return await measure(browser);
  } finally {
    await browser?.close();
    await server.close();
  }
}

/** Through the worker's own commands, from a view that is closed afterwards. */
async function makeSessions(browser: ExtensionBrowser, url: string): Promise<void> {
  const page = await browser.openExtensionPage("manifest.json?maker");
  await page.evaluate(instrument, VIEW_PORT, PROTOCOL);
  const { id: connectionId } = await page.evaluate(
    (url) => bench.call("connection.add", { url }) as Promise<{ id: string }>,
    url,
  );
  for (let first = 0; first < SESSIONS; first += 50) {
    const wanted = Array.from({ length: 50 }, (_, n) => ({
      connectionId,
      label: `Person ${first + n}`,
      signIn: signInOf(first + n),
    }));
    await page.evaluate(async (all) => {
      const make = async (one: unknown) => {
        const { key } = (await bench.call("session.new", one)) as { key: string };
        for (const [name, expression] of Object.entries({
          tenant: "'acme'",
          locale: "'en-GB'",
          limits: "{ rows: 100, seconds: 5 }",
        })) {
          await bench.call("session.set", { key, name, expression });
        }
      };
      await Promise.all(all.map(make));
    }, wanted);
  }
  await page.close();
}

async function measure(browser: ExtensionBrowser): Promise<boolean> {
  const page = await browser.openExtensionPage("manifest.json?panel");
  const tab = await attachTo(browser.profileDir, ({ url }) => url.endsWith("manifest.json?panel"));
  const worker = await attachTo(browser.profileDir, ({ type }) => type === "service_worker");
  try {
    await tab.send("Page.enable");
    const source = expressionOf(instrument, [VIEW_PORT, PROTOCOL]);
    await tab.send("Page.addScriptToEvaluateOnNewDocument", { source });
    await page.bringToFront();

    const met = [await measureFirstPaint(page, browser.extensionOrigin + PANEL_PAGE)];
    const key = await page.evaluate(() => {
      const row = document.querySelector<HTMLElement>("[data-session]");
      return row?.dataset.session ?? "";
    });
    met.push(
      await measureChange(page, "Panel: a new label on screen", (label) => {
        return ["session.edit", { key, label }];
      }),
      await measureChange(page, "Panel: a variable set on screen", (text) => {
        return ["session.set", { key, name: "tenant", expression: `'${text}'` }];
      }),
    );
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    const [panelHeap, workerHeap] = [await heapOf(tab), await heapOf(worker)];
    console.log(
      `Heap with ${SESSIONS} sessions: panel ${megabytes(panelHeap)}, worker ${megabytes(workerHeap)}`,
    );
    return met.every(Boolean);
  } finally {
    tab.close();
    worker.close();
  }
}

async function measureFirstPaint(page: Page, url: string): Promise<boolean> {
  const paints: { snapshotAt: number; paintedAt: number }[] = [];
  // The first navigation warms up, as in every other measure.
  for (let run = -1; run < RUNS; run++) {
    await page.goto(url);
    const marks = await page.waitFor(() => {
      const { snapshotAt, paintedAt } = bench;
      return snapshotAt === undefined || paintedAt === undefined
        ? undefined
        : { snapshotAt, paintedAt };
    });
    if (run >= 0) paints.push(marks);
  }
  await assertAllAreThere(page);
  const fromNavigation = shareOf(
    paints.map(({ paintedAt }) => paintedAt),
    FIRST_PAINT,
  );
  const fromSnapshot = shareOf(
    paints.map(({ snapshotAt, paintedAt }) => paintedAt - snapshotAt),
    FIRST_PAINT,
  );
  const name = "Panel: first rows";
  const met = [
    reportShare(`${name}, from the snapshot`, fromSnapshot, FIRST_PAINT),
    reportShare(`${name}, from navigation`, fromNavigation, FIRST_PAINT),
  ];
  return met.every(Boolean);
}

/** The list is virtual: its first group tells how many there are. */
async function assertAllAreThere(page: Page): Promise<void> {
  const counts = await page.texts(".sy-group-count");
  if (counts[0] !== String(SESSIONS)) throw new Error(`The panel shows ${counts} sessions.`);
}

async function measureChange(
  page: Page,
  name: string,
  commandFor: (text: string) => [CommandName, unknown],
): Promise<boolean> {
  const times: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const text = `Changed ${run + 1} of ${RUNS}`;
    const [command, params] = commandFor(text);
    const time = await page.evaluate(
      (command, params, text) => bench.change(command, params, text),
      command,
      params,
      text,
    );
    if (run >= 0) times.push(time);
  }
  return reportShare(name, shareOf(times, CHANGE), CHANGE);
}

function shareOf(times: number[], allowed: number): Ratio {
  const runs = { measured: times, allowed: times.map(() => allowed) };
  return ratioOf({ runs, medians: { measured: 0, allowed } }, "measured", "allowed");
}

function reportShare(name: string, share: Ratio, allowed: number): boolean {
  const detail = `${(share.ratio * allowed).toFixed(0)} ms of ${allowed} ms`;
  return report(name, share, { atMost: 1 }, detail);
}

/** Runs in the page, before anything of its own: takes the times, and is a second view. */
function instrument(portName: string, protocol: number): void {
  const { runtime } = chrome;
  const connect = runtime.connect.bind(runtime);
  runtime.connect = (info) => {
    const port = connect(info);
    port.onMessage.addListener((message) => {
      if (message.event?.event === "snapshot") made.snapshotAt ??= performance.now();
    });
    return port;
  };

  const onScreen = (isThere: () => boolean) =>
    new Promise<number>((resolve) => {
      const look = () => {
        if (!isThere()) return;
        observer.disconnect();
        // What is posted in a frame's callback arrives after that frame was made.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(undefined);
        });
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true });
      look();
    });

  let lastId = 0;
  let ownPort: Port | undefined;
  const waiting = new Map<number, (message: PortMessage) => void>();
  const openPort = () => {
    const port = connect({ name: portName });
    port.onMessage.addListener((message) => waiting.get(message.id ?? 0)?.(message));
    port.postMessage({ type: "hello", protocol, viewId: crypto.randomUUID() });
    return port;
  };
  const made: Bench = {
    call: async (command, params) => {
      ownPort ??= openPort();
      const id = ++lastId;
      const answered = new Promise<PortMessage>((resolve) => waiting.set(id, resolve));
      ownPort.postMessage({ type: "call", id, command, params });
      const { result, error } = await answered;
      waiting.delete(id);
      if (error) throw new Error(`${command}: ${error.message}`);
      return result;
    },
    change: async (command, params, text) => {
      const begun = performance.now();
      const shown = onScreen(() => document.body.textContent.includes(text));
      await made.call(command, params);
      return (await shown) - begun;
    },
  };
  Object.assign(globalThis, { bench: made });
  void onScreen(() => document.querySelector("[data-session]") !== null).then((at) => {
    made.paintedAt = at;
  });
}
