/**
 * The same tests in Chromium and in Firefox.
 *
 * `describeInBrowsers` declares its tests once for each browser; the environment variable BROWSER
 * (`chromium` or `firefox`) leaves one of them. A browser that is missing or doesn't start fails
 * its tests: they are never skipped in silence. DIST is another folder than `dist` to take the
 * extension from (`vite build --outDir`).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, inject } from "vitest";
import { launchChromium } from "../../../demo/browser/chromium.ts";
import type { ExtensionBrowser, LaunchOptions } from "../../../demo/browser/extension-browser.ts";
import { launchFirefox } from "../../../demo/browser/firefox.ts";
import { KeptBrowser } from "./kept-browser.ts";

const DIST = process.env.DIST ?? fileURLToPath(new URL("../../../dist", import.meta.url));
const BROWSERS = {
  chromium: { launch: launchChromium, build: "chrome" },
  firefox: { launch: launchFirefox, build: "firefox" },
};
export type BrowserName = keyof typeof BROWSERS;

export interface BrowserUnderTest {
  readonly name: BrowserName;
  /** Starts it, by default with the built extension. It is closed after the tests at the latest. */
  launch(options?: Partial<LaunchOptions>): Promise<ExtensionBrowser>;
  /**
   * One that earlier tests have used, made as new (`KeptBrowser` says in what), or else a new one; it is
   * given back after the tests. What it was started with is the same: `args`.
   */
  borrow(args?: readonly string[]): Promise<ExtensionBrowser>;
  /** A new profile folder for restarts; removed after the tests. */
  newProfileDir(): Promise<string>;
}

/** The same, but with a new browser where one would be borrowed. */
export function withItsOwn(under: BrowserUnderTest): BrowserUnderTest {
  return { ...under, borrow: (args) => under.launch({ args }) };
}

/** Those that nobody has now, by what they are and what they were started with. They end with this process. */
const kept = new Map<string, KeptBrowser>();

/** Declares tests that run in each browser. Use it at the top of a file, as `describe`. */
export function describeInBrowsers(title: string, body: (browser: BrowserUnderTest) => void): void {
  const only = process.env.BROWSER;
  if (only && !(only in BROWSERS))
    throw new Error(`BROWSER is "${only}", not chromium or firefox.`);
  for (const [name, { launch, build }] of Object.entries(BROWSERS)) {
    if (only && name !== only) continue;
    describe(`${title} (${name})`, () => {
      const open: ExtensionBrowser[] = [];
      const lent = new Map<KeptBrowser, string>();
      const profiles: string[] = [];
      const launchOne = (options: Partial<LaunchOptions>) => {
        const extensionDir = resolve(DIST, build);
        const seedProfile = name === "firefox" ? inject("firefoxSeed") : undefined;
        return launch({ extensionDir, seedProfile, ...options });
      };
      afterAll(async () => {
        for (const [browser, kind] of lent) {
          if (kept.has(kind)) await browser.close();
          else if (await browser.startOver()) {
            browser.hold(true);
            kept.set(kind, browser);
          }
        }
        await Promise.all(open.map((browser) => browser.close()));
        for (const profile of profiles)
          await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      });
      body({
        name: name as BrowserName,
        async launch(options = {}) {
          const browser = await launchOne(options);
          open.push(browser);
          return browser;
        },
        async borrow(args = []) {
          const kind = [name, ...args].join(" ");
          const known = kept.get(kind);
          kept.delete(kind);
          const browser =
            known && !known.ended ? known : new KeptBrowser(await launchOne({ args }));
          browser.hold(false);
          lent.set(browser, kind);
          return browser;
        },
        async newProfileDir() {
          const profile = await mkdtemp(join(tmpdir(), "switchyard-test-"));
          profiles.push(profile);
          return profile;
        },
      });
    });
  }
}
