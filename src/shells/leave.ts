/**
 * The leave to run on sites: asked of the person by the browser, and theirs to take back at any time,
 * here or in the browser's own settings.
 */
import browser from "webextension-polyfill";

/** Tells whether there is leave for all these sites, at once and at each change. Returns the way out. */
export function onLeave(
  patterns: readonly string[],
  listener: (granted: boolean) => void,
): () => void {
  const tell = () => {
    browser.permissions
      .contains({ origins: [...patterns] })
      .then(listener, (error: unknown) => console.error("Switchyard:", error));
  };
  const { onAdded, onRemoved } = browser.permissions;
  onAdded.addListener(tell);
  onRemoved.addListener(tell);
  tell();
  return () => {
    onAdded.removeListener(tell);
    onRemoved.removeListener(tell);
  };
}

/** Asks the person. Must be called in the click itself. */
export function askLeave(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.request({ origins: [...patterns] });
}
