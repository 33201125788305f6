/**
 * The theme of the place that a view stands in: of DevTools in a panel, else of the system.
 *
 * DevTools have a theme of their own, which may differ from the system's. Chrome takes one single
 * handler for its changes, so the page listens once and tells everyone here.
 */
import type browser from "webextension-polyfill";

export type Theme = "light" | "dark";

/** Chrome's way to hear of a change, where Firefox has `onThemeChanged`. The polyfill knows only that. */
interface ChromePanels {
  setThemeChangeHandler?: (handler: (themeName: string) => void) => void;
}

/** Chrome says "default" for light, Firefox "light". */
const asTheme = (name: string): Theme => (name === "dark" ? "dark" : "light");

/**
 * Begins to listen, for as long as the page lives.
 *
 * @param panels `devtools.panels`, or absent outside DevTools.
 * @returns how to hear the theme that is, at once, and each later one; that returns the way out.
 */
export function createThemeSource(panels: typeof browser.devtools.panels | undefined) {
  const listeners = new Set<(theme: Theme) => void>();
  let theme: Theme;

  const change = (next: Theme) => {
    if (next === theme) return;
    theme = next;
    for (const listener of listeners) listener(theme);
  };

  if (panels) {
    theme = asTheme(panels.themeName);
    const changeTo = (name: string) => change(asTheme(name));
    if (panels.onThemeChanged) panels.onThemeChanged.addListener(changeTo);
    else (panels as ChromePanels).setThemeChangeHandler?.(changeTo);
  } else {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    theme = dark.matches ? "dark" : "light";
    dark.addEventListener("change", () => change(dark.matches ? "dark" : "light"));
  }

  return (listener: (theme: Theme) => void): (() => void) => {
    listeners.add(listener);
    listener(theme);
    return () => listeners.delete(listener);
  };
}
