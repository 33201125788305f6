/**
 * What tests of Clerk's sessions begin with: a browser with the extension, an application with the real
 * clerk-js, its page, and the panel.
 *
 * Applications on localhost share their cookies whatever their ports, so there is one page, which goes
 * from one application to the next (`visit`).
 */
import { expect } from "vitest";
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { type ClerkApp, type ClerkAppOptions, startClerkApp } from "../web/clerk/app-server.ts";
import { borrowAwake } from "./awake.ts";
import type { BrowserUnderTest } from "./describe.ts";
import { WebPanel } from "./web-scene.ts";

const MAIN = "main[data-page=web-session]";

export class ClerkScene {
  readonly browser: ExtensionBrowser;
  /** The application's page, which DevTools inspects. */
  readonly page: Page;
  readonly panel: ClerkPanel;
  app: ClerkApp;
  readonly #apps: ClerkApp[];

  private constructor(browser: ExtensionBrowser, app: ClerkApp, page: Page, panel: ClerkPanel) {
    this.browser = browser;
    this.app = app;
    this.#apps = [app];
    this.page = page;
    this.panel = panel;
  }

  static async open(underTest: BrowserUnderTest, options?: ClerkAppOptions): Promise<ClerkScene> {
    const [browser, app] = await Promise.all([borrowAwake(underTest), startClerkApp(options)]);
    const page = await browser.openPage(app.url);
    const panel = new ClerkPanel(await browser.openPanel(page, { width: 1000, height: 800 }));
    const scene = new ClerkScene(browser, app, page, panel);
    await scene.loaded();
    return scene;
  }

  /** Starts another application, and goes to it. */
  async visit(options: ClerkAppOptions, path = "", isLoaded = true): Promise<void> {
    this.app = await startClerkApp(options);
    this.#apps.push(this.app);
    await this.page.goto(this.app.url + path);
    if (isLoaded) await this.loaded();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.loaded();
  }

  async loaded(): Promise<void> {
    await this.page.waitFor(() => {
      const { state, error } = document.documentElement.dataset;
      if (state === "failed") throw new Error(error);
      return state === "loaded";
    });
  }

  /** Who the application's back end takes the page for; 401: for nobody. */
  me(): Promise<unknown> {
    return this.page.evaluate("app.me()");
  }

  /** The first session of this person, as the server has it. */
  session(person: string) {
    const found = this.app.api.sessions().find((each) => each.person === person);
    if (!found) throw new Error(`The server has no session of ${person}.`);
    return found;
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
  }
}

export class ClerkPanel extends WebPanel {
  /** Who the list says that the page runs as. */
  async runsAs(): Promise<string | undefined> {
    return (await this.webRows()).find(({ current }) => current)?.label;
  }

  /** Clicks the row of the session that isn't gone; returns its id at Clerk. */
  async open(label: string): Promise<{ key: string; id: string }> {
    const isMeant = (row: { label: string; status: string }) =>
      row.label === label && !["gone", "replaced"].includes(row.status);
    await expect.poll(async () => (await this.webRows()).some(isMeant)).toBe(true);
    const key = (await this.webRows()).find(isMeant)?.key ?? "";
    await this.page.click(`nav [data-session="${key}"]`);
    await this.page.see(`${MAIN}[data-session-page="${key}"]`);
    return { key, id: key.slice(key.lastIndexOf("/") + 1) };
  }

  /** Presses a button of the session that is shown. */
  override press(name: string, within = MAIN): Promise<void> {
    return super.press(name, within);
  }

  /** Has the page run as this session, and waits until the panel says that it does. */
  async runAs(label: string): Promise<void> {
    await this.open(label);
    await this.press("Run tab as");
    await this.page.see(`[data-web-notice] >> text*=The page runs as “${label}” now.`);
  }

  /** What a field of the session that is shown says. */
  async field(name: string): Promise<string> {
    return (await this.page.text(`${MAIN} >> [data-field=${name}]`)).replace(/\s+/g, " ");
  }

  /** The moment that a field of the section *Dates* shows, in seconds since 1970. */
  time(name: string): Promise<number> {
    return this.page.evaluate(
      (selector: string) =>
        Math.floor(
          Date.parse(document.querySelector(selector)?.getAttribute("datetime") ?? "") / 1000,
        ),
      `${MAIN} [data-field=${name}] time`,
    );
  }
}
