/**
 * Runs, unseen, in each DevTools window: adds the tab Switchyard to it.
 */
import browser from "webextension-polyfill";
import { PANEL_PAGE } from "../messages/pages.ts";

// Absolute paths: Chrome resolves relative ones against the root, Firefox against this page.
browser.devtools.panels
  .create("Switchyard", "/icons/switchyard.svg", PANEL_PAGE)
  .catch((error: unknown) => console.error("Switchyard could not add its DevTools tab.", error));
