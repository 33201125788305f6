/**
 * The view Query in the panel of a real Chromium: how much longer a statement takes in eight sessions at
 * once than in the slowest of them alone, how soon the first rows of a large result are on screen, whether
 * it scrolls at 60 frames a second, and what the panel's thread works while 100 MB arrive.
 *
 * Where the server itself takes longer for eight than for one, a line says by how much: eight requests at
 * once on one socket, without the extension.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import { expressionOf, type Page } from "../../demo/browser/page.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { PANEL_PAGE } from "../../src/messages/pages.ts";
import { RpcSocket } from "../../src/wire/rpc-socket.ts";
import { encodeValue } from "../../src/wire/values.ts";
import { CROWD_PLACE } from "./crowd.ts";
import { attachTo, attachToBrowser, type DebuggedTarget } from "./debugged-target.ts";
import { frameWork } from "./frame-work.ts";
import { interleaved, median, ratioOf, report, reportLimit } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

const SESSIONS = 8;
const RUNS = 5;
/** Milliseconds from the last byte's arrival at the panel to the rows that are painted. */
const FIRST_ROWS = 300;
/** Rows that fill more than a screen. */
const SCREEN = 50;
/** Milliseconds between two frames, and milliseconds of processor time for one. */
const LONGEST = 32;
/** Milliseconds of processor time that nobody notices. */
const UNNOTICED = 50;
const FRAMES = 240;
const BUILT = fileURLToPath(new URL("../../dist/chrome", import.meta.url));
const RESULT = 'section[aria-label="Result"]';
const ROOT = { way: "root", username: "root", password: "root" } as const;

const STATEMENTS = {
  "a few ms": "SELECT * FROM note LIMIT 10",
  "100 ms": "RETURN [sleep(100ms), (SELECT * FROM note LIMIT 10)]",
  "10,000 rows": "SELECT * FROM note LIMIT 10000",
} as const;
const ROWS = "SELECT * FROM note";
const HUNDRED_MEGABYTES = "RETURN array::range(0, 10000).map(|$n| string::repeat('x', 10000))";
const SEED = `FOR $n IN 0..100000 { CREATE type::record('note', $n) SET
  text = 'Note number ' + <string>$n, owner = type::record('user', $n % 7), n = $n,
  tags = ['a', 'b'], at = d'2026-01-02T03:04:05Z' }`;

/** What `watchArrival` puts into the panel's page, as `globalThis.arrival`. */
interface Arrival {
  /** When the last message with bytes of an answer came. */
  lastAt: number;
}
declare const arrival: Arrival;
interface Port {
  onMessage: { addListener(listener: (message: { type?: string; id?: number }) => void): void };
}
declare const chrome: { runtime: { connect(info: { name: string }): Port } };

/**
 * Prints one line per promise.
 * @param extensionDir the built extension, where it isn't in its usual place
 * @returns whether all are met.
 */
export async function benchQuery(extensionDir = BUILT): Promise<boolean> {
  const server = await startServerProcess(1);
  let browser: ExtensionBrowser | undefined;
  try {
    const wire = await openWire(server.url);
    browser = await launchChromium({ extensionDir, args: ["--remote-debugging-port=0"] });
    const { page, keys } = await openPanel(browser, server.url);
    await page.bringToFront();
    const whole = await attachToBrowser(browser.profileDir);
    try {
      const met: boolean[] = [];
      for (const [name, text] of Object.entries(STATEMENTS)) {
        met.push(await measureCompare(page, keys, wire, name, text));
      }
      await choose(page, keys.slice(0, 1));
      await page.fill("label=Statement", ROWS);
      for (const format of ["Tree", "Table"] as const) {
        met.push(await measureFirstRows(page, format));
        met.push(await measureScrolls(whole, page, `100,000 rows, ${format.toLowerCase()}`));
      }
      met.push(await measureArrival(whole, page));
      await choose(page, keys);
      await page.fill("label=Statement", "SELECT * FROM note LIMIT 20000");
      await page.evaluate(run, SESSIONS);
      await page.see(".sy-cmp-lines [role=row]");
      met.push(await measureScrolls(whole, page, "20,000 rows in 8 sessions"));
      return met.every(Boolean);
    } finally {
      whole.close();
      wire.close();
    }
  } finally {
    await browser?.close();
    await server.close();
  }
}

/** The server without the extension, and the rows that are asked for. */
async function openWire(url: string): Promise<RpcSocket> {
  const nothing = () => undefined;
  const wire = await RpcSocket.open({
    url,
    createWebSocket: (address, protocols) => new WebSocket(address, protocols) as never,
    onNotification: nothing,
    onClose: nothing,
    onStrayFrame: nothing,
  });
  await wire.request({ method: "signin", params: [{ user: "root", pass: "root" }] });
  await wire.request({ method: "use", params: [CROWD_PLACE.namespace, CROWD_PLACE.database] });
  await wire.request({ method: "query", params: [SEED] });
  return wire;
}

/** The panel in a tab, where a script can run before its own. */
async function openPanel(browser: ExtensionBrowser, url: string) {
  const page = await browser.openExtensionPage("manifest.json?panel");
  const tab = await attachTo(browser.profileDir, (target) =>
    target.url.endsWith("manifest.json?panel"),
  );
  await tab.send("Page.enable");
  const source = expressionOf(watchArrival, []);
  await tab.send("Page.addScriptToEvaluateOnNewDocument", { source });
  const maker = await browser.openExtensionPage(PANEL_PAGE.slice(1));
  const link = new WorkerLink(maker);
  await link.open();
  const { id: connectionId } = await link.call("connection.add", { url });
  const keys: string[] = [];
  for (let n = 1; n <= SESSIONS; n++) {
    const wanted = { connectionId, label: `Admin ${n}`, signIn: ROOT, ...CROWD_PLACE };
    keys.push((await link.call("session.new", wanted)).key);
  }
  await page.goto(browser.extensionOrigin + PANEL_PAGE);
  await page.click('role=tab[name="Query"]');
  return { page, keys };
}

/** Runs in the panel, before anything of its own. */
function watchArrival(): void {
  const { runtime } = chrome;
  const connect = runtime.connect.bind(runtime);
  const watched: Arrival = { lastAt: 0 };
  runtime.connect = (info) => {
    const port = connect(info);
    port.onMessage.addListener(({ type }) => {
      if (type === "answer" || type === "part") watched.lastAt = performance.now();
    });
    return port;
  };
  Object.assign(globalThis, { arrival: watched });
}

async function measureCompare(
  page: Page,
  keys: readonly string[],
  wire: RpcSocket,
  name: string,
  text: string,
): Promise<boolean> {
  await choose(page, keys);
  await page.fill("label=Statement", text);
  const asked = encodeValue([text]);
  const ask = () => wire.requestBytes({ method: "query", params: asked });
  const times = await interleaved(
    {
      eight: async () => {
        await choose(page, keys);
        return page.evaluate(run, SESSIONS);
      },
      "slowest alone": async () => {
        const alone: number[] = [];
        for (const key of keys) {
          await choose(page, [key]);
          alone.push(await page.evaluate(run, 1));
        }
        return Math.max(...alone);
      },
      "eight of the server": async () => {
        await Promise.all(Array.from({ length: SESSIONS }, ask));
      },
      "one of the server": async () => {
        await ask();
      },
    },
    RUNS,
  );
  const { eight, "slowest alone": alone } = times.medians;
  const own = ratioOf(times, "eight of the server", "one of the server").ratio.toFixed(1);
  const detail = `${eight.toFixed(0)} ms, ${alone.toFixed(0)} ms; the server alone ${own}`;
  const ratio = ratioOf(times, "eight", "slowest alone");
  return report(`Compare in 8, ${name}`, ratio, { atMost: 2 }, detail);
}

/** Chooses whom the view Query runs as. */
async function choose(page: Page, wanted: readonly string[]): Promise<void> {
  const chosen = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[data-run-as]")].map(
      (chip) => chip.dataset.runAs ?? "",
    ),
  );
  const more = wanted.filter((key) => !chosen.includes(key));
  if (more.length > 0) {
    await page.click("label*=Sessions to run as");
    for (const key of more) await page.click(`[role=menu] [data-item="${key}"]`);
    await page.press("Escape");
  }
  for (const key of chosen) {
    if (!wanted.includes(key)) await page.click(`[data-run-as="${key}"] .sy-run-as-off`);
  }
}

/**
 * Runs in the panel: presses Run.
 * @param columns how many sessions are chosen
 * @returns milliseconds until the frame with all their answers is handed on
 * @throws Error where it doesn't come
 */
async function run(columns: number): Promise<number> {
  const result = 'section[aria-label="Result"]';
  const buttons = [...document.querySelectorAll("button")];
  const button = buttons.find((each) => each.textContent?.startsWith("Run "));
  const former = document.querySelector(result);
  former?.setAttribute("data-former", "");
  for (const each of document.querySelectorAll("[data-column]")) {
    each.removeAttribute("data-progress");
  }
  const answered = () =>
    columns === 1
      ? document.querySelector(`${result}:not([data-former])`) !== null
      : document.querySelectorAll("[data-column][data-progress=answered]").length === columns;
  // Begins with a frame, so that the time until the next one is never left out.
  await new Promise(requestAnimationFrame);
  const begun = performance.now();
  button?.click();
  do await new Promise(requestAnimationFrame);
  while (!answered() && performance.now() - begun < 60_000);
  if (!answered()) throw new Error("No answer is shown.");
  const { port1, port2 } = new MessageChannel();
  // What is posted in a frame's callback arrives after that frame was made.
  const painted = new Promise((resolve) => {
    port1.onmessage = resolve;
  });
  port2.postMessage(undefined);
  await painted;
  return performance.now() - begun;
}

async function measureFirstRows(page: Page, format: "Tree" | "Table"): Promise<boolean> {
  const times: number[] = [];
  for (let n = -1; n < RUNS; n++) {
    await page.evaluate(run, 1);
    if (n === -1) await page.click(`${RESULT} >> role=button[name="${format}"]`);
    const time = await page.evaluate(
      (result, wanted) => {
        const rows = document.querySelectorAll(`${result} :is([role=treeitem], [role=row])`);
        // A screen holds fewer: what is in sight and a little beyond is there.
        if (rows.length < Math.min(wanted, 30)) throw new Error(`${rows.length} rows are there.`);
        return performance.now() - arrival.lastAt;
      },
      RESULT,
      SCREEN,
    );
    if (n >= 0) times.push(time);
  }
  const name = `100,000 rows, ${format.toLowerCase()}: first screen`;
  return reportLimit(name, times, FIRST_ROWS, "ms", "from the arrival of the last byte");
}

async function measureScrolls(browser: DebuggedTarget, page: Page, what: string): Promise<boolean> {
  const met: boolean[] = [];
  for (const [name, pixels] of [
    ["a wheel", 120],
    ["a flick", 1_000],
    ["its whole length in 4 s", undefined],
  ] as const) {
    const longest: number[] = [];
    const busiest: number[] = [];
    const usual: number[] = [];
    for (let n = -1; n < RUNS; n++) {
      const from = pixels === undefined ? 0 : Math.max(0, n) / RUNS;
      const wanted = { from, pixels, frames: FRAMES };
      const { result, frames } = await frameWork(browser, () => page.evaluate(scroll, wanted));
      if (n < 0) continue;
      longest.push(Math.max(...result));
      busiest.push(Math.max(...frames));
      usual.push(median(frames));
    }
    const each = `${median(usual).toFixed(1)} ms in most frames`;
    met.push(
      reportLimit(`${what}, ${name}: longest frame`, longest, LONGEST, "ms"),
      reportLimit("… the panel's own work in the busiest", busiest, LONGEST, "ms", each),
    );
  }
  return met.every(Boolean);
}

/**
 * Runs in the panel: scrolls whatever is highest.
 * @returns milliseconds between frames
 * @throws Error where nothing stands in sight at the end
 */
async function scroll(wanted: {
  from: number;
  pixels: number | undefined;
  frames: number;
}): Promise<number[]> {
  const all = [
    ...document.querySelectorAll<HTMLElement>("[role=tree], [role=grid], [role=grid] *"),
  ];
  const list = all.reduce((high, each) =>
    each.scrollHeight - each.clientHeight > high.scrollHeight - high.clientHeight &&
    /auto|scroll/.test(getComputedStyle(each).overflowY)
      ? each
      : high,
  );
  const whole = list.scrollHeight - list.clientHeight;
  const step = wanted.pixels ?? whole / wanted.frames;
  const frame = () => new Promise<number>(requestAnimationFrame);
  let top = wanted.from * whole;
  list.scrollTop = top;
  // Until the rows are there and at rest.
  for (let n = 0; n < 30; n++) await frame();
  const times = [await frame()];
  for (let n = 0; n < wanted.frames; n++) {
    top += step;
    list.scrollTop = top;
    times.push(await frame());
  }
  await frame();
  const { left, top: edge, height } = list.getBoundingClientRect();
  const row = document.elementFromPoint(left + 20, edge + height / 2);
  if (!row?.closest("[role=treeitem], [role=row]")) throw new Error("Nothing is in sight.");
  return times.slice(1).map((time, index) => time - (times[index] as number));
}

/** What the panel's thread works while a large result arrives, is walked over and shown. */
async function measureArrival(browser: DebuggedTarget, page: Page): Promise<boolean> {
  await page.fill("label=Statement", HUNDRED_MEGABYTES);
  const busiest: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { frames } = await frameWork(browser, () => page.evaluate(run, 1));
    busiest.push(Math.max(...frames));
  }
  return reportLimit("100 MB arrive: the panel's busiest frame", busiest, UNNOTICED, "ms");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = (await benchQuery(process.argv[2])) ? 0 : 1;
}
