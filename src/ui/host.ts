/**
 * What a view needs of the place it is shown in.
 *
 * Below src/ui no browser API is known: the shells (DevTools panel, tab, tests) give the view one of
 * these. So the same view runs in Chrome, Firefox, a tab of its own and a test.
 */
export interface ViewHost {
  /** Where the view stands: `devtools` in the DevTools panel, `tab` in a tab or window of its own. */
  readonly surface: "devtools" | "tab" | "popup" | "options";
  /** The tab under inspection, if any. */
  readonly tabId?: number;
  /** Decides between ⌘ and Ctrl in words and shortcuts. */
  readonly platform: "mac" | "other";
  /** The theme that DevTools (or the system) has now, and each later change. Returns the way out. */
  onTheme(listener: (theme: "light" | "dark") => void): () => void;
  /** Remembered choices of this view: divider, folded sections. JSON data; never a secret. */
  loadPreferences(): Promise<Record<string, unknown>>;
  savePreference(key: string, value: unknown): void;
  /** DevTools panels can't use navigator.clipboard in Firefox; the shell knows the way. */
  copyText(text: string): Promise<void>;
  openInTab(url: string): void;
  /** Opens the panel of this view's tab in a tab of its own. */
  openOwnTab(): void;
  /** Address of the page in `tabId`, where the browser tells this view; it may change at any time. */
  pageUrl(): Promise<string | undefined>;
  /** Opens the options, where a site can be enabled; with `url`, at the question for its site. */
  openOptions(url?: string): void;
  /**
   * Asks the person for leave to run on sites; answers whether they gave it. Must be called in the
   * click itself. The browser may close a popup while it asks, so that no answer comes. Absent where
   * the browser doesn't let this view ask (DevTools): `openOptions` then.
   */
  readonly requestSite?: (...patterns: string[]) => Promise<boolean>;
  /**
   * Tells whether Switchyard may run on all these sites, soon and at each change. Returns the way out.
   * Absent as `requestSite` is.
   */
  readonly onLeave?: (
    patterns: readonly string[],
    listener: (granted: boolean) => void,
  ) => () => void;
  /**
   * Asks the person for the permission "cookies"; answers whether they gave it. Must be called in the
   * click itself, and may close a popup, as `requestSite`. Absent where the browser doesn't let this
   * view ask (DevTools in Firefox): `openOptions` then.
   */
  readonly requestCookies?: () => Promise<boolean>;
  /** Gives it back. Absent as `requestCookies` is. */
  readonly takeBackCookies?: () => Promise<boolean>;
  /**
   * Tells whether there is the permission "cookies", soon and at each change. Returns the way out.
   * Absent as `requestCookies` is.
   */
  readonly onCookies?: (listener: (granted: boolean) => void) => () => void;
  /** Writes a file for the person to keep (an exported log). */
  saveFile(name: string, text: string): void;
}
