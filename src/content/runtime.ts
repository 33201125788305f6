/**
 * The browser's `runtime` in a content script: Firefox and Chrome both have it, and the little that is
 * used of it is the same in both. The polyfill would add ten kilobytes to every page.
 */
import type { Runtime } from "webextension-polyfill";

declare const chrome: { runtime: Runtime.Static };

export const { runtime } = chrome;
