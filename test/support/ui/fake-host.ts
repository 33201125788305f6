/** A host for the panel outside of any browser extension: remembers nothing, copies to a variable. */
import type { ViewHost } from "../../../src/ui/host.ts";

export interface FakeHost extends ViewHost {
  readonly copied: string[];
  readonly saved: Map<string, unknown>;
  readonly savedFiles: Map<string, string>;
}

export interface FakeHostOptions {
  theme?: "light" | "dark";
  surface?: ViewHost["surface"];
  tabId?: number;
  preferences?: Record<string, unknown>;
}

export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const copied: string[] = [];
  const saved = new Map<string, unknown>();
  const savedFiles = new Map<string, string>();
  return {
    surface: options.surface ?? "devtools",
    tabId: options.tabId ?? 7,
    platform: "other",
    copied,
    saved,
    savedFiles,
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
    pageUrl: async () => "http://localhost:5173/",
    openOptions(url) {
      window.open(`?options=${encodeURIComponent(url ?? "")}`);
    },
    saveFile(name, text) {
      savedFiles.set(name, text);
    },
  };
}
