/**
 * On which sites Switchyard runs: on none beyond this computer until a person enables it, from then on
 * with the next page that loads, and no more once they turn it off. Through the real popup, options and
 * first-run page; the sites are names that lead to this computer.
 *
 * Whether a page is watched is seen in the page: there a SurrealDB socket has a `send` of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import { OPTIONS_PAGE, optionsAddress, WELCOME_PAGE } from "../../src/messages/pages.ts";
import { sitePattern } from "../../src/messages/site-pattern.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { allowLocal, forbidLocal, takeBack } from "../support/browser/permissions.ts";
import {
  inFrame,
  type Pages,
  type PageWanted,
  pageConnected,
  startPages,
} from "../support/page-sdk/pages.ts";

const SHOP = "shop.example.test";
const STAGING = "staging.example.test";

describeInBrowsers("sites", (under) => {
  let browser: ExtensionBrowser;
  let server: DemoServer;
  let pages: Pages;
  let welcome: Page;
  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startServer({ port: 0 }),
      // Docked: from a DevTools window Firefox opens no tabs, but windows.
      under.launch({ localNames: [SHOP, STAGING], devtools: "docked" }),
    ]);
    pages = await startPages(server.url);
    // It comes to the front when it opens: later tabs are to stay where they are.
    welcome = await browser.findPage(browser.extensionOrigin + WELCOME_PAGE);
  });
  afterAll(async () => {
    await pages.close();
    await server.close();
  });

  function addressOn(host: string, wanted: PageWanted = {}): string {
    const url = new URL(pages.urlOf({ as: "alice", database: "tenant_a", ...wanted }));
    url.hostname = host;
    return url.href;
  }
  async function open(host: string, wanted?: PageWanted): Promise<Page> {
    const page = await browser.openPage(addressOn(host, wanted));
    await pageConnected(page);
    return page;
  }
  const popupState = (popup: Page, state: string) => popup.see(`[data-site-state=${state}]`);

  describe("enabled and turned off in the popup", () => {
    let page: Page;
    let popup: Page;

    test("a page of a site that nobody enabled runs without us, and the popup says so", async () => {
      page = await open(SHOP);
      expect(await isWatched(page, server.url)).toBe(false);
      popup = await browser.openPopup(page);
      await popupState(popup, "off");
      await popup.see(`text=Off on ${SHOP}`);
      await popup.see("text*=Nothing leaves this computer.");
    });

    test("enabled, it says to reload; after that the page is watched, and its session is there", async () => {
      await browser.consentTo(sitePattern(addressOn(SHOP)));
      popup = await browser.openPopup(page);
      await popup.click('role=button[name="Enable on this site"]');
      await popupState(popup, "needs-reload");
      await popup.see("text=Enabled");
      expect(await isWatched(page, server.url)).toBe(false);
      await popup.click('role=button[name="Reload page"]');
      await popupState(popup, "on");
      await popup.see("[data-session][data-status=active] >> text*=user:alice · app/tenant_a");
      await pageConnected(page);
      expect(await isWatched(page, server.url)).toBe(true);
    });

    test("another site is none the wiser", async () => {
      const other = await open(STAGING);
      expect(await isWatched(other, server.url)).toBe(false);
      await other.close();
    });

    test("turned off, the page is watched until it reloads, and never again", async () => {
      popup = await browser.openPopup(page);
      await popupState(popup, "on");
      await popup.click('role=button[name="Turn off on this site"]');
      await popupState(popup, "leaving");
      await popup.click('role=button[name="Reload page"]');
      await popupState(popup, "off");
      await pageConnected(page);
      expect(await isWatched(page, server.url)).toBe(false);
      await page.close();
    });
  });

  describe("enabled and turned off in the options", () => {
    let options: Page;
    const row = (host: string) => `[data-site="${sitePattern(`https://${host}/`)}"]`;

    test("a site by its name: what can't be one is refused with words", async () => {
      options = await browser.openExtensionPage(OPTIONS_PAGE);
      await options.see("[data-site=local] >> text*=On");
      const field = "label=Enable another site";
      for (const [text, words] of [
        ["my app", "is not the address of a site"],
        ["ftp://shop.example.test", "http and https only"],
        ["*.example.test", "one by one"],
        ["localhost:3000", "on for localhost already"],
      ] as const) {
        await options.fill(field, text);
        await options.press("Enter");
        await options.see(`text*=${words}`);
      }
      await browser.consentTo(sitePattern(addressOn(STAGING)));
      await options.fill(field, `${STAGING}:8443/orders`);
      await options.press("Enter");
      await options.see(row(STAGING));
      await options.see(`text*=Enabled on ${STAGING}. Reload its pages to begin.`);
      const page = await open(STAGING);
      expect(await isWatched(page, server.url)).toBe(true);
      await page.close();
    });

    test("a frame of an enabled site is watched in a page of another", async () => {
      const page = await open(SHOP);
      expect(await isWatched(page, server.url)).toBe(false);
      await page.evaluate((src) => {
        const frame = document.createElement("iframe");
        frame.src = src;
        document.body.append(frame);
        return new Promise<void>((resolve) => {
          frame.addEventListener("load", () => resolve());
        });
      }, addressOn(STAGING));
      expect(await inFrame(page, 0, hasOwnSend, server.url)).toBe(true);
      await page.close();
    });

    test("turned off in the list", async () => {
      await options.click(`${row(STAGING)} >> role=button[name="Turn off"]`);
      await options.gone(row(STAGING));
      await options.see(`text*=Off on ${STAGING}.`);
      const page = await open(STAGING);
      expect(await isWatched(page, server.url)).toBe(false);
      await page.close();
    });

    test("opened for one site they ask one question", async () => {
      const asking = await browser.openExtensionPage(optionsAddress(addressOn(SHOP)));
      await asking.see(`role=heading[name="Enable Switchyard on ${SHOP}?"]`);
      await asking.see("text=Nothing leaves this computer.");
      await browser.consentTo(sitePattern(addressOn(SHOP)));
      await asking.click('[data-question=open] >> role=button[name="Enable"]');
      await asking.see("[data-question=answered]");
      // The other options, open meanwhile, show it too.
      await options.see(row(SHOP));
      await asking.close();
    });

    test("DevTools, which may not ask, lead to that question; after it the panel shows the page", async () => {
      await options.click(`${row(SHOP)} >> role=button[name="Turn off"]`);
      await options.gone(row(SHOP));
      const page = await open(SHOP);
      const panel = await browser.openPanel(page);
      await panel.see(`text*=Switchyard is off on ${SHOP}`);
      await panel.click('role=button[name="Enable on this site"]');
      const asking = await browser.findPage(`${browser.extensionOrigin}${OPTIONS_PAGE}?`);
      await asking.click('[data-question=open] >> role=button[name="Enable"]');
      await asking.see("[data-question=answered]");
      await panel.click('role=button[name="Reload page"]');
      await panel.see("text*=user:alice");
      await panel.close();
      await asking.close();
      await page.close();
    });

    test("a site that is taken back in the browser's own settings is gone here too", async () => {
      await takeBack(browser, sitePattern(addressOn(SHOP)));
      await options.gone(row(SHOP));
      const page = await open(SHOP);
      expect(await isWatched(page, server.url)).toBe(false);
      await page.close();
    });

    test("the worker's death leaves sites as they are", async () => {
      await browser.consentTo(sitePattern(addressOn(STAGING)));
      await options.fill("label=Enable another site", STAGING);
      await options.press("Enter");
      await options.see(row(STAGING));
      await browser.worker.kill();
      await options.see(row(STAGING));
      const page = await open(STAGING);
      expect(await isWatched(page, server.url)).toBe(true);
      await page.close();
    });
  });

  test("the popup by keyboard alone", async () => {
    await browser.consentTo(sitePattern(addressOn(SHOP)));
    const page = await open(SHOP, { name: "keyboard" });
    const popup = await browser.openPopup(page);
    await popupState(popup, "off");
    await tabTo(popup, "Enable on this site");
    await popup.press("Enter");
    await popupState(popup, "needs-reload");
    await tabTo(popup, "Turn off on this site");
    await popup.press("Space");
    await popupState(popup, "off");
    await tabTo(popup, "Sites and settings");
    await tabTo(popup, "Open in a tab");
    await page.close();
  });

  describe("on this computer", () => {
    test("it is on from the start: the first-run page says so, the popup shows the session", async () => {
      await welcome.see("text=Switchyard is on for localhost.");
      const page = await open("localhost");
      expect(await isWatched(page, server.url)).toBe(true);
      const popup = await browser.openPopup(page);
      await popupState(popup, "on");
      await popup.see("text*=user:alice · app/tenant_a");
      expect(await popup.count('role=button[name="Turn off on this site"]')).toBe(0);
      await page.close();
    });

    test("where the browser doesn't allow it, that is said, with the way to allow it", async () => {
      await forbidLocal(browser);
      await welcome.see('role=button[name="Allow on localhost"]');
      const page = await open("localhost");
      expect(await isWatched(page, server.url)).toBe(false);
      // Chromium's own popup for this case goes before ours.
      if (under.name === "firefox") {
        const popup = await browser.openPopup(page);
        await popupState(popup, "local-off");
        await popup.see('role=button[name="Allow on localhost"]');
      }
      const options = await browser.openExtensionPage(OPTIONS_PAGE);
      await options.see('[data-site=local] >> role=button[name="Allow on localhost"]');

      await allowLocal(browser, () => options.click('role=button[name="Allow on localhost"]'));
      await options.see("[data-site=local] >> text*=On");
      await welcome.see("text=Switchyard is on for localhost.");
      await page.reload();
      await pageConnected(page);
      expect(await isWatched(page, server.url)).toBe(true);
    });
  });

  test("nothing went wrong unseen", async () => {
    expect(await browser.errors()).toEqual([]);
  });
});

/** Presses Tab until the button with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 10; presses++) {
    await page.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      return element?.getAttribute("aria-label") ?? element?.innerText ?? "";
    });
    if (focused.trim() === name) return;
  }
  throw new Error(await page.explain(`Tab doesn't lead to "${name}".`));
}

/** Whether sockets to SurrealDB are watched in this page. */
function isWatched(page: Page, rpcUrl: string): Promise<boolean> {
  return page.evaluate(hasOwnSend, rpcUrl);
}

/** Sent to the page as it stands here. */
function hasOwnSend(rpcUrl: string): boolean {
  const socket = new WebSocket(rpcUrl, "cbor");
  const has = Object.hasOwn(socket, "send");
  socket.close();
  return has;
}
