/**
 * A browser that goes from one test file to the next, with a tab whose DevTools stay open.
 *
 * The one idea: what is dear is the browser's start and that of its DevTools, ten seconds of a processor's
 * time together; what makes a file's tests independent is an extension that knows nothing. So the browser
 * stays, and in it everything that the extension and the pages could know is taken away: tabs, cookies,
 * storage, permissions, the worker. What can't be made as new (a theme, a consent) ends the browser.
 *
 * Two tabs are kept: one page of the extension and one page of the web, the one with DevTools. A file gets
 * them when it first opens such a page. Of what only happens in a new browser, the page that greets after
 * the installation, it has nothing: who needs that takes a new one.
 */
import type {
  ExtensionBrowser,
  ExtensionWorker,
  PanelOptions,
} from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { sleep } from "../../../demo/browser/wait.ts";
import { WELCOME_PAGE } from "../../../src/messages/pages.ts";

/** Longer it isn't waited for: a page may hang, and a new browser is there in a few seconds. */
const START_OVER_MS = 30_000;
/** A page on which nothing runs, the extension's scripts neither. */
const NOWHERE = "data:text/html,";

interface KeptTab {
  readonly page: Page;
  /** Taken by the tests that have the browser now. */
  taken: boolean;
}

export class KeptBrowser implements ExtensionBrowser {
  readonly name;
  readonly version;
  readonly executable;
  readonly profileDir;
  readonly extensionOrigin;
  readonly worker: ExtensionWorker;
  readonly closed;
  readonly #browser: ExtensionBrowser;
  #own: KeptTab | undefined;
  #visited: (KeptTab & { id?: number }) | undefined;
  /** The panel in the DevTools of the visited tab, and where it was when DevTools opened it. */
  #panel: { page: Page; url: string } | undefined;
  #popup: Page | undefined;
  /** Whether something was changed that lasts. */
  #changed = false;
  #ended = false;

  constructor(browser: ExtensionBrowser) {
    this.#browser = browser;
    this.name = browser.name;
    this.version = browser.version;
    this.executable = browser.executable;
    this.profileDir = browser.profileDir;
    this.extensionOrigin = browser.extensionOrigin;
    this.worker = browser.worker;
    this.closed = browser.closed;
    this.closed.then(() => {
      this.#ended = true;
    });
  }

  /** By itself, while nobody had it. */
  get ended(): boolean {
    return this.#ended;
  }

  async openPage(url: string): Promise<Page> {
    const own = url.startsWith(`${this.extensionOrigin}/`);
    const kept = own ? this.#own : this.#visited;
    if (kept && !kept.taken) {
      kept.taken = true;
      await kept.page.bringToFront();
      await kept.page.goto(url);
      return kept.page;
    }
    const page = await this.#browser.openPage(url);
    if (own) this.#own ??= { page, taken: true };
    else this.#visited ??= { page, taken: true };
    return page;
  }

  openExtensionPage(path: string): Promise<Page> {
    return this.openPage(`${this.extensionOrigin}/${path.replace(/^\//, "")}`);
  }

  async openPanel(page: Page, options: PanelOptions = {}): Promise<Page> {
    if (options.dark !== undefined) this.#changed = true;
    const isVisited = page === this.#visited?.page;
    if (isVisited && this.#panel && !this.#changed && (await isThere(this.#panel.page))) {
      const { page: panel, url } = this.#panel;
      await panel.goto(url);
      const { width, height } = options;
      if (width !== undefined && height !== undefined) await panel.setViewport(width, height);
      return panel;
    }
    const panel = await this.#browser.openPanel(page, options);
    if (isVisited) this.#panel = { page: panel, url: await panel.url() };
    return panel;
  }

  async openPopup(page: Page): Promise<Page> {
    this.#popup = await this.#browser.openPopup(page);
    return this.#popup;
  }

  consentTo(pattern: string): Promise<void> {
    // Chromium remembers it for good.
    if (this.name === "chromium") this.#changed = true;
    return this.#browser.consentTo(pattern);
  }

  setTheme(page: Page, dark: boolean): Promise<void> {
    this.#changed = true;
    return this.#browser.setTheme(page, dark);
  }

  findPage(url: string, timeoutMs?: number): Promise<Page> {
    return this.#browser.findPage(url, timeoutMs);
  }

  tabIdOf(page: Page): Promise<number> {
    return this.#browser.tabIdOf(page);
  }

  errors(): Promise<string[]> {
    return this.#browser.errors();
  }

  clearTraces(): Promise<void> {
    return this.#browser.clearTraces();
  }

  clipboardText(): Promise<string> {
    return this.#browser.clipboardText();
  }

  /** Held, it waits for the next tests without taking time from the others. */
  hold(still: boolean): void {
    this.#browser.hold(still);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  /** Makes it as new. False where it can't be: then it has ended. */
  async startOver(): Promise<boolean> {
    const trouble = this.#changed
      ? undefined
      : await Promise.race([
          this.#clean().then(
            () => "",
            (error) => String(error),
          ),
          sleep(START_OVER_MS).then(() => `it took more than ${START_OVER_MS / 1000} s`),
        ]);
    if (trouble === "") return true;
    if (trouble) console.warn(`${this.version} couldn't start over, and ends: ${trouble}`);
    await this.close();
    return false;
  }

  async #clean(): Promise<void> {
    const idle = this.extensionOrigin + WELCOME_PAGE;
    const own = await this.#ownAtRest(idle);
    await this.#popup?.close().catch(() => undefined);
    this.#popup = undefined;
    const visited = this.#visited;
    if (visited && !(await isThere(visited.page))) {
      this.#visited = undefined;
      this.#panel = undefined;
    } else if (visited) {
      visited.id ??= await this.#browser.tabIdOf(visited.page);
      visited.taken = false;
      if (this.#panel && (await isThere(this.#panel.page))) {
        await this.#panel.page.evaluate("sessionStorage.clear()");
        await this.#panel.page.goto(idle);
      } else this.#panel = undefined;
      await visited.page.goto(NOWHERE);
    }
    await own.evaluate(closeTabsBut, this.#visited?.id ?? null);
    await this.#browser.clearTraces();
    let left: string[] = [];
    for (let round = 0; round < 5; round++) {
      await this.#stopWorker();
      left = await own.evaluate(emptyStores);
      // A cookie or a permission that went may have woken it, and it writes what it knows.
      await sleep(100);
      if (left.length === 0 && !(await this.worker.isRunning())) return;
    }
    throw new Error(`it still has ${left.join(", ") || "a worker"}`);
  }

  async #ownAtRest(idle: string): Promise<Page> {
    const kept = this.#own;
    if (kept && (await isThere(kept.page))) await kept.page.goto(idle);
    else this.#own = { page: await this.#browser.openPage(idle), taken: false };
    const { page } = this.#own as KeptTab;
    (this.#own as KeptTab).taken = false;
    return page;
  }

  async #stopWorker(): Promise<void> {
    if (await this.worker.isRunning()) await this.worker.kill();
  }
}

/** Whether it is open still. */
function isThere(page: Page): Promise<boolean> {
  return page.evaluate("1").then(
    () => true,
    () => false,
  );
}

/** As much of the extension API as is used to take everything away. */
interface ExtensionApi {
  tabs: {
    query(filter: object): Promise<{ id: number }[]>;
    getCurrent(): Promise<{ id: number }>;
    remove(ids: number[]): Promise<void>;
  };
  storage: Record<"local" | "session", { clear(): Promise<void>; get(): Promise<object> }>;
  permissions: {
    getAll(): Promise<{ origins: string[]; permissions: string[] }>;
    remove(some: { origins: string[]; permissions: string[] }): Promise<boolean>;
  };
  scripting: {
    getRegisteredContentScripts(): Promise<object[]>;
    unregisterContentScripts(): Promise<void>;
  };
  runtime: {
    getManifest(): {
      permissions?: string[];
      host_permissions?: string[];
      optional_permissions?: string[];
    };
  };
}

/** Runs in a page of the extension: closes all tabs but its own and this one. */
async function closeTabsBut(kept: number | null): Promise<void> {
  const { browser, chrome } = globalThis as unknown as Record<string, ExtensionApi>;
  const { tabs } = (browser ?? chrome) as ExtensionApi;
  const { id } = await tabs.getCurrent();
  const others = (await tabs.query({})).map((tab) => tab.id);
  await tabs.remove(others.filter((one) => one !== id && one !== kept));
}

/** Runs in a page of the extension: empties what the extension has, and names what is left of it. */
async function emptyStores(): Promise<string[]> {
  const { browser, chrome } = globalThis as unknown as Record<string, ExtensionApi>;
  const { storage, permissions, runtime, scripting } = (browser ?? chrome) as ExtensionApi;
  const manifest = runtime.getManifest();
  const optional = manifest.optional_permissions ?? [];
  const granted = await permissions.getAll();
  const origins = granted.origins.filter((one) => !manifest.host_permissions?.includes(one));
  const beside = granted.permissions.filter((one) => optional.includes(one));
  if (origins.length + beside.length > 0)
    await permissions.remove({ origins, permissions: beside });
  if ((await scripting.getRegisteredContentScripts()).length > 0)
    await scripting.unregisterContentScripts();
  localStorage.clear();
  sessionStorage.clear();
  for (const { name = "" } of await indexedDB.databases())
    await new Promise<void>((resolve) => {
      const asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = () => resolve();
      // Somebody has it open: the next round finds it.
      asked.onblocked = () => resolve();
      asked.onerror = () => resolve();
    });
  await storage.local.clear();
  await storage.session.clear();
  return [
    ...Object.keys(await storage.local.get()),
    ...Object.keys(await storage.session.get()),
    ...(await indexedDB.databases()).map(({ name = "" }) => name),
  ];
}
