/**
 * The first-run page is plain HTML. Here it learns the keys that open DevTools on this computer, and
 * whether the browser lets Switchyard run on localhost: Firefox asks for that first where a person
 * has set it so, and both let them take it back.
 */
import browser from "webextension-polyfill";
import { LOCAL_SITES } from "../messages/site-pattern.ts";

const LOCAL = { origins: [...LOCAL_SITES] };

if (/^mac/i.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-shortcut]")) key.textContent = "⌥⌘I";
}

const allow = document.getElementById("allow");
if (!allow) throw new Error("The page has no button to allow localhost.");

async function look(button: HTMLElement): Promise<void> {
  const state = (await browser.permissions.contains(LOCAL)) ? "on" : "off";
  button.hidden = state === "on";
  for (const part of document.querySelectorAll<HTMLElement>("[data-local]")) {
    part.hidden = part.dataset.local !== state;
  }
}

allow.addEventListener("click", () => {
  // In the click itself, as browsers demand; what comes of it is told by the listeners below.
  browser.permissions.request(LOCAL).catch((error: unknown) => console.error(error));
});
browser.permissions.onAdded.addListener(() => void look(allow));
browser.permissions.onRemoved.addListener(() => void look(allow));
void look(allow);
