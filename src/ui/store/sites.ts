/**
 * The sites on which Switchyard runs, and the ways to change that: for the popup and the options.
 *
 * The browser asks the person and keeps the answer; the worker follows it. So a site counts as enabled
 * when the worker says so, and not because somebody pressed a button here.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { SiteView } from "../../messages/commands.ts";
import { LOCAL_SITES, matchesSite, sitePattern } from "../../messages/site-pattern.ts";
import type { ViewClient } from "../../messages/view-client.ts";
import type { ViewHost } from "../host.ts";

export interface SitesStore {
  /** Sites beyond those on this computer. Undefined until the worker told of them. */
  readonly enabled: ReadonlySignal<readonly SiteView[] | undefined>;
  /** Whether it may run on this computer's own sites: a person can take that back too. */
  readonly localAllowed: ReadonlySignal<boolean>;
  /** Those of `enabled` that hold for this page. Reading it subscribes. */
  of(url: string): readonly SiteView[];
  /**
   * Asks for leave to run on the page's site; false where it was denied. Must be called in the click
   * itself. Rejects with InvalidSiteError, CommandError, or what the browser says.
   */
  enable(url: string): Promise<boolean>;
  /** The same for the sites on this computer. */
  allowLocal(): Promise<boolean>;
  /** Gives back the leave; scripts are no longer put into its pages. */
  disable(site: SiteView): Promise<void>;
  /** What the worker told, in a snapshot or later. */
  replaceAll(sites: readonly SiteView[]): void;
  close(): void;
}

export function createSitesStore({
  client,
  host,
}: {
  client: ViewClient;
  host: ViewHost;
}): SitesStore {
  const enabled = signal<readonly SiteView[] | undefined>(undefined);
  const localAllowed = signal(true);
  const stop = host.onLeave?.(LOCAL_SITES, (granted) => {
    localAllowed.value = granted;
  });

  async function ask(patterns: readonly string[]): Promise<boolean> {
    if (!host.requestSite) throw new Error("This view can't ask for a site: the options can.");
    return host.requestSite(...patterns);
  }

  return {
    enabled,
    localAllowed,
    of: (url) => (enabled.value ?? []).filter(({ pattern }) => matchesSite(pattern, url)),
    async enable(url) {
      const pattern = sitePattern(url);
      if (!(await ask([pattern]))) return false;
      // Answered when its scripts are registered: a page that reloads from here on is watched.
      await client.call("site.granted", { pattern });
      return true;
    },
    allowLocal: () => ask(LOCAL_SITES),
    async disable({ pattern }) {
      await client.call("site.disable", { pattern });
    },
    replaceAll(sites) {
      enabled.value = sites;
    },
    close: () => stop?.(),
  };
}
