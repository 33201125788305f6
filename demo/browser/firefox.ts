/**
 * Firefox with the extension loaded.
 *
 * The extension is installed for the time being, as about:debugging does it, with the same internal
 * UUID each time: so a restart with the same profile finds its storage again.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Bidi } from "./bidi.ts";
import {
  type ExtensionBrowser,
  type ExtensionWorker,
  type LaunchOptions,
  PANEL_TITLE,
  type PanelOptions,
} from "./extension-browser.ts";
import { findFirefox } from "./find.ts";
import {
  devToolsOnceSource,
  type FirefoxTarget,
  installerSource,
  methodSource,
  type WindowDriver,
} from "./firefox-chrome.ts";
import type { ContentAnswer, ContentJob } from "./firefox-content.ts";
import type { Key } from "./keys.ts";
import { expressionOf, loadFromWithin, Page, type Surface } from "./page.ts";
import { BrowserProcess, openProfile, type Profile } from "./process.ts";
import { PATIENCE_MS, sleep, until } from "./wait.ts";

/** Starts Firefox. Throws with what it said when it doesn't start. */
export async function launchFirefox(options: LaunchOptions): Promise<ExtensionBrowser> {
  const executable = executableOf(options);
  const extensionDir = resolve(options.extensionDir);
  const extensionId = await geckoId(extensionDir);
  const profile = await openProfile(options.profileDir, executable, options.seedProfile);
  const process_ = await start(executable, profile, options, extensionPreferences(extensionId));
  try {
    const bidi = await connect(process_);
    const extensionData = { type: "path", path: extensionDir };
    await bidi.send("webExtension.install", { extensionData });
    const window = await bidi.browserWindow();
    await bidi.call(window, installerSource(), [extensionId, PANEL_TITLE]);
    const call: Call = (method, ...args) => bidi.call(window, methodSource(method), args);
    const origin = await call("origin");
    const agent = `Firefox/${await bidi.call<string>(window, "() => Services.appinfo.version", [])}`;
    const parts = { bidi, call, process: process_, profile, executable, version: agent, origin };
    return new Firefox(parts, options.devtools === "docked" ? "bottom" : "window");
  } catch (error) {
    await process_.end(0);
    await profile.discard();
    throw error;
  }
}

/**
 * Makes a profile whose folder can be given as `seedProfile`: Firefox has been started with it once, without
 * an extension and with DevTools opened, and has compiled and set up what it does at the first start of each
 * profile, which is a third of a start. `discard` it when the last one that begins with it has started.
 */
export async function makeFirefoxSeed(): Promise<Profile> {
  const executable = executableOf({});
  const profile = await openProfile(undefined, executable);
  const process_ = await start(executable, profile, {}, {});
  try {
    const bidi = await connect(process_);
    await bidi.call(await bidi.browserWindow(), devToolsOnceSource(), []);
    // It writes its caches when it ends.
    await endInOrder(bidi, process_);
    return profile;
  } catch (error) {
    await process_.end(0);
    await profile.discard();
    throw error;
  }
}

function executableOf({ executable = findFirefox() }: Pick<LaunchOptions, "executable">): string {
  if (!executable) throw new Error("No Firefox found. Install one, or set FIREFOX_BIN.");
  return executable;
}

async function start(
  executable: string,
  profile: Profile,
  options: Partial<LaunchOptions>,
  more: Preferences,
): Promise<BrowserProcess> {
  const headless = options.headless !== false;
  const preferences = { ...preferencesOf(headless, options.localNames), ...more };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile.dir, "user.js"), lines.join(""));
  const args = [
    ...(headless ? ["--headless"] : []),
    ...(process.platform === "win32" ? ["--wait-for-browser"] : []),
    "--no-remote",
    "--profile",
    profile.dir,
    "--remote-debugging-port=0",
    "--remote-allow-system-access",
    ...(options.args ?? []),
    "about:blank",
  ];
  return new BrowserProcess(executable, args, { pipes: false, profile });
}

async function connect(process_: BrowserProcess): Promise<Bidi> {
  const [, address = ""] = await process_.line(/WebDriver BiDi listening on (ws:\S+)/);
  return Bidi.connect(address);
}

/** Ends it as a person does, so that its profile is whole. */
async function endInOrder(bidi: Bidi, process_: BrowserProcess): Promise<void> {
  // An error here means that the browser has ended already, or ends before it answers.
  await Promise.race([bidi.send("browser.close").catch(() => undefined), sleep(5_000)]);
  await process_.end(10_000);
}

/** Calls a method in the browser's window. */
type Call = <M extends keyof WindowDriver>(
  method: M,
  ...args: Parameters<WindowDriver[M]>
) => Promise<Awaited<ReturnType<WindowDriver[M]>>>;

async function geckoId(extensionDir: string): Promise<string> {
  const text = await readFile(join(extensionDir, "manifest.json"), "utf8").catch(() => {
    throw new Error(`There is no extension in ${extensionDir}: build it first.`);
  });
  const id = JSON.parse(text).browser_specific_settings?.gecko?.id;
  if (typeof id !== "string")
    throw new Error("The manifest has no browser_specific_settings.gecko.id.");
  return id;
}

type Preferences = Readonly<Record<string, string | number | boolean>>;

/** What keeps the extension's storage from one start to the next: its UUID pinned. */
function extensionPreferences(extensionId: string): Preferences {
  const hash = createHash("sha256").update(extensionId).digest("hex");
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
  return {
    "extensions.webextensions.uuids": JSON.stringify({ [extensionId]: uuid }),
    // Without these the storage goes when Firefox ends and drops what was installed for the time.
    "extensions.webextensions.keepStorageOnUninstall": true,
    "extensions.webextensions.keepUuidOnUninstall": true,
  };
}

/** Without a window nobody sees it move, nor waits for a process that is kept ready. */
const UNSEEN = {
  "toolkit.cosmeticAnimations.enabled": false,
  "dom.ipc.processPrelaunch.enabled": false,
};

/** Nothing that calls home or pops up. */
function preferencesOf(headless: boolean, localNames: readonly string[] = []): Preferences {
  return {
    "app.normandy.enabled": false,
    "app.update.disabledForTesting": true,
    "browser.aboutwelcome.enabled": false,
    "browser.newtabpage.enabled": false,
    "browser.sessionstore.resume_from_crash": false,
    "browser.shell.checkDefaultBrowser": false,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "browser.tabs.warnOnClose": false,
    "datareporting.healthreport.uploadEnabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "datareporting.policy.firstRunURL": "",
    "devtools.selfxss.count": 100,
    "extensions.getAddons.cache.enabled": false,
    "extensions.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "network.dns.localDomains": localNames.join(","),
    // Container tabs, which extensions open.
    "privacy.userContext.enabled": true,
    "toolkit.telemetry.reportingpolicy.firstRun": false,
    // Several windows without a screen: each has the focus when it is acted on.
    ...(headless ? { "focusmanager.testmode": true, ...UNSEEN } : {}),
  };
}

/** A thing on Firefox's screen. */
class FirefoxSurface implements Surface {
  readonly description: string;
  readonly target: FirefoxTarget;
  private readonly call: Call;

  constructor(call: Call, target: FirefoxTarget, description: string) {
    this.call = call;
    this.target = target;
    this.description = description;
  }

  run(expression: string): Promise<unknown> {
    return this.job({ do: "run", expression });
  }

  async mouse(x: number, y: number, clicks: number): Promise<void> {
    await this.job({ do: "mouse", x, y, clicks }).catch((error: Error) => {
      // A popup closes when it is left: the click that closes it has been made.
      if (this.target.kind !== "popup" || error.message !== "the page went away") throw error;
    });
  }

  async hover(x: number, y: number): Promise<void> {
    await this.job({ do: "hover", x, y });
  }

  async key(modifiers: readonly Key[], key: Key): Promise<void> {
    await this.job({ do: "key", modifiers, key });
  }

  async picture(scale: number, around: boolean): Promise<Buffer> {
    return Buffer.from(await this.call("picture", this.target, scale, around), "base64");
  }

  async resize(width: number, height: number, around: boolean): Promise<void> {
    await this.call("resize", this.target, width, height, around);
  }

  async bringToFront(): Promise<void> {
    await this.call("front", this.target);
  }

  async load(url: string | undefined): Promise<void> {
    if (this.target.kind !== "tab") return loadFromWithin(this, url);
    await this.call("load", this.target.tab, url ?? null).catch((error) => {
      throw new Error(`${url ?? this.description}: ${error.message.replace(/^Error: /, "")}`);
    });
  }

  async close(): Promise<void> {
    await this.call("close", this.target);
  }

  private async job(job: ContentJob): Promise<unknown> {
    const answer: ContentAnswer = JSON.parse(await this.call("inContent", this.target, job));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }
}

interface Parts {
  readonly bidi: Bidi;
  readonly call: Call;
  readonly process: BrowserProcess;
  readonly profile: Profile;
  readonly executable: string;
  readonly version: string;
  readonly origin: string;
}

class Firefox implements ExtensionBrowser {
  readonly name = "firefox";
  readonly version: string;
  readonly executable: string;
  readonly profileDir: string;
  readonly extensionOrigin: string;
  readonly worker: ExtensionWorker;
  readonly closed: Promise<void>;
  private readonly bidi: Bidi;
  private readonly call: Call;
  private readonly process: BrowserProcess;
  private readonly profile: Profile;
  private readonly hostType: "window" | "bottom";

  constructor(parts: Parts, hostType: "window" | "bottom") {
    this.bidi = parts.bidi;
    this.call = parts.call;
    this.process = parts.process;
    this.profile = parts.profile;
    this.hostType = hostType;
    this.version = parts.version;
    this.executable = parts.executable;
    this.profileDir = parts.profile.dir;
    this.extensionOrigin = parts.origin;
    this.closed = parts.process.ended.then(() => undefined);
    const background = new FirefoxSurface(parts.call, { kind: "background" }, "the event page");
    this.worker = {
      isRunning: () => this.call("backgroundRuns"),
      kill: () => this.call("killBackground"),
      evaluate: async <T, A extends unknown[]>(
        fn: string | ((...args: A) => T | Promise<T>),
        ...args: A
      ) => (await background.run(expressionOf(fn, args))) as T,
    };
  }

  async openPage(url: string): Promise<Page> {
    const page = this.pageOf(await this.call("newTab"), url);
    await page.goto(url);
    return page;
  }

  openExtensionPage(path: string): Promise<Page> {
    return this.openPage(`${this.extensionOrigin}/${path.replace(/^\//, "")}`);
  }

  async findPage(url: string, timeoutMs = PATIENCE_MS): Promise<Page> {
    const tab = await until(
      () => this.call("findTab", url),
      timeoutMs,
      () => `No tab has a URL that begins with ${url}.`,
    );
    const page = this.pageOf(tab, url);
    await page.waitFor(`document.readyState === "complete"`);
    return page;
  }

  async openPanel(page: Page, options: PanelOptions = {}): Promise<Page> {
    const target = targetOf(page);
    if (target.kind !== "tab") throw new Error("DevTools opens for tabs.");
    const theme = options.dark === undefined ? null : options.dark ? "dark" : "light";
    if (!(await this.call("showPanel", target.tab, this.hostType, theme, PATIENCE_MS)))
      throw new Error(
        `DevTools has no panel "${PANEL_TITLE}": did the extension's devtools page run?`,
      );
    const panel = new Page(
      new FirefoxSurface(this.call, { kind: "panel", tab: target.tab }, "the panel"),
    );
    await panel.waitFor(`document.readyState === "complete"`);
    if (options.width !== undefined && options.height !== undefined)
      await panel.setViewport(options.width, options.height);
    return panel;
  }

  async openPopup(page: Page): Promise<Page> {
    const target = targetOf(page);
    if (target.kind !== "tab") throw new Error("Popups open for tabs.");
    if (!(await this.call("showPopup", target.tab, PATIENCE_MS)))
      throw new Error("The extension's button opens no popup.");
    const popup = new Page(new FirefoxSurface(this.call, { kind: "popup" }, "the popup"));
    await popup.waitFor(`document.readyState === "complete"`);
    return popup;
  }

  async consentTo(_pattern: string): Promise<void> {
    // Firefox can't be told for one site: it grants whatever an extension asks for from here on.
    await this.call("grantWithoutAsking");
  }

  async setTheme(_page: Page, dark: boolean): Promise<void> {
    await this.call("setTheme", dark ? "dark" : "light");
  }

  tabIdOf(page: Page): Promise<number> {
    return this.call("extensionTabId", targetOf(page));
  }

  errors(): Promise<string[]> {
    return this.call("errors");
  }

  clearTraces(): Promise<void> {
    return this.call("clearTraces");
  }

  clipboardText(): Promise<string> {
    return this.call("clipboardText");
  }

  hold(still: boolean): void {
    this.process.hold(still);
  }

  async close(): Promise<void> {
    // A profile that nobody reads again needs no putting in order before.
    if (this.profile.madeForOneRun) await this.process.end(0);
    else await endInOrder(this.bidi, this.process);
    await this.profile.discard();
  }

  private pageOf(tab: number, url: string): Page {
    return new Page(new FirefoxSurface(this.call, { kind: "tab", tab }, `the page ${url}`));
  }
}

function targetOf(page: Page): FirefoxTarget {
  if (page.surface instanceof FirefoxSurface) return page.surface.target;
  throw new Error("This page belongs to another browser.");
}
