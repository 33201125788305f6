/**
 * A page can't tell whether the extension is there: the same checks of its WebSockets, in the same
 * browser, give the same transcript with the extension and without, whether nobody listens or a panel
 * records, under a strict policy too.
 *
 * What a page can tell all the same is listed here, and nothing else: see docs/architecture.md, "What a
 * page could still notice".
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import { type BrowserUnderTest, describeInBrowsers } from "../support/browser/describe.ts";
import { PagePanel } from "../support/browser/page-panel.ts";
import { type EchoServer, startEchoServer } from "../support/transparency/echo-server.ts";

/** How long a page may take for all its checks, of which each has its own limit. */
const ALL_CHECKS_MS = 240_000;
/**
 * A policy makes no difference to what is sent: there, one kind of socket will do, and for the sake of the
 * time that all checks take, one browser: Firefox.
 */
const STRICT = "?strict&kinds=cbor";
/** An extension that does nothing in pages. */
const NO_EXTENSION = fileURLToPath(
  new URL("../support/browser/fixture-extension", import.meta.url),
);

/** What a page could notice: why, and the checks that do. */
const RESIDUE: Record<string, RegExp> = {
  "`WebSocket` is a Proxy: the text that Function.prototype.toString has for it is without a name":
    /^(WebSocket as text, by Function.prototype|WebSocket has no toString of its own|a frame with (about:blank|[^:]*))$/,
  "Firefox calls a Proxy by that name where it can't clone it, and values otherwise in messages":
    /^structuredClone of WebSocket$|: (a URL whose text is no text|what send throws)$/,
  "Chromium's messages name an object by its constructor, if that is no Proxy":
    /: as an object: read-only members$/,
  "a list of subprotocols that is a Proxy is looked at once more":
    /: what is asked of the arguments, in which order$/,
  "SurrealDB's sockets have a `send` of their own, which isn't enumerable":
    /^\/rpc (cbor|json|flatbuffers): as an object: (for-in|own property names|own descriptors|hasOwnProperty|members are the prototype's|a page's own send is listed|a page's own send, in descriptors)$/,
  "so has one whose new.target has no prototype and to which Firefox gives that of WebSocket":
    /^\/rpc (cbor|json): Reflect.construct with a bound function as new.target$/,
  "they have it even where the page left the prototype none":
    /^\/rpc (cbor|json): the prototype's send is replaced by nothing$/,
  "whoever reads their frames calls functions of the language that the page may have replaced":
    /^\/rpc (cbor|json): which of the page's own functions are called$/,
};

/** The same while a panel records: what has gathered of other sockets is told at any time. */
const RESIDUE_RECORDING = /^plain: which of the page's own functions are called$/;

async function launchWith(
  { name, launch, newProfileDir }: BrowserUnderTest,
  extensionDir?: string,
): Promise<ExtensionBrowser> {
  const extension = extensionDir === undefined ? {} : { extensionDir };
  // Chromium: a page may collect garbage, to see what is kept.
  if (name === "chromium") return launch({ ...extension, args: ["--js-flags=--expose-gc"] });
  // Firefox waits longer and longer before it connects again to where it failed before.
  const profileDir = await newProfileDir();
  const preference = 'user_pref("network.websocket.delay-failed-reconnects", false);\n';
  await writeFile(join(profileDir, "prefs.js"), preference);
  return launch({ ...extension, profileDir });
}

/** Lines as they are, by the name of their check. */
function byName(transcript: string[]): Map<string, string> {
  return new Map(transcript.map((line) => [line.split(" → ", 1)[0] as string, line]));
}

/** The lines that differ and may not, each twice: without the extension (where more ran), and with it. */
function differences(without: string[], withIt: string[], more: RegExp[] = []): string[] {
  const lines = byName(without);
  expect(withIt.length).toBeGreaterThan(300);
  return [...byName(withIt)].flatMap(([name, other]) => {
    const line = lines.get(name);
    if (other === line) return [];
    if ([...Object.values(RESIDUE), ...more].some((pattern) => pattern.test(name))) return [];
    return [`without: ${line}`, `with:    ${other}`];
  });
}

/**
 * What differs, of the lines that come when a page runs all its checks. What the extension does comes
 * again when they run again; what one run alone has is the timing of a busy machine.
 */
async function lasting(run: () => Promise<string[]>): Promise<string[]> {
  const first = await run();
  if (first.length === 0) return [];
  const again = new Set((await run()).map(checkOf));
  return first.filter((line) => again.has(checkOf(line)));
}

/** The name of the check in a line of `differences`. */
function checkOf(line: string): string {
  return line.replace(/^\w+: +/, "").split(" → ", 1)[0] as string;
}

describeInBrowsers("what a page sees of its WebSockets", (underTest) => {
  let server: EchoServer;
  let browser: ExtensionBrowser;
  const without: Record<string, string[]> = {};

  /** Opens the page with the checks; its transcript. */
  async function transcriptIn(of: ExtensionBrowser, query = ""): Promise<string[]> {
    const transcript = server.transcript();
    await of.openPage(server.url + query);
    return transcript;
  }

  beforeAll(async () => {
    server = await startEchoServer();
    const plain = await launchWith(underTest, NO_EXTENSION);
    without[""] = await transcriptIn(plain);
    if (underTest.name === "firefox") without[STRICT] = await transcriptIn(plain, STRICT);
    await plain.close();
    browser = await launchWith(underTest);
    // It opens by itself, perhaps in front of the page, whose timers would be slowed then.
    await (await browser.findPage(browser.extensionOrigin + WELCOME_PAGE)).close();
  }, 2 * ALL_CHECKS_MS);
  afterAll(() => server.close());

  test("the checks are many, and each came to its end", () => {
    expect(without[""]?.length).toBeGreaterThan(300);
    for (const lines of Object.values(without))
      expect(lines.filter((line) => line.endsWith(" → NO END"))).toEqual([]);
  });

  for (const query of underTest.name === "firefox" ? ["", STRICT] : [""]) {
    const title = `nothing is different with the extension, nobody listening${query && ", strict policy"}`;
    test(title, { timeout: ALL_CHECKS_MS }, async () => {
      const run = async () =>
        differences(without[query] as string[], await transcriptIn(browser, query));
      expect(await lasting(run)).toEqual([]);
    });
  }

  test("nor while a panel records", { timeout: ALL_CHECKS_MS }, async () => {
    const page = await browser.openPage(`${server.url}frame.html`);
    const { log } = new PagePanel(await browser.openPanel(page));
    await log.open();
    const run = async () => {
      const transcript = server.transcript();
      await page.goto(`${server.url}?kinds=cbor,json`);
      return differences(without[""] as string[], await transcript, [RESIDUE_RECORDING]);
    };
    expect(await lasting(run)).toEqual([]);
    await expect.poll(() => log.foot()).toMatch(/[1-9][\d,]* requests/);
  });
});
