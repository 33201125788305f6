/**
 * Where the extension's own pages are, for the parts that open them.
 *
 * The build keeps each page at its place in the source, so these are paths in both.
 */
import { siteHost } from "./site-pattern.ts";

/** The panel: in DevTools, or in a tab as `panelAddress` says. */
export const PANEL_PAGE = "/src/shells/panel.html";
/** The toolbar button's popup. */
export const POPUP_PAGE = "/src/shells/popup.html";
/** The page that opens once, after installation. */
export const WELCOME_PAGE = "/src/shells/welcome.html";
/** The options: sites, log, privacy. */
export const OPTIONS_PAGE = "/src/shells/options.html";

/**
 * The panel's path as a page of its own.
 *
 * @param tabId The tab that the panel belongs to; absent: none.
 */
export function panelAddress(tabId?: number): string {
  return tabId === undefined ? PANEL_PAGE : `${PANEL_PAGE}?tab=${tabId}`;
}

/** The tab that `panelAddress` named, from a page's `location.search`. Absent or not a tab's id: none. */
export function tabOfAddress(search: string): number | undefined {
  const tab = new URLSearchParams(search).get("tab");
  return tab !== null && /^\d{1,15}$/.test(tab) ? Number(tab) : undefined;
}

/** The popup's path where it opens to switch: with its list open, and the keys in it at once. */
export const SWITCHER_ADDRESS = `${POPUP_PAGE}?switch`;

/** Whether a popup was opened to switch, from its page's `location.search`. */
export function isSwitcherAddress(search: string): boolean {
  return new URLSearchParams(search).has("switch");
}

/**
 * The options' path, at the question whether to enable a site.
 *
 * @param url A page of that site. Only its origin is passed on: what the page is, is nobody's concern.
 */
export function optionsAddress(url?: string): string {
  const site = url === undefined || siteHost(url) === undefined ? undefined : new URL(url).origin;
  return site === undefined ? OPTIONS_PAGE : `${OPTIONS_PAGE}?site=${encodeURIComponent(site)}`;
}

/** The site that `optionsAddress` named, from a page's `location.search`. */
export function siteOfAddress(search: string): string | undefined {
  return new URLSearchParams(search).get("site") ?? undefined;
}
