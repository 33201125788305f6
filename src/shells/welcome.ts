/**
 * The first-run page is plain HTML. Here it learns the keys that open DevTools on this computer, and
 * whether the browser lets Switchyard run on localhost: a person may have set it so that it asks first,
 * and may take it back.
 */
import { LOCAL_SITES } from "../messages/site-pattern.ts";
import { askLeave, onLeave } from "./leave.ts";

if (/^mac/i.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-shortcut]")) key.textContent = "⌥⌘I";
}

const allow = document.getElementById("allow");
if (!allow) throw new Error("The page has no button to allow localhost.");

// What comes of it is told by `onLeave`.
allow.addEventListener("click", () => void askLeave(LOCAL_SITES));
onLeave(LOCAL_SITES, (granted) => {
  allow.hidden = granted;
  for (const part of document.querySelectorAll<HTMLElement>("[data-local]")) {
    part.hidden = part.dataset.local !== (granted ? "on" : "off");
  }
});
