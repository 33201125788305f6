/**
 * A real browser with the extension loaded, as `npm start` shows it to a person and as the browser
 * tests drive it.
 *
 * The one idea: a browser is a few verbs (open a tab, open the DevTools panel, stop the worker,
 * end), and everything on screen is a `Page`. Chromium and Firefox each implement the verbs with
 * what they offer (the DevTools Protocol; WebDriver BiDi with access to the browser's own windows),
 * so that one test runs in both.
 */
import type { Page } from "./page.ts";

/** The title of the extension's panel in DevTools. */
export const PANEL_TITLE = "Switchyard";

export interface LaunchOptions {
  /** The unpacked extension: a folder with a manifest.json. */
  readonly extensionDir: string;
  /** Without a window; the default. */
  readonly headless?: boolean;
  /**
   * The profile folder, kept when the browser closes: give the same again to restart the browser.
   * Without it the browser has a new profile, which goes when the browser closes.
   */
  readonly profileDir?: string;
  /** What a new profile of Firefox begins with (`makeFirefoxSeed`). Chromium gains nothing by one, and takes none. */
  readonly seedProfile?: string;
  /** Where DevTools opens: in a window of its own (the default), or at the page as people have it. */
  readonly devtools?: "window" | "docked";
  /** Names of hosts that lead to this computer, as if they were sites elsewhere. */
  readonly localNames?: readonly string[];
  /** More arguments of the command line. */
  readonly args?: readonly string[];
  /** The program; by default the one that `findChromium` or `findFirefox` finds. */
  readonly executable?: string;
}

export interface PanelOptions {
  /** The size of the panel in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The theme of DevTools. Left as it is when not given (light in a new profile). */
  readonly dark?: boolean;
}

/** The extension's background: Chromium's service worker, Firefox's event page. */
export interface ExtensionWorker {
  /** Whether it runs now. Neither starts it nor keeps it alive. */
  isRunning(): Promise<boolean>;
  /** Stops it as the browser does when it is idle, and returns when it is gone. */
  kill(): Promise<void>;
  /** Evaluates a function in it. Throws when it isn't running. JSON values in and out. */
  evaluate<T, A extends unknown[]>(
    fn: string | ((...args: A) => T | Promise<T>),
    ...args: A
  ): Promise<T>;
}

export interface ExtensionBrowser {
  readonly name: "chromium" | "firefox";
  /** The version as the browser tells it, for example `Chrome/156.0.8078.79`. */
  readonly version: string;
  readonly executable: string;
  readonly profileDir: string;
  /** `chrome-extension://…` or `moz-extension://…`, without a slash at the end. */
  readonly extensionOrigin: string;
  readonly worker: ExtensionWorker;
  /** Opens a tab in front and returns when it has loaded. Throws when it can't be loaded. */
  openPage(url: string): Promise<Page>;
  /** Opens a page of the extension in a tab; `path` as in the manifest. */
  openExtensionPage(path: string): Promise<Page>;
  /** Waits for a tab whose URL begins with `url`, for example one that the extension opened. */
  findPage(url: string, timeoutMs?: number): Promise<Page>;
  /** Opens DevTools for the tab of `page` and shows the extension's panel in it. */
  openPanel(page: Page, options?: PanelOptions): Promise<Page>;
  /** Presses the extension's button in the toolbar, for the tab of `page`; returns its popup. */
  openPopup(page: Page): Promise<Page>;
  /**
   * The person's yes to the browser's question whether the extension may run on a site, given before
   * it is asked: the buttons of a browser's own dialogs can't be reached. The extension must ask all
   * the same.
   */
  consentTo(pattern: string): Promise<void>;
  /** Changes the theme of the DevTools that is open for the tab of `page`, as its settings do. */
  setTheme(page: Page, dark: boolean): Promise<void>;
  /** The id by which extensions know the tab of `page`. */
  tabIdOf(page: Page): Promise<number>;
  /**
   * Errors that nobody caught in the extension's pages, worker and content scripts, since the
   * browser started. Chromium counts what is logged as a warning or an error too.
   */
  errors(): Promise<string[]>;
  /** Forgets all cookies and the errors so far; in Firefox every consent too. */
  clearTraces(): Promise<void>;
  /** The text that was copied last. In Chromium a tab comes to the front for it. */
  clipboardText(): Promise<string>;
  /** Stops all its processes where they are (`true`), so that it costs nothing, or lets them go on. */
  hold(still: boolean): void;
  /** Ends the browser and all its processes, and removes a profile that was made for it. */
  close(): Promise<void>;
  /** Fulfilled when the browser has ended, by `close`, by a person or by a crash. */
  readonly closed: Promise<void>;
}
