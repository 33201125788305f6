/**
 * How Switchyard stands to the page in a tab: what the popup says of it, and which one thing a person
 * can do about it. Made of what the browser tells of the page's address, what the worker tells of the
 * page, and which sites are enabled.
 */
import type { SiteView } from "../../messages/commands.ts";
import { isLocalSite, siteHost } from "../../messages/site-pattern.ts";
import type { PageStatus } from "../../session/page/page-model.ts";

export type SiteState =
  /** The worker hasn't told yet, or the page hasn't answered it. */
  | { kind: "waiting" }
  /** No extension may run there, or it is no web page. */
  | { kind: "forbidden" }
  /** `url` absent: the browser doesn't tell which site it is. */
  | { kind: "off"; url?: string }
  /** On this computer, where it is on from the start: the person has taken that back. */
  | { kind: "local-off" }
  /** Enabled, but the page was opened before. */
  | { kind: "needs-reload"; sites: readonly SiteView[] }
  /** `sites`: what can be turned off; none on this computer. */
  | { kind: "on"; local: boolean; sites: readonly SiteView[] }
  /** Turned off while the page was watched: it is until it reloads. */
  | { kind: "leaving" };

export interface SiteFacts {
  /** Address of the page; absent where the browser doesn't tell. */
  url: string | undefined;
  /** Absent before the worker told. */
  status: PageStatus | undefined;
  /** The enabled sites that hold for the page. */
  sites: readonly SiteView[];
  localAllowed: boolean;
}

export function siteState({ url, status, sites, localAllowed }: SiteFacts): SiteState {
  if (status === undefined) return { kind: "waiting" };
  if (status === "forbidden" || (url !== undefined && siteHost(url) === undefined)) {
    return { kind: "forbidden" };
  }
  const local = url !== undefined && isLocalSite(url);
  if (local && !localAllowed) return { kind: "local-off" };
  const mayRun = local || sites.length > 0;
  switch (status) {
    case "watched":
      return mayRun || url === undefined ? { kind: "on", local, sites } : { kind: "leaving" };
    case "off":
    case "needs-reload":
      // Leave that was given or taken back a moment ago reaches the page's status a moment later.
      return mayRun || (url === undefined && status === "needs-reload")
        ? { kind: "needs-reload", sites }
        : { kind: "off", url };
    case "unknown":
      return { kind: "waiting" };
  }
}
