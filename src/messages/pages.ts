/**
 * Where the extension's own pages are, for the parts that open them.
 *
 * The build keeps each page at its place in the source, so these are paths in both.
 */

/** The panel: in DevTools, or in a tab as `panelAddress` says. */
export const PANEL_PAGE = "/src/shells/panel.html";
/** The page that opens once, after installation. */
export const WELCOME_PAGE = "/src/shells/welcome.html";

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
