/**
 * Chromium and Google Chrome with the extension loaded.
 *
 * The one idea: everything goes through one DevTools Protocol pipe and nothing attaches to the
 * extension's worker, so that the worker lives and dies as for a person. `--load-extension` is
 * ignored by Google Chrome, so the extension comes in by `Extensions.loadUnpacked`, which needs the
 * pipe. DevTools opens for one tab at a time, by `Target.openDevTools`.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Cdp, type TargetInfo } from "./cdp.ts";
import { ChromiumSurface, evaluateIn } from "./chromium-surface.ts";
import {
  type ExtensionBrowser,
  type ExtensionWorker,
  type LaunchOptions,
  PANEL_TITLE,
  type PanelOptions,
} from "./extension-browser.ts";
import { findChromium } from "./find.ts";
import { expressionOf, Page } from "./page.ts";
import { BrowserProcess, openProfile, type Profile } from "./process.ts";
import { PATIENCE_MS, sleep, until } from "./wait.ts";

/**
 * What nobody sees without a window, or waits for: pages of the browser's own that it loads behind its address
 * bar at every start, for more than a second of a processor's time, and a process kept ready for the next page.
 */
const UNSEEN = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "SpareRendererForSitePerProcess",
];

/** Starts Chromium or Chrome. Throws with what it said when it doesn't start. */
export async function launchChromium(options: LaunchOptions): Promise<ExtensionBrowser> {
  const executable = options.executable ?? findChromium();
  if (!executable)
    throw new Error("No Chromium or Google Chrome found. Install one, or set CHROMIUM_BIN.");
  const profile = await openProfile(options.profileDir, executable);
  try {
    await writePreferences(profile.dir, options.devtools ?? "window");
    return await start(executable, profile, options, []);
  } catch (error) {
    await profile.discard();
    throw error;
  }
}

async function start(
  executable: string,
  profile: Profile,
  options: LaunchOptions,
  more: string[],
): Promise<ExtensionBrowser> {
  const args = [
    ...(options.headless === false ? [] : ["--headless=new", `--disable-features=${UNSEEN}`]),
    // Chromium refuses to run as root with its sandbox.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    `--user-data-dir=${profile.dir}`,
    "--remote-debugging-pipe",
    "--enable-unsafe-extension-debugging",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--use-mock-keychain",
    "--window-size=1400,900",
    `--host-resolver-rules=${(options.localNames ?? []).map((name) => `MAP ${name} 127.0.0.1`)}`,
    ...more,
    ...(options.args ?? []),
    "about:blank",
  ];
  const process_ = new BrowserProcess(executable, args, { pipes: true, profile });
  try {
    const cdp = new Cdp(process_);
    const { product } = await cdp.send<{ product: string }>("Browser.getVersion");
    const extension = await loadExtension(cdp, resolve(options.extensionDir));
    const version = product;
    return new Chromium({ cdp, process: process_, profile, executable, version, ...extension });
  } catch (error) {
    await process_.end(0);
    if (/No usable sandbox/.test(process_.output) && !more.includes("--no-sandbox")) {
      console.warn(
        "This system allows Chromium no sandbox: it runs without, for local pages only.",
      );
      return start(executable, profile, options, ["--no-sandbox"]);
    }
    throw error;
  }
}

/**
 * Writes the settings of a new profile: developer mode, without which unpacked extensions are off
 * after a restart, and where DevTools opens. A profile that was used before keeps its own.
 */
async function writePreferences(profileDir: string, devtools: "window" | "docked"): Promise<void> {
  const file = join(profileDir, "Default", "Preferences");
  if (existsSync(file)) return;
  await mkdir(join(profileDir, "Default"), { recursive: true });
  // The panel is shown at once: until then the tool that loads fastest.
  const firstTool = JSON.stringify("console");
  const currentDockState = JSON.stringify(devtools === "window" ? "undocked" : "bottom");
  const preferences = {
    extensions: { ui: { developer_mode: true } },
    devtools: { preferences: { currentDockState, "panel-selected-tab": firstTool } },
  };
  await writeFile(file, JSON.stringify(preferences));
}

/** Loads the extension and returns its origin and the URLs of its devtools page and its popup. */
async function loadExtension(
  cdp: Cdp,
  path: string,
): Promise<{ origin: string; devtoolsPage: string; popupPage: string }> {
  const manifest = await readFile(join(path, "manifest.json"), "utf8").catch(() => {
    throw new Error(`There is no extension in ${path}: build it first.`);
  });
  const { id } = await cdp.send<{ id: string }>("Extensions.loadUnpacked", { path });
  const origin = `chrome-extension://${id}`;
  const { devtools_page, action } = JSON.parse(manifest);
  return {
    origin,
    devtoolsPage: `${origin}/${devtools_page}`,
    popupPage: `${origin}/${action?.default_popup}`,
  };
}

interface Parts {
  readonly cdp: Cdp;
  readonly process: BrowserProcess;
  readonly profile: Profile;
  readonly executable: string;
  readonly version: string;
  readonly origin: string;
  readonly devtoolsPage: string;
  readonly popupPage: string;
}

class Chromium implements ExtensionBrowser {
  readonly name = "chromium";
  readonly version: string;
  readonly executable: string;
  readonly profileDir: string;
  readonly extensionOrigin: string;
  readonly worker: ExtensionWorker;
  readonly closed: Promise<void>;
  private readonly devtoolsPage: string;
  private readonly popupPage: string;
  private readonly cdp: Cdp;
  private readonly process: BrowserProcess;
  private readonly profile: Profile;
  /** DevTools by the target id of the tab under inspection. */
  private readonly devtools = new Map<string, string>();
  private firstTabUsed = false;

  constructor(parts: Parts) {
    this.cdp = parts.cdp;
    this.process = parts.process;
    this.profile = parts.profile;
    this.version = parts.version;
    this.executable = parts.executable;
    this.profileDir = parts.profile.dir;
    this.extensionOrigin = parts.origin;
    this.devtoolsPage = parts.devtoolsPage;
    this.popupPage = parts.popupPage;
    this.closed = parts.process.ended.then(() => undefined);
    this.worker = {
      isRunning: async () => (await this.workerTarget()) !== undefined,
      kill: () => this.killWorker(),
      evaluate: async <T, A extends unknown[]>(
        fn: string | ((...args: A) => T | Promise<T>),
        ...args: A
      ) => (await this.inWorker(expressionOf(fn, args))) as T,
    };
  }

  async openPage(url: string): Promise<Page> {
    const blank = this.firstTabUsed
      ? undefined
      : (await this.cdp.targets()).find((t) => t.type === "page" && t.url === "about:blank");
    this.firstTabUsed = true;
    const targetId =
      blank?.targetId ??
      (await this.cdp.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" }))
        .targetId;
    const page = await this.pageOf(targetId, `the page ${url}`);
    await page.goto(url);
    return page;
  }

  openExtensionPage(path: string): Promise<Page> {
    return this.openPage(`${this.extensionOrigin}/${path.replace(/^\//, "")}`);
  }

  async findPage(url: string, timeoutMs = PATIENCE_MS): Promise<Page> {
    const target = await until(
      async () =>
        (await this.cdp.targets()).find((t) => t.type === "page" && t.url.startsWith(url)),
      timeoutMs,
      () => `No tab has a URL that begins with ${url}.`,
    );
    const page = await this.pageOf(target.targetId, `the page ${url}`);
    await page.waitFor(`document.readyState === "complete"`);
    return page;
  }

  async openPanel(page: Page, options: PanelOptions = {}): Promise<Page> {
    const { targetId } = surfaceOf(page).target;
    let rootSession = await this.openDevTools(targetId);
    if (options.dark !== undefined && (await this.presetTheme(rootSession, options.dark))) {
      // DevTools and the panel in it take the theme when they open.
      await this.cdp.close(this.devtools.get(targetId) as string);
      rootSession = await this.openDevTools(targetId);
    }
    const rootTargetId = this.devtools.get(targetId) as string;
    const shown = await until(
      () => evaluateIn(this.cdp, rootSession, SHOW_PANEL).catch(() => false),
      PATIENCE_MS,
      () => `DevTools has no panel "${PANEL_TITLE}": did the extension's devtools page run?`,
    );
    const panel = await until(
      async () =>
        (await this.cdp.targets()).find(
          (t) =>
            t.parentFrameId === rootTargetId &&
            t.url.startsWith(this.extensionOrigin) &&
            t.url !== this.devtoolsPage,
        ),
      PATIENCE_MS,
      () => `DevTools shows "${shown}", but no page of the extension is in it.`,
    );
    const session = await this.cdp.attach(panel.targetId);
    const surface = new ChromiumSurface(this.cdp, {
      description: "the panel",
      targetId: panel.targetId,
      session,
      rootTargetId,
      rootSession,
    });
    const made = new Page(surface);
    await made.waitFor(`document.readyState === "complete"`);
    if (options.width !== undefined && options.height !== undefined)
      await made.setViewport(options.width, options.height);
    return made;
  }

  async openPopup(page: Page): Promise<Page> {
    for (const { targetId, url } of await this.cdp.targets())
      if (url === this.popupPage) await this.cdp.close(targetId);
    await page.bringToFront();
    const url = await page.url();
    const { targetInfos } = await this.cdp.send<{ targetInfos: readonly TargetInfo[] }>(
      "Target.getTargets",
      { filter: [{ type: "tab" }] },
    );
    // Nothing tells which tab holds which page but the URL.
    const tabs = targetInfos.filter((target) => target.url === url);
    if (tabs.length !== 1) throw new Error(`${tabs.length} tabs show ${url}, not one.`);
    const id = this.extensionOrigin.split("//")[1];
    await this.cdp.send("Extensions.triggerAction", { id, targetId: tabs[0]?.targetId });
    return this.findPage(this.popupPage);
  }

  async consentTo(pattern: string): Promise<void> {
    // Chromium remembers this consent, and grants what it covers without a question when asked.
    const id = this.extensionOrigin.split("//")[1];
    await this.inNewTab("chrome://extensions/", (tab) =>
      tab.waitFor<boolean, []>(
        `chrome.developerPrivate.addHostPermission("${id}", "${pattern}").then(() => true)`,
      ),
    );
  }

  async setTheme(page: Page, dark: boolean): Promise<void> {
    const devtools = await this.openDevTools(surfaceOf(page).target.targetId);
    await evaluateIn(this.cdp, devtools, SET_THEME(dark ? "dark" : "default"));
  }

  async tabIdOf(page: Page): Promise<number> {
    const { rootTargetId } = surfaceOf(page).target;
    const inspected = [...this.devtools].find(([, devtools]) => devtools === rootTargetId)?.[0];
    const ask = async (tab: Page) => {
      await this.cdp.send("Target.activateTarget", { targetId: inspected ?? rootTargetId });
      return tab.waitFor<number | undefined, []>(
        "globalThis.chrome?.tabs?.query({ active: true, currentWindow: true }).then(([tab]) => tab?.id)",
      );
    };
    // A page of the extension asks, in the background: the worker is not to be woken.
    const passing = `${this.extensionOrigin}/manifest.json`;
    const asking = (await this.cdp.targets()).find(
      ({ type, url, targetId }) =>
        type === "page" &&
        url.startsWith(`${this.extensionOrigin}/`) &&
        ![passing, this.popupPage].includes(url) &&
        targetId !== rootTargetId,
    );
    if (asking) return ask(await this.pageOf(asking.targetId, "a page of the extension"));
    return this.inNewTab(passing, ask);
  }

  async errors(): Promise<string[]> {
    // The browser's own list of errors, which it keeps in developer mode, needs nobody attached.
    const id = this.extensionOrigin.split("//")[1];
    return this.inNewTab("chrome://extensions/", (tab) =>
      tab.waitFor<string[], []>(
        `chrome.developerPrivate.getExtensionInfo("${id}").then(({ runtimeErrors }) =>
          runtimeErrors.map(({ message, source }) => message + " (" + source + ")"))`,
      ),
    );
  }

  async clearTraces(): Promise<void> {
    await this.cdp.send("Storage.clearCookies");
    const extensionId = this.extensionOrigin.split("//")[1];
    await this.inNewTab("chrome://extensions/", (tab) =>
      tab.waitFor<boolean, []>(
        `chrome.developerPrivate.deleteExtensionErrors(${JSON.stringify({ extensionId })}).then(() => true)`,
      ),
    );
  }

  async clipboardText(): Promise<string> {
    await this.cdp.send("Browser.grantPermissions", {
      origin: this.extensionOrigin,
      permissions: ["clipboardReadWrite", "clipboardSanitizedWrite"],
    });
    return this.inNewTab(`${this.extensionOrigin}/manifest.json`, async (tab) => {
      await tab.bringToFront();
      const { text } = await tab.waitFor<{ text: string }, []>(
        "navigator.clipboard.readText().then((text) => ({ text }))",
      );
      return text;
    });
  }

  hold(still: boolean): void {
    this.process.hold(still);
  }

  async close(): Promise<void> {
    if (this.profile.madeForOneRun) return this.endAtOnce();
    // An error here means that the browser has ended already, or ends before it answers.
    await Promise.race([this.cdp.send("Browser.close").catch(() => undefined), sleep(5_000)]);
    await this.process.end(5_000);
  }

  /** Nobody reads this profile again: nothing has to be put in order in it before. */
  private async endAtOnce(): Promise<void> {
    await this.process.end(0);
    // All but its profile that it would have removed: the folder of the socket by which a second one
    // with the same profile finds it.
    const socket = await readlink(join(this.profileDir, "SingletonSocket")).catch(() => undefined);
    if (socket !== undefined) await rm(dirname(socket), { recursive: true, force: true });
    await this.profile.discard();
  }

  /** Does something in a tab of its own in the background, which is closed afterwards. */
  private async inNewTab<T>(url: string, work: (tab: Page) => Promise<T>): Promise<T> {
    const { targetId } = await this.cdp.send<{ targetId: string }>("Target.createTarget", {
      url,
      background: true,
    });
    try {
      return await work(await this.pageOf(targetId, `the page ${url}`));
    } finally {
      await this.cdp.close(targetId);
    }
  }

  private async pageOf(targetId: string, description: string): Promise<Page> {
    const session = await this.cdp.attach(targetId);
    const root = { rootTargetId: targetId, rootSession: session };
    return new Page(new ChromiumSurface(this.cdp, { description, targetId, session, ...root }));
  }

  /** Opens DevTools for a tab if it isn't open, and returns a session with it. */
  private async openDevTools(targetId: string): Promise<string> {
    const known = this.devtools.get(targetId);
    const open = (await this.cdp.targets()).some((target) => target.targetId === known);
    if (!open) {
      const made = await this.cdp.send<{ targetId: string }>("Target.openDevTools", { targetId });
      this.devtools.set(targetId, made.targetId);
    }
    const session = await this.cdp.attach(this.devtools.get(targetId) as string);
    // Without a window there is no focus to have; fields and menus need it.
    await this.cdp.send("Emulation.setFocusEmulationEnabled", { enabled: true }, session);
    return session;
  }

  /** Sets the theme of DevTools; whether it was another before. */
  private async presetTheme(session: string, dark: boolean): Promise<boolean> {
    const theme = JSON.stringify(dark ? "dark" : "default");
    const set = `new Promise((resolve) => {
      InspectorFrontendHost.getPreferences((all) => {
        const now = all["ui-theme"] ?? '"systemPreferred"';
        InspectorFrontendHost.registerPreference("ui-theme", { synced: true });
        InspectorFrontendHost.setPreference("ui-theme", ${JSON.stringify(theme)});
        resolve({ changed: now !== ${JSON.stringify(theme)} });
      });
    })`;
    const { changed } = await until(
      () =>
        evaluateIn(this.cdp, session, set).catch(() => null) as Promise<{
          changed: boolean;
        } | null>,
      PATIENCE_MS,
      () => "DevTools didn't take the theme.",
    );
    return changed;
  }

  private async workerTarget(): Promise<TargetInfo | undefined> {
    const targets = await this.cdp.targets();
    return targets.find(
      (t) => t.type === "service_worker" && t.url.startsWith(`${this.extensionOrigin}/`),
    );
  }

  private async killWorker(): Promise<void> {
    const worker = await this.workerTarget();
    if (worker) await this.cdp.close(worker.targetId);
  }

  private async inWorker(expression: string): Promise<unknown> {
    const worker = await this.workerTarget();
    if (!worker) throw new Error("The extension's worker isn't running.");
    const session = await this.cdp.attach(worker.targetId);
    try {
      return await evaluateIn(this.cdp, session, expression);
    } finally {
      // While a session is attached the worker wouldn't stop by itself.
      await this.cdp.detach(session).catch(() => undefined);
    }
  }
}

/** Shows the panel of the extension, from within DevTools; false as long as there is none. */
const SHOW_PANEL = `(async () => {
  const UI = await import("devtools://devtools/bundled/ui/legacy/legacy.js");
  const tabs = UI.InspectorView.InspectorView.instance().tabbedPane.tabIds();
  const id = tabs.find((id) => id.startsWith("chrome-extension://") && id.endsWith("${PANEL_TITLE}"));
  if (!id) return false;
  await UI.ViewManager.ViewManager.instance().showView(id);
  return id;
})()`;

/** What choosing a theme in the settings of DevTools does. */
const SET_THEME = (theme: string) => `(async () => {
  const { Settings } = await import("devtools://devtools/bundled/core/common/common.js");
  Settings.Settings.instance().moduleSetting("ui-theme").set("${theme}");
})()`;

function surfaceOf(page: Page): ChromiumSurface {
  if (page.surface instanceof ChromiumSurface) return page.surface;
  throw new Error("This page belongs to another browser.");
}
