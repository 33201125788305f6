/**
 * A tab with an application that signs in with Clerk, and its panel.
 *
 * One tab and one panel serve all applications of a file, one after the other: each new one is another
 * origin, and the panel stays open over it. A session is told by its id, as the panel's rows carry it.
 */
import { expect } from "vitest";
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { type ClerkApp, type ClerkAppOptions, startClerkApp } from "../web/clerk/app-server.ts";
import type { PersonName } from "../web/clerk/people.ts";
import type { BrowserUnderTest } from "./describe.ts";
import type { WebPanel, WebRow } from "./web-scene.ts";

/** The page of the session that is shown. */
const SHOWN = "main[data-page=web-session]";

export class ClerkTab {
  readonly browser: ExtensionBrowser;
  readonly page: Page;
  readonly panel: WebPanel;
  /** The application that the tab shows. */
  app: ClerkApp;
  readonly #apps: ClerkApp[];

  private constructor(browser: ExtensionBrowser, page: Page, panel: WebPanel, app: ClerkApp) {
    this.browser = browser;
    this.page = page;
    this.panel = panel;
    this.app = app;
    this.#apps = [app];
  }

  static async open(
    underTest: BrowserUnderTest,
    panelOf: (browser: ExtensionBrowser, page: Page) => Promise<WebPanel>,
  ): Promise<ClerkTab> {
    const browser = await underTest.launch();
    const app = await startClerkApp();
    const page = await browser.openPage(app.url);
    await clerkLoaded(page);
    return new ClerkTab(browser, page, await panelOf(browser, page), app);
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
  }

  /** Shows another application in the tab, once Clerk is loaded in it. */
  async show(options: ClerkAppOptions, path = ""): Promise<ClerkApp> {
    this.app = await startClerkApp(options);
    this.#apps.push(this.app);
    // Of a session that the page hasn't had before the SDK writes the cookie only with the focus.
    await this.page.bringToFront();
    // All ports of localhost share them: what the application before left is unknown to this one.
    await this.page.evaluate(() => {
      for (const cookie of document.cookie.split("; ")) {
        // biome-ignore lint/suspicious/noDocumentCookie: not every browser here has another way.
        document.cookie = `${cookie.split("=")[0]}=; max-age=0; path=/`;
      }
    });
    await this.page.goto(this.app.url + path);
    if (!options.loadDelayMs) await clerkLoaded(this.page);
    return this.app;
  }

  /** Takes the focus from the page, as DevTools that are docked at it have it. */
  async takeFocus(): Promise<void> {
    // Without a screen Chromium leaves it with the page that was in front last, also behind DevTools.
    const other = await this.browser.openPage(`${this.app.url}page/app.js`);
    await this.page.waitFor("!document.hasFocus()");
    await other.close();
  }

  /** Reloads the page as its own user would. */
  async reload(): Promise<void> {
    await this.page.reload();
    await clerkLoaded(this.page);
  }

  /** Signs in by the application itself; the new session's id. */
  async signIn(person: PersonName): Promise<string> {
    // As its user, who has the page in front.
    await this.page.bringToFront();
    return this.page.evaluate<string, []>(`app.signIn("${person}")`);
  }

  /** The id of the session as which the application's own server takes the page; 401 for nobody. */
  async me(): Promise<string | number> {
    const me = await this.page.evaluate<{ sessionId: string } | number, []>("app.me()");
    return typeof me === "number" ? me : me.sessionId;
  }

  /** Waits until the application's own server takes the page for this session. */
  async isMe(id: string | number): Promise<void> {
    await expect.poll(() => this.me()).toBe(id);
  }

  /** The session's row in the panel, once it is there. */
  async row(id: string): Promise<WebRow> {
    await expect.poll(() => this.#find(id)).toBeDefined();
    return (await this.#find(id)) as WebRow;
  }

  async #find(id: string): Promise<WebRow | undefined> {
    return (await this.panel.webRows()).find(({ key }) => key.endsWith(`/clerk/${id}`));
  }

  /** Waits until the list has exactly these sessions with these statuses; `*`: the page runs as it. */
  async lists(wanted: Readonly<Record<string, string>>): Promise<void> {
    const list = async () =>
      Object.fromEntries(
        (await this.panel.webRows()).map(({ key, status, current }) => [
          key.slice(key.lastIndexOf("/") + 1),
          current ? `${status}*` : status,
        ]),
      );
    await expect.poll(list).toEqual(wanted);
  }

  /** Shows the session's page in the panel. */
  async select(id: string): Promise<void> {
    const { key } = await this.row(id);
    await this.panel.page.click(`nav [data-session="${key}"]`);
    await this.panel.page.see(`${SHOWN}[data-session-page="${key}"]`);
  }

  /** What the page of the selected session shows there. */
  text(within: string): Promise<string> {
    return this.panel.page.text(`${SHOWN} >> ${within}`);
  }

  /** The moment that the selected session's page shows in a field, as ISO 8601. */
  moment(field: string): Promise<string | undefined> {
    return this.panel.page.evaluate(
      (selector) => document.querySelector<HTMLTimeElement>(selector)?.dateTime,
      `${SHOWN} [data-field=${field}] time`,
    );
  }

  async sees(within: string): Promise<void> {
    await this.panel.page.see(`${SHOWN} >> ${within}`);
  }

  async press(button: string): Promise<void> {
    await this.panel.press(button, SHOWN);
  }

  async menu(item: string): Promise<void> {
    await this.press("More actions");
    await this.panel.page.click(`[role=menu] >> text=${item}`);
  }

  /** Presses a button of the question that the selected session's page asks. */
  async answer(button: string): Promise<void> {
    await this.panel.press(button, `${SHOWN} header .sy-note`);
  }

  /** Selects the session, and presses "Run tab as"; what comes of it isn't waited for. */
  async runAs(id: string): Promise<void> {
    await this.select(id);
    await this.press("Run tab as");
  }

  /** The error that the selected session's page shows. */
  error(): Promise<string> {
    return this.text("[data-error]");
  }
}

export function clerkLoaded(page: Page): Promise<boolean> {
  return page.waitFor(() => {
    const { state, error } = document.documentElement.dataset;
    if (state === "failed") throw new Error(error);
    return state === "loaded";
  });
}
