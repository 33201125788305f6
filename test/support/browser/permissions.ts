/**
 * What a person does with an extension's permissions in the browser's own settings.
 *
 * Chromium's are a page that can be driven. Firefox's are not; there the extension does itself what
 * they would do to it.
 */
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { LOCAL_SITES } from "../../../src/messages/site-pattern.ts";

/** Takes back the permission for a site. */
export function takeBack(browser: ExtensionBrowser, ...patterns: string[]): Promise<void> {
  return onPage(browser.openExtensionPage("manifest.json"), async (page) => {
    const origins = JSON.stringify(patterns);
    await page.waitFor<boolean, []>(
      `(globalThis.browser ?? chrome).permissions.remove({ origins: ${origins} })`,
    );
  });
}

/** Takes back the permission for this computer's own sites, which the manifest has. */
export async function forbidLocal(browser: ExtensionBrowser): Promise<void> {
  if (browser.name === "firefox") await takeBack(browser, ...LOCAL_SITES);
  else await setHostAccess(browser, "ON_CLICK");
}

/**
 * Gives it again: in Firefox by what the extension offers (`press`), to which the person says yes. In
 * Chromium only in the settings, since no consent can be given before its question is asked.
 */
export async function allowLocal(
  browser: ExtensionBrowser,
  press: () => Promise<void>,
): Promise<void> {
  if (browser.name === "chromium") return setHostAccess(browser, "ON_ALL_SITES");
  for (const pattern of LOCAL_SITES) await browser.consentTo(pattern);
  await press();
}

/** "Site access" in Chromium's settings of the extension. */
function setHostAccess(
  browser: ExtensionBrowser,
  hostAccess: "ON_CLICK" | "ON_ALL_SITES",
): Promise<void> {
  const change = { extensionId: browser.extensionOrigin.split("//")[1], hostAccess };
  return onPage(browser.openPage("chrome://extensions/"), async (page) => {
    await page.waitFor<boolean, []>(
      `chrome.developerPrivate.updateExtensionConfiguration(${JSON.stringify(change)}).then(() => true)`,
    );
  });
}

async function onPage(opening: Promise<Page>, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await opening;
  try {
    await work(page);
  } finally {
    await page.close();
  }
}
