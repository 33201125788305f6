/**
 * `npm start`: builds the extension, starts the embedded SurrealDB and the demo application, and opens
 * a browser with the extension loaded, its DevTools open at the application.
 *
 * With `--headless` it does the same without a display, looks at the real DevTools panel, and ends with
 * what it saw: exit code 0 only if the four sessions are there and the server itself agrees.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launchChromium } from "../browser/chromium.ts";
import type { ExtensionBrowser } from "../browser/extension-browser.ts";
import { findChromium, findFirefox } from "../browser/find.ts";
import { launchFirefox } from "../browser/firefox.ts";
import { startApp } from "../server/app-server.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../server/seed.ts";
import { startServer } from "../server/server.ts";
import { DEMO_SESSIONS, makeDemoSessions, reportSessions } from "./sessions.ts";
import { WorkerLink } from "./worker-link.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Kept while it runs, so that tokens outlive a restart of the server; emptied at the next start. */
const DATA = join(ROOT, ".demo", "data");
const PANEL = "src/shells/panel.html";

const { values: options } = parseArgs({
  options: {
    firefox: { type: "boolean", default: false },
    headless: { type: "boolean", default: false },
    screenshot: { type: "string" },
    dark: { type: "boolean", default: false },
    width: { type: "string", default: "1000" },
    height: { type: "string", default: "640" },
    port: { type: "string", default: "8000" },
    "app-port": { type: "string", default: "5173" },
  },
});

/** What has to be ended, last begun first. */
const begun: (() => Promise<void>)[] = [];
let ending: Promise<never> | undefined;

function end(code: number): Promise<never> {
  ending ??= (async () => {
    for (const stop of begun.reverse()) {
      await stop().catch((error: unknown) => console.error(String(error)));
    }
    process.exit(code);
  })();
  return ending;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void end(130));
}

try {
  await start();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  await end(1);
}

async function start(): Promise<void> {
  build();
  const { url, appUrl } = await startServers();
  const target = options.firefox ? "firefox" : "chrome";
  const extensionDir = join(ROOT, "dist", target);
  const found = options.firefox ? findFirefox() : findChromium();
  if (!found) {
    explainLoading(extensionDir);
    return end(1);
  }
  if (!options.headless && process.platform === "linux" && !hasDisplay()) {
    console.error("There is no display here. `npm start -- --headless` shows what can be shown.");
    return end(1);
  }

  const launch = options.firefox ? launchFirefox : launchChromium;
  const browser = await launch({
    extensionDir,
    headless: options.headless,
    devtools: options.headless ? "window" : "docked",
  });
  begun.push(() => browser.close());
  const setup = await browser.openExtensionPage(PANEL);
  const link = new WorkerLink(setup);
  await link.open();
  await makeDemoSessions(link, url);
  if (!(await browser.worker.isRunning())) throw new Error("The extension's worker isn't there.");

  if (options.headless) return lookAtPanel(browser, link, appUrl);
  await setup.close();
  const page = await browser.openPage(appUrl);
  await browser.openPanel(page);
  console.log(`\n${browser.version} is open with the extension, at the demo application.`);
  console.log("Open the tab Switchyard in DevTools, if it isn't in front. Ctrl-C ends everything.");
  await browser.closed;
  return end(0);
}

function build(): void {
  console.log("Building the extension …");
  const mode = options.firefox ? "firefox" : "chrome";
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const args = [vite, "build", "--mode", mode, "--logLevel", "warn"];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error("The build failed.");
}

async function startServers(): Promise<{ url: string; appUrl: string }> {
  rmSync(DATA, { recursive: true, force: true });
  mkdirSync(DATA, { recursive: true });
  const server = await startServer({ port: Number(options.port), path: DATA }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      throw new Error(`Port ${options.port} is taken. Choose another: npm start -- --port 8001`);
    },
  );
  begun.push(() => server.close());
  const app = await startApp({ port: Number(options["app-port"]), rpcUrl: server.url }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      const port = options["app-port"];
      throw new Error(`Port ${port} is taken. Choose another: npm start -- --app-port 5174`);
    },
  );
  begun.push(() => app.close());
  console.log(`
SurrealDB (embedded, for development only)  ${server.url}
Demo application                            ${app.url}
Sign-ins:`);
  const people: DemoPerson[] = Object.values(DEMO_PEOPLE);
  for (const { name, password, level, namespace, database, access } of people) {
    const whole = `${namespace}/${database}`;
    const where = { root: "root", namespace, database: whole, record: whole }[level];
    const how = access ? `access ${access}, name and password` : `${level} user and password`;
    console.log(`  ${where.padEnd(14)} ${how.padEnd(36)} ${name} / ${password}`);
  }
  return { url: server.url, appUrl: app.url };
}

/** Headless: what a person would see, as a picture and as text. */
async function lookAtPanel(
  browser: ExtensionBrowser,
  link: WorkerLink,
  appUrl: string,
): Promise<void> {
  const page = await browser.openPage(appUrl);
  const size = { width: Number(options.width), height: Number(options.height) };
  const panel = await browser.openPanel(page, { ...size, dark: options.dark });
  const expected = DEMO_SESSIONS.length;
  await panel.waitFor(`document.querySelectorAll("[data-session]").length >= ${expected}`);
  const rows = await panel.evaluate(
    `[...document.querySelectorAll("[data-session]")].map((row) => row.innerText.replace(/\\s+/g, " "))`,
  );
  console.log(`\nThe panel in ${browser.version}:`);
  for (const row of rows as string[]) console.log(`  ${row}`);
  if (options.screenshot) {
    mkdirSync(dirname(options.screenshot), { recursive: true });
    await panel.screenshot(options.screenshot);
    console.log(`Screenshot: ${options.screenshot}`);
  }
  const reports = await reportSessions(link);
  console.log("\nSession      user             ns/db            status   the server says");
  for (const { label, user, place, status, server, agrees } of reports) {
    const line = [label.padEnd(12), user.padEnd(16), place.padEnd(16), status.padEnd(8), server];
    console.log(`${line.join(" ")} ${agrees ? "✓" : "✗"}`);
  }
  const names = DEMO_SESSIONS.map(({ label }) => label);
  const all = names.every((name) => reports.some(({ label, agrees }) => label === name && agrees));
  const seen = names.every((name) => (rows as string[]).some((row) => row.includes(name)));
  if (!all || !seen) console.error("\nNot all four sessions are there as they should be.");
  return end(all && seen ? 0 : 1);
}

function hasDisplay(): boolean {
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Where no browser can be had: what to click. */
function explainLoading(extensionDir: string): void {
  const browser = options.firefox ? "Firefox" : "Chromium or Google Chrome";
  console.error(`\n${browser} was not found. The extension is built; load it yourself:\n`);
  console.error(
    options.firefox
      ? `  1. Open about:debugging#/runtime/this-firefox\n  2. Load Temporary Add-on…\n  3. Choose ${join(extensionDir, "manifest.json")}`
      : `  1. Open chrome://extensions\n  2. Switch on Developer mode\n  3. Load unpacked → ${extensionDir}`,
  );
  console.error("  4. Open DevTools (F12) and choose the tab Switchyard\n");
}
