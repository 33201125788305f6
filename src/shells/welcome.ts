/**
 * The first-run page is plain HTML; here it learns the keys that open DevTools on this computer.
 */
if (/^mac/i.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-shortcut]")) key.textContent = "⌥⌘I";
}
