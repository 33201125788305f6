/**
 * What tests of SuperTokens' sessions begin with: a browser with the extension, an application with the
 * real SDKs, its page, the panel, and a page of the extension that sees the browser's cookies.
 *
 * Applications on localhost share their cookies whatever their ports, so there is one page, which goes
 * from one application to the next (`visit`) and finds nothing of what was before.
 */
import { expect } from "vitest";
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { WorkerLink } from "../../../demo/start/worker-link.ts";
import { OPTIONS_PAGE } from "../../../src/messages/pages.ts";
import {
  type SuperTokensApp,
  type SuperTokensAppOptions,
  startSuperTokensApp,
} from "../web/supertokens/app-server.ts";
import type { Me } from "../web/supertokens/page-client.ts";
import { borrowAwake } from "./awake.ts";
import type { BrowserUnderTest } from "./describe.ts";
import { WebPanel, type WebRow } from "./web-scene.ts";

/** A cookie as the browser has it; when it ends browsers round as they like. */
export interface KeptCookie {
  name: string;
  value: string;
  domain: string;
  hostOnly: boolean;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: string;
  partitionKey?: { topLevelSite?: string };
}

/** What a page of the extension calls, in either browser. */
const API = "(globalThis.browser ?? chrome)";

export class SuperTokensScene {
  readonly browser: ExtensionBrowser;
  /** The application's page, which DevTools inspects. */
  readonly page: Page;
  readonly panel: SuperTokensPanel;
  /** The options page; cookies are read and written from it. */
  readonly options: Page;
  /** The worker, as a view of no tab: for setting up, not for what is under test. */
  link: WorkerLink;
  app: SuperTokensApp;
  readonly #apps: SuperTokensApp[];

  private constructor(
    browser: ExtensionBrowser,
    app: SuperTokensApp,
    views: { page: Page; panel: SuperTokensPanel; options: Page; link: WorkerLink },
  ) {
    this.browser = browser;
    this.app = app;
    this.#apps = [app];
    this.page = views.page;
    this.panel = views.panel;
    this.options = views.options;
    this.link = views.link;
  }

  static async open(
    underTest: BrowserUnderTest,
    options?: SuperTokensAppOptions,
  ): Promise<SuperTokensScene> {
    const [browser, app] = await Promise.all([
      borrowAwake(underTest),
      startSuperTokensApp(options),
    ]);
    const own = await browser.openExtensionPage(OPTIONS_PAGE);
    const link = new WorkerLink(own);
    await link.open();
    const page = await browser.openPage(app.url);
    const panel = new SuperTokensPanel(await browser.openPanel(page, { width: 1000, height: 800 }));
    const scene = new SuperTokensScene(browser, app, { page, panel, options: own, link });
    await scene.loaded();
    return scene;
  }

  /**
   * Allows cookies as a person does: in Chromium the panel's own button asks for them, in Firefox, whose
   * panels can't ask, it leads to the options, where the same is asked.
   */
  async allowCookies(): Promise<void> {
    const { browser, page, panel, options } = this;
    if (browser.name === "chromium") {
      await panel.page.click(
        '[data-cookies=permission] >> nth=0 >> role=button[name="Allow cookies"]',
      );
    } else {
      await browser.consentTo("cookies");
      await options.click('[data-cookies=off] >> role=button[name="Allow"]');
    }
    await options.see("[data-cookies=on]");
    await panel.page.gone("[data-cookies=permission]");
    // In a tab behind another one the SDK's timers run once a second.
    await page.bringToFront();
  }

  /** Starts another application, and goes to it with nothing kept of what was before. */
  async visit(options: SuperTokensAppOptions = {}, path = ""): Promise<void> {
    this.app = await startSuperTokensApp(options);
    this.#apps.push(this.app);
    await this.restart(path);
  }

  /** The page anew, signed out, with nothing saved; at the server nobody has a session. */
  async restart(path = ""): Promise<void> {
    for (const handle of this.living) this.app.core.revoke(handle);
    // No SDK of the page before has a hand in the cookies then.
    await this.page.goto(`${this.app.origin}/plain`);
    await this.clear();
    await this.go(path);
  }

  async go(path = ""): Promise<void> {
    await this.page.goto(this.app.url + path);
    await this.loaded();
  }

  /** Forgets everything that Switchyard keeps, and all of localhost's cookies. */
  async clear(): Promise<void> {
    await this.link.call("data.delete", {});
    for (const cookie of await this.cookies()) await this.removeCookie(cookie);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.loaded();
  }

  /** The page has asked its server once who it is. */
  async loaded(): Promise<void> {
    await this.page.waitFor("document.querySelector('#me')?.textContent");
  }

  /** Who the application's server says that the page is; nobody: undefined. */
  async me(): Promise<Me | undefined> {
    return (await this.page.evaluate<Me | undefined | null, []>("app.me()")) ?? undefined;
  }

  /** The user's name before and after a reload, as the server says it. */
  async isBeforeAndAfterReload(handle: string): Promise<void> {
    expect((await this.me())?.handle).toBe(handle);
    await this.reload();
    expect((await this.me())?.handle).toBe(handle);
  }

  /** In the page, by its own SDK. */
  async signIn(user: string, tenant?: string): Promise<Me> {
    const args = [user, tenant].filter((each) => each !== undefined).map((each) => `"${each}"`);
    const me = await this.page.evaluate<Me | undefined, []>(`app.signIn(${args.join(", ")})`);
    if (!me) throw new Error(`${user} isn't signed in.`);
    return me;
  }

  /** SuperTokens' cookies on localhost, by name and path. */
  async cookies(): Promise<KeptCookie[]> {
    const all = await this.options.evaluate<KeptCookie[], []>(
      `${API}.cookies.getAll({ domain: "localhost", partitionKey: {} })`,
    );
    return all
      .filter(({ name }) => /^(st-|s[A-Z])/.test(name))
      .map(({ name, value, domain, hostOnly, path, httpOnly, secure, sameSite, partitionKey }) => ({
        ...{ name, value, domain, hostOnly, path, httpOnly, secure, sameSite },
        // Firefox says null where there is none.
        ...(partitionKey && { partitionKey }),
      }))
      .sort((a, b) => (a.name + a.path < b.name + b.path ? -1 : 1));
  }

  /** Where and how each is kept, one line each. */
  async cookiePlaces(): Promise<string[]> {
    return (await this.cookies()).map(
      ({ name, domain, path, hostOnly, httpOnly, secure, sameSite, partitionKey }) =>
        [
          name,
          hostOnly ? domain : `.${domain}`,
          path,
          httpOnly ? "httpOnly" : "scripts",
          secure ? "secure" : "plain",
          sameSite,
          ...(partitionKey?.topLevelSite ? ["partitioned"] : []),
        ].join(" "),
    );
  }

  async setCookie(details: {
    name: string;
    value: string;
    path?: string;
    httpOnly?: boolean;
    secure?: boolean;
    sameSite?: string;
    partitionKey?: { topLevelSite: string };
  }): Promise<void> {
    const { path = "/", secure = false } = details;
    const url = `${secure ? "https" : "http"}://localhost${path}`;
    const expirationDate = Date.now() / 1000 + 3_600;
    const set = JSON.stringify({ url, expirationDate, ...details, path });
    await this.options.evaluate(`${API}.cookies.set(${set})`);
  }

  async removeCookie({
    name,
    path,
    secure,
    partitionKey,
  }: Pick<KeptCookie, "name" | "path" | "secure" | "partitionKey">): Promise<void> {
    const url = `${secure ? "https" : "http"}://localhost${path}`;
    const removed = JSON.stringify({ url, name, ...(partitionKey && { partitionKey }) });
    await this.options.evaluate(`${API}.cookies.remove(${removed})`);
  }

  /** Opens the application in a container of Firefox, with its panel. */
  async openInContainer(): Promise<{ page: Page; panel: SuperTokensPanel }> {
    const { browser, options } = this;
    const url = `${this.app.url}?container`;
    const created = JSON.stringify({ url, cookieStoreId: "firefox-container-1" });
    await options.evaluate(`${API}.tabs.create(${created}).then(() => true)`);
    const page = await browser.findPage(url);
    await page.bringToFront();
    await page.waitFor("document.querySelector('#me')?.textContent");
    const panel = await browser.openPanel(page, { width: 1000, height: 800 });
    return { page, panel: new SuperTokensPanel(panel) };
  }

  /** Stops the worker as the browser may at any time. */
  async killWorker(): Promise<void> {
    await this.browser.worker.kill();
    this.link = new WorkerLink(this.options);
    await this.link.open();
  }

  /** How many requests have reached the application's server and its core. */
  get asked(): number {
    return this.app.requests + this.app.core.countOf();
  }

  /** The handles of all sessions that aren't over, as the core says. */
  get living(): string[] {
    return this.app.core.sessions().map(({ handle }) => handle);
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
  }
}

/** Which of several rows is meant. */
export type Where = "page" | "saved";

/** The form of the application's own sign-in, as a person fills it in. */
export interface SignInEntry {
  endpoint?: string;
  tenant?: string;
  /** The new session's name in Switchyard. */
  name?: string;
  into?: "page" | "saved";
  /** Values by the names of their fields. */
  fields?: Record<string, string>;
}

const FORM = "form[data-form=web-sign-in]";
const MAIN = "main[data-page=web-session]";

export class SuperTokensPanel extends WebPanel {
  /** The row of a session, once exactly one of this label is there. Those that a page had don't count. */
  async webRow(where: Where, label: string): Promise<WebRow> {
    const meant = async () =>
      (await this.rowsOf(where, label)).filter(
        ({ status }) => where === "saved" || status === "active",
      );
    await expect.poll(async () => (await meant()).length).toBe(1);
    return (await meant())[0] as WebRow;
  }

  private async rowsOf(where: Where, label: string): Promise<WebRow[]> {
    const prefix = where === "page" ? "web/" : "saved/";
    return (await this.webRows()).filter(
      (row) => row.label === label && row.key.startsWith(prefix),
    );
  }

  /** Who the list says that the page runs as. */
  async runsAs(): Promise<string | undefined> {
    return (await this.webRows()).find(({ key, current }) => current && key.startsWith("web/"))
      ?.label;
  }

  /** Clicks the row; returns the session's key when its page is shown. */
  async open(where: Where, label: string): Promise<string> {
    const { key } = await this.webRow(where, label);
    await this.page.click(`nav [data-session="${key}"]`);
    await this.page.see(`${MAIN}[data-session-page="${key}"]`);
    return key;
  }

  /** Presses a button of the session that is shown. */
  override press(name: string, within = MAIN): Promise<void> {
    return super.press(name, within);
  }

  /** Waits until the newest row of a session has this status. */
  async rowIs(where: Where, label: string, status: string): Promise<void> {
    await expect.poll(async () => (await this.rowsOf(where, label))[0]?.status).toBe(status);
  }

  async seeInMain(text: string): Promise<void> {
    await this.page.see(`${MAIN} >> text*=${text}`);
  }

  /** Saves the page's session of this label. */
  async save(label: string): Promise<void> {
    await this.open("page", label);
    await this.press("Save");
    await this.page.see(`${MAIN} >> role=button[name="Saved ✓"]`);
  }

  /** Has the page run as a saved session, and waits until the panel says that it does. */
  async runAs(label: string): Promise<void> {
    await this.open("saved", label);
    await this.press("Run tab as");
    await this.notice(`The page runs as “${label}” now.`);
  }

  /** Waits until a notice says this. */
  async notice(text: string): Promise<void> {
    await this.page.see(`[data-web-notice] >> text*=${text}`);
  }

  /** Opens the form of the application's own sign-in, and fills in what is given. */
  async openSignIn(origin: string, entry: SignInEntry): Promise<void> {
    await this.show("Sessions");
    const group = `[data-group="sign-in/${origin}"]`;
    await this.page.click(`${group} >> role=button[name="Sign in through the application"]`);
    await this.page.see(FORM);
    const { endpoint, tenant, name, into, fields = {} } = entry;
    if (endpoint !== undefined) await this.page.fill(`${FORM} >> label=Endpoint`, endpoint);
    if (tenant !== undefined) await this.page.fill(`${FORM} >> label=Tenant`, tenant);
    for (const [field, value] of Object.entries(fields)) {
      await this.page.fill(`${FORM} >> label=Value of ${field}`, value);
    }
    if (into) await this.page.click(`${FORM} >> input[value=${into}]`);
    if (name !== undefined) await this.page.fill(`${FORM} >> label=Name`, name);
  }

  /** Sends the form that is open. */
  async submitSignIn(into: "page" | "saved"): Promise<void> {
    const button = into === "page" ? "Sign the page in" : "Sign in and save";
    await this.page.click(`${FORM} >> role=button[name="${button}"]`);
  }

  /** What a field of the session that is shown says. */
  async field(name: string): Promise<string> {
    return (await this.page.text(`${MAIN} >> [data-field=${name}]`)).replace(/\s+/g, " ");
  }

  /** Uncovers a token of the session that is shown, and returns it. */
  async uncover(token: string): Promise<string> {
    await this.page.click(`${MAIN} >> [data-token=${token}] >> role=button[name="Show"]`);
    return this.page.text(`${MAIN} >> [data-token=${token}] >> code`);
  }
}
