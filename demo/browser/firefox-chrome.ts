/**
 * What runs in Firefox's own window, with all its rights.
 *
 * The one idea: tabs, pages of the extension, the panel and the event page are each a `<browser>`
 * element, and a frame script reaches into any of them. WebDriver BiDi knows only some of these, so
 * it merely carries the calls: `windowDriver` is sent as source and installed once, and each of its
 * methods is called by name with JSON.
 *
 * Everything here must stand on its own: no imports, no names from outside a function. The types
 * below are the few parts of Firefox's internals that are used; they are searchable at
 * https://searchfox.org/.
 */
import { type ContentJob, makeContentDriver } from "./firefox-content.ts";

/** Which `<browser>` is meant: a tab by our number, its panel, the popup that is open, or the event page. */
export type FirefoxTarget =
  | { readonly kind: "tab" | "panel"; readonly tab: number }
  | { readonly kind: "popup" | "background" };

/** A job that was done: its number, and its answer as JSON. */
interface ContentDone {
  readonly id: number;
  readonly json: string;
}

interface BrowserElement extends HTMLElement {
  readonly messageManager: {
    addMessageListener(name: string, listener: (message: { data: ContentDone }) => void): void;
    sendAsyncMessage(name: string, message: { id: number; job: ContentJob }): void;
    loadFrameScript(url: string, allowDelayed: boolean): void;
  };
  /** Null once the element is removed. */
  readonly browsingContext: BrowsingContext | null;
  readonly currentURI: { readonly spec: string };
  readonly documentURI: { readonly spec: string };
  fixupAndLoadURIString(url: string, options: { triggeringPrincipal: unknown }): void;
  reload(): void;
}
interface BrowsingContext {
  readonly currentWindowGlobal: {
    readonly innerWindowId: number;
    drawSnapshot(rect: null, scale: number, background: string): Promise<ImageBitmap>;
  } | null;
}
interface ChromeWindow extends Window {
  readonly browsingContext: BrowsingContext;
}
interface Tab {
  readonly linkedBrowser: BrowserElement;
  readonly selected: boolean;
}
interface Toolbox {
  readonly doc: Document;
  readonly topWindow: ChromeWindow;
  getAdditionalTools(): { id: string; label: string }[];
  selectTool(id: string): Promise<unknown>;
  destroy(): Promise<void>;
}
interface DevTools {
  showToolboxForTab(
    tab: Tab,
    options: { toolId: string; hostType: string; raise: boolean },
  ): Promise<Toolbox>;
  getToolboxForTab(tab: Tab): Toolbox | undefined;
}
interface Extension {
  readonly backgroundState: string;
  readonly views: Iterable<{ viewType: string; xulBrowser: BrowserElement }>;
  terminateBackground(options: { ignoreDevToolsAttached: boolean }): Promise<void>;
}
interface ProgressListener {
  onStateChange(
    browser: BrowserElement,
    progress: { isTopLevel: boolean },
    request: unknown,
    flags: number,
    status: number,
  ): void;
  onLocationChange(
    browser: BrowserElement,
    progress: { isTopLevel: boolean },
    request: unknown,
    location: unknown,
    flags: number,
  ): void;
}
declare const gBrowser: {
  readonly tabs: Tab[];
  selectedTab: Tab;
  addTab(url: string, options: { triggeringPrincipal: unknown }): Tab;
  removeTab(tab: Tab): void;
  addTabsProgressListener(listener: ProgressListener): void;
  removeTabsProgressListener(listener: ProgressListener): void;
};
declare const ChromeUtils: {
  importESModule(url: "resource://devtools/shared/loader/Loader.sys.mjs"): {
    require(name: "devtools/client/framework/devtools"): { gDevTools: DevTools };
  };
  importESModule(url: "resource://gre/modules/ExtensionParent.sys.mjs"): {
    ExtensionParent: {
      apiManager: {
        global: {
          tabTracker: { getId(tab: Tab): number };
          browserActionFor(extension: Extension): { triggerAction(window: Window): Promise<void> };
        };
      };
    };
  };
};
interface ScriptError {
  readonly logLevel: number;
  readonly errorMessage: string;
  readonly sourceName: string;
  readonly lineNumber: number;
}
declare const Ci: { nsIScriptError: new () => ScriptError };
declare const WebExtensionPolicy: {
  getByID(id: string): { mozExtensionHostname: string; extension: Extension } | null;
};
declare const Services: {
  scriptSecurityManager: { getSystemPrincipal(): unknown };
  prefs: {
    getStringPref(name: string, otherwise: string): string;
    setStringPref(name: string, value: string): void;
    setBoolPref(name: string, value: boolean): void;
    clearUserPref(name: string): void;
  };
  focus: { activeWindow: Window | null };
  console: { getMessageArray(): unknown[]; reset(): void };
  cookies: { removeAll(): void };
};

/** The methods for one extension, in the browser's window. */
function makeWindowDriver(extensionId: string, panelTitle: string, contentSource: string) {
  const tabs: Tab[] = [];
  const { require } = ChromeUtils.importESModule(
    "resource://devtools/shared/loader/Loader.sys.mjs",
  );
  const { gDevTools } = require("devtools/client/framework/devtools");
  const system = Services.scriptSecurityManager.getSystemPrincipal();
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const listening = new WeakMap<BrowserElement, { page: number | undefined; name: string }>();
  const waiting = new Map<number, (json: string) => void>();
  let frameScripts = 0;
  let jobs = 0;

  function policy() {
    const found = WebExtensionPolicy.getByID(extensionId);
    if (!found) throw new Error(`The extension ${extensionId} isn't installed.`);
    return found;
  }

  function tabOf(number: number): Tab {
    const tab = tabs[number];
    if (!tab || !gBrowser.tabs.includes(tab)) throw new Error("The tab is closed.");
    return tab;
  }

  function toolboxOf(number: number): Toolbox {
    const toolbox = gDevTools.getToolboxForTab(tabOf(number));
    if (!toolbox) throw new Error("DevTools is closed.");
    return toolbox;
  }

  function panelOf(toolbox: Toolbox): BrowserElement | undefined {
    const frames = [...toolbox.doc.querySelectorAll("iframe")];
    const found = frames.map((frame) =>
      frame.contentDocument?.querySelector<BrowserElement>("#webext-panels-browser"),
    );
    const host = `moz-extension://${policy().mozExtensionHostname}/`;
    return found.find((one) => one?.currentURI?.spec.startsWith(host)) ?? undefined;
  }

  function elementOf(target: FirefoxTarget): BrowserElement {
    if (target.kind === "tab") return tabOf(target.tab).linkedBrowser;
    if (target.kind === "panel") {
      const panel = panelOf(toolboxOf(target.tab));
      if (!panel) throw new Error("The panel isn't in DevTools.");
      return panel;
    }
    const view = viewOf(target.kind);
    if (view) return view;
    throw new Error(
      target.kind === "popup"
        ? "The popup is closed."
        : "The extension's event page isn't running.",
    );
  }

  function viewOf(viewType: "popup" | "background"): BrowserElement | undefined {
    const views = [...policy().extension.views];
    return views.find((view) => view.viewType === viewType)?.xulBrowser;
  }

  function hidePopup(): void {
    viewOf("popup")?.closest<HTMLElement & { hidePopup(): void }>("panel")?.hidePopup();
  }

  function extensionParent() {
    return ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs")
      .ExtensionParent.apiManager.global;
  }

  function windowOf(target: FirefoxTarget): ChromeWindow {
    if (target.kind === "panel") return toolboxOf(target.tab).topWindow;
    return window as unknown as ChromeWindow;
  }

  /**
   * The name under which a frame script waits for jobs in the page that the element shows now. Each page gets
   * a script of its own, which costs a few milliseconds: with the page its process may have changed.
   */
  function listenerIn(element: BrowserElement, page: number | undefined): string {
    const known = listening.get(element);
    if (known && known.page === page) return known.name;
    const name = `switchyard-driver-${++frameScripts}`;
    const script = `{
      const run = ${contentSource};
      addMessageListener("${name}", ({ data: { id, job } }) => {
        const answer = (json) => sendAsyncMessage("${name}", { id, json });
        run(job).then(answer, (error) => answer(JSON.stringify({ error: String(error) })));
      });
    }`;
    const url = `data:application/javascript;charset=utf-8,${encodeURIComponent(script)}`;
    const { messageManager } = element;
    messageManager.addMessageListener(name, ({ data: { id, json } }) => waiting.get(id)?.(json));
    messageManager.loadFrameScript(url, false);
    listening.set(element, { page, name });
    return name;
  }

  /** Does a job in the content of a target; its answer. */
  function inContent(target: FirefoxTarget, job: ContentJob): Promise<string> {
    const element = elementOf(target);
    const page = () => element.browsingContext?.currentWindowGlobal?.innerWindowId;
    const before = page();
    const name = listenerIn(element, before);
    const id = ++jobs;
    return new Promise((resolve) => {
      const settle = (json: string) => {
        clearInterval(watch);
        waiting.delete(id);
        resolve(json);
      };
      // A page that has gone away never answers: its messages end at the old process.
      const watch = setInterval(() => {
        if (page() !== before) settle(JSON.stringify({ error: "the page went away" }));
      }, 100);
      waiting.set(id, settle);
      element.messageManager.sendAsyncMessage(name, { id, job });
    });
  }

  /** Does what loads something in a tab, and returns when it has loaded. */
  async function whenLoaded(browser: BrowserElement, start: () => void): Promise<void> {
    const STOP = 0x10;
    const NETWORK = 0x40000;
    const SAME_DOCUMENT = 0x1;
    let outcome: number | undefined;
    const listener: ProgressListener = {
      onStateChange: (where, progress, _request, flags, status) => {
        if (where !== browser || !progress.isTopLevel) return;
        // The empty page that every new tab begins with is not what was asked for.
        if (browser.currentURI.spec === "about:blank" && status === 0) return;
        if (flags & STOP && flags & NETWORK) outcome = status;
      },
      onLocationChange: (where, progress, _request, _location, flags) => {
        if (where === browser && progress.isTopLevel && flags & SAME_DOCUMENT) outcome = 0;
      },
    };
    const failed = () => browser.documentURI?.spec.startsWith("about:neterror");
    const failedBefore = failed();
    gBrowser.addTabsProgressListener(listener);
    try {
      start();
      // A URL that is refused at once (a forbidden port) shows its error without any progress.
      while (outcome === undefined && (failedBefore || !failed())) await sleep(10);
    } finally {
      gBrowser.removeTabsProgressListener(listener);
    }
    if (outcome !== 0 || failed())
      throw new Error(`it can't be loaded (0x${((outcome ?? 0) >>> 0).toString(16)}).`);
  }

  return {
    inContent,

    origin: () => `moz-extension://${policy().mozExtensionHostname}`,

    /** A new tab in front; our number for it. The first blank tab is used up first. */
    newTab(): number {
      const [first] = gBrowser.tabs;
      const blank =
        tabs.length === 0 && first?.linkedBrowser.currentURI.spec === "about:blank" ? first : null;
      const tab = blank ?? gBrowser.addTab("about:blank", { triggeringPrincipal: system });
      gBrowser.selectedTab = tab;
      return tabs.push(tab) - 1;
    },

    /** Our number for the tab whose URL begins so; null if there is none. */
    findTab(url: string): number | null {
      const tab = gBrowser.tabs.find(({ linkedBrowser }) =>
        linkedBrowser.currentURI.spec.startsWith(url),
      );
      if (!tab) return null;
      const known = tabs.indexOf(tab);
      return known >= 0 ? known : tabs.push(tab) - 1;
    },

    /** Loads a URL in a tab, or for null its page again. */
    async load(tab: number, url: string | null): Promise<void> {
      const browser = tabOf(tab).linkedBrowser;
      await whenLoaded(browser, () => {
        if (url === null) browser.reload();
        else browser.fixupAndLoadURIString(url, { triggeringPrincipal: system });
      });
    },

    extensionTabId(target: FirefoxTarget): number {
      if (!("tab" in target)) throw new Error(`The ${target.kind} is in no tab.`);
      return extensionParent().tabTracker.getId(tabOf(target.tab));
    },

    /** Presses the extension's button in the toolbar; false if no popup opens within the time. */
    async showPopup(tab: number, patienceMs: number): Promise<boolean> {
      gBrowser.selectedTab = tabOf(tab);
      // Pressed while its popup is open the button only closes it.
      hidePopup();
      while (viewOf("popup")) await sleep(20);
      await extensionParent().browserActionFor(policy().extension).triggerAction(window);
      for (const start = performance.now(); performance.now() < start + patienceMs; ) {
        if (viewOf("popup")) return true;
        await sleep(20);
      }
      return false;
    },

    /** From here on extensions get what they ask for, as if a person had said yes. */
    grantWithoutAsking(): void {
      Services.prefs.setBoolPref("extensions.webextOptionalPermissionPrompts", false);
    },

    /** Opens DevTools for a tab and shows the panel; false if there is none after the time. */
    async showPanel(
      tab: number,
      hostType: "window" | "bottom",
      theme: "dark" | "light" | null,
      patienceMs: number,
    ): Promise<boolean> {
      if (theme && Services.prefs.getStringPref("devtools.theme", "auto") !== theme) {
        Services.prefs.setStringPref("devtools.theme", theme);
        // The panel takes the theme when it opens.
        await gDevTools.getToolboxForTab(tabOf(tab))?.destroy();
      }
      // First the tool that does least: the console would gather all that happens in the page.
      const options = { toolId: "options", hostType, raise: true };
      const toolbox = await gDevTools.showToolboxForTab(tabOf(tab), options);
      for (const start = performance.now(); performance.now() < start + patienceMs; ) {
        const tool = toolbox.getAdditionalTools().find(({ label }) => label === panelTitle);
        if (tool) await toolbox.selectTool(tool.id);
        if (tool && panelOf(toolbox)) return true;
        await sleep(20);
      }
      return false;
    },

    /** Of every DevTools that is open, and of those to come. */
    setTheme(theme: "dark" | "light"): void {
      Services.prefs.setStringPref("devtools.theme", theme);
    },

    /** Focuses the window, the tab, and the content in it. */
    front(target: FirefoxTarget): void {
      if (target.kind === "tab" && !tabOf(target.tab).selected)
        gBrowser.selectedTab = tabOf(target.tab);
      const its = windowOf(target);
      if (Services.focus.activeWindow !== its) its.focus();
      const element = elementOf(target);
      if (element.ownerDocument.activeElement !== element) element.focus();
    },

    async close(target: FirefoxTarget): Promise<void> {
      if (target.kind === "tab") gBrowser.removeTab(tabOf(target.tab));
      if (target.kind === "panel") await toolboxOf(target.tab).destroy();
      if (target.kind === "popup") hidePopup();
    },

    /** Resizes the window until the content (or with `around` the window) has the size. */
    async resize(
      target: FirefoxTarget,
      width: number,
      height: number,
      around: boolean,
    ): Promise<void> {
      const its = windowOf(target);
      elementOf(target).removeAttribute("style");
      const size = () => {
        if (around) return [its.innerWidth, its.innerHeight] as const;
        const { width, height } = elementOf(target).getBoundingClientRect();
        return [width, height] as const;
      };
      for (let tries = 0; tries < 500; tries++) {
        const [w, h] = size();
        if (w === width && h === height) return;
        if (tries % 10 === 0) its.resizeBy(width - w, height - h);
        // Browser windows have a least width: below it, the tab is made narrower than its window.
        if (tries === 10 && target.kind === "tab" && !around) {
          const { style } = elementOf(target);
          style.minWidth = style.maxWidth = `${width}px`;
          style.minHeight = style.maxHeight = `${height}px`;
        }
        await sleep(20);
      }
      throw new Error(`It didn't take the size ${width} × ${height}, but ${size().join(" × ")}.`);
    },

    /** A PNG in base64. */
    async picture(target: FirefoxTarget, scale: number, around: boolean): Promise<string> {
      const source = around ? windowOf(target) : elementOf(target);
      const global = source.browsingContext?.currentWindowGlobal;
      if (!global) throw new Error("There is nothing to take a picture of.");
      const image = await global.drawSnapshot(null, scale, "white");
      const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
      const drawing = canvas as HTMLCanvasElement;
      drawing.width = image.width;
      drawing.height = image.height;
      drawing.getContext("2d")?.drawImage(image, 0, 0);
      return drawing.toDataURL("image/png").replace(/^[^,]*,/, "");
    },

    /** What nobody caught in the extension, since the browser started. */
    errors(): string[] {
      const origin = `moz-extension://${policy().mozExtensionHostname}/`;
      // nsIConsoleMessage.error
      const ERROR = 3;
      return Services.console
        .getMessageArray()
        .filter((one) => one instanceof Ci.nsIScriptError)
        .filter((one) => one.logLevel === ERROR && one.sourceName.startsWith(origin))
        .map((one) => `${one.errorMessage} (${one.sourceName}:${one.lineNumber})`);
    },

    async clearTraces(): Promise<void> {
      Services.cookies.removeAll();
      Services.console.reset();
      Services.prefs.clearUserPref("extensions.webextOptionalPermissionPrompts");
    },

    clipboardText: () => navigator.clipboard.readText(),

    backgroundRuns: () => policy().extension.backgroundState === "running",

    async killBackground(): Promise<void> {
      await policy().extension.terminateBackground({ ignoreDevToolsAttached: true });
    },
  };
}

export type WindowDriver = ReturnType<typeof makeWindowDriver>;

/** The source of a function that installs the driver as a global of the browser's window. */
export function installerSource(): string {
  return `(extensionId, panelTitle) => {
    const __name = (fn) => fn;
    const contentSource = ${JSON.stringify(`(() => { const __name = (fn) => fn; return (${makeContentDriver})(); })()`)};
    globalThis.switchyardDriver = (${makeWindowDriver})(extensionId, panelTitle, contentSource);
  }`;
}

/** The source of a function that calls a method of the installed driver. */
export function methodSource(method: keyof WindowDriver): string {
  return `(...args) => globalThis.switchyardDriver.${method}(...args)`;
}

/** Opens DevTools for the tab in front, and closes them. */
async function openDevToolsOnce(): Promise<void> {
  const { require } = ChromeUtils.importESModule(
    "resource://devtools/shared/loader/Loader.sys.mjs",
  );
  const { gDevTools } = require("devtools/client/framework/devtools");
  const options = { toolId: "webconsole", hostType: "window", raise: true };
  const toolbox = await gDevTools.showToolboxForTab(gBrowser.selectedTab, options);
  await toolbox.destroy();
}

/** The source of a function that opens DevTools once, without a driver. */
export function devToolsOnceSource(): string {
  return `() => { const __name = (fn) => fn; return (${openDevToolsOnce})(); }`;
}
