/** A host for views outside of any browser extension: remembers nothing, copies to a variable. */
import { LOCAL_SITES } from "../../../src/messages/site-pattern.ts";
import type { ViewHost } from "../../../src/ui/host.ts";

export interface FakeHost extends ViewHost {
  readonly copied: string[];
  readonly saved: Map<string, unknown>;
  readonly savedFiles: Map<string, string>;
  /** Sites that the person was asked for, in order. */
  readonly asked: string[];
}

export interface FakeHostOptions {
  theme?: "light" | "dark";
  surface?: ViewHost["surface"];
  tabId?: number;
  preferences?: Record<string, unknown>;
  /** Address of the page in the tab; `undefined`: nobody tells. By default one of this computer. */
  pageUrl?: string | undefined;
  /** Whether the person says yes when asked for a site or for cookies; default true. */
  grants?: boolean;
  /** Whether the sites on this computer are allowed; default true. */
  localAllowed?: boolean;
  /** Whether there is the permission "cookies"; default false. */
  cookies?: boolean;
  /** Whether this view can ask for cookies; default true. */
  asksCookies?: boolean;
}

export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const copied: string[] = [];
  const saved = new Map<string, unknown>();
  const asked: string[] = [];
  const granted = new Set<string>(options.localAllowed === false ? [] : LOCAL_SITES);
  const leaves = new Set<() => void>();
  const surface = options.surface ?? "devtools";
  let cookies = options.cookies === true;
  const cookieListeners = new Set<(granted: boolean) => void>();
  const setCookies = (next: boolean) => {
    cookies = next;
    for (const tell of cookieListeners) tell(cookies);
  };
  const savedFiles = new Map<string, string>();
  return {
    surface,
    tabId: options.tabId ?? 7,
    platform: "other",
    copied,
    saved,
    savedFiles,
    asked,
    onTheme(listener) {
      listener(options.theme ?? "light");
      return () => undefined;
    },
    loadPreferences: async () => options.preferences ?? {},
    savePreference(key, value) {
      saved.set(key, value);
    },
    async copyText(text) {
      copied.push(text);
    },
    openInTab(url) {
      window.open(url);
    },
    openOwnTab() {
      window.open("?tab");
    },
    pageUrl: async () => ("pageUrl" in options ? options.pageUrl : "http://localhost:5173/"),
    openOptions(url) {
      window.open(
        url === undefined ? "?view=options" : `?view=options&site=${encodeURIComponent(url)}`,
      );
    },
    ...(surface !== "devtools" && {
      async requestSite(...patterns: string[]) {
        asked.push(...patterns);
        if (options.grants === false) return false;
        for (const pattern of patterns) granted.add(pattern);
        for (const tell of leaves) tell();
        return true;
      },
      onLeave(patterns: readonly string[], listener: (granted: boolean) => void) {
        const tell = () => listener(patterns.every((each) => granted.has(each)));
        leaves.add(tell);
        tell();
        return () => leaves.delete(tell);
      },
    }),
    ...(options.asksCookies !== false && {
      async requestCookies() {
        asked.push("cookies");
        if (options.grants === false) return false;
        setCookies(true);
        return true;
      },
      async takeBackCookies() {
        setCookies(false);
        return true;
      },
      onCookies(listener: (granted: boolean) => void) {
        cookieListeners.add(listener);
        listener(cookies);
        return () => cookieListeners.delete(listener);
      },
    }),
    saveFile(name, text) {
      savedFiles.set(name, text);
    },
  };
}
