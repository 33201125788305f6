/**
 * Signs that a page speaks with SurrealDB over HTTP, whose sessions can't be shown, or asks for the
 * server's version before it connects. Read from the browser's own list of what was loaded, and only
 * while somebody listens.
 */
import { LIMITS } from "../session/page/page-facts.ts";

export interface HttpSigns {
  usesHttp: boolean;
  /** Addresses ending in `/version`. */
  versionAsked: string[];
}

const MOST_ADDRESSES = 10;

/** What has been loaded so far. */
export function httpSigns(): HttpSigns {
  const signs: HttpSigns = { usesHttp: false, versionAsked: [] };
  for (const entry of performance.getEntriesByType("resource")) noteSign(signs, entry);
  return signs;
}

/** Calls `changed` when there are more signs than before; ends with `disconnect`. */
export function watchHttpSigns(changed: () => void): PerformanceObserver {
  const known = httpSigns();
  const observer = new PerformanceObserver((list) => {
    const before = signText(known);
    for (const entry of list.getEntries()) noteSign(known, entry);
    if (signText(known) !== before) changed();
  });
  observer.observe({ type: "resource" });
  return observer;
}

function noteSign(signs: HttpSigns, entry: PerformanceEntry): void {
  const { initiatorType } = entry as PerformanceResourceTiming;
  if (initiatorType !== "fetch" && initiatorType !== "xmlhttprequest") return;
  const address = entry.name.split(/[?#]/, 1)[0] ?? "";
  if (/\/(rpc|sql)$/.test(address)) signs.usesHttp = true;
  const { versionAsked } = signs;
  if (!address.endsWith("/version") || versionAsked.includes(address)) return;
  if (versionAsked.length < MOST_ADDRESSES) versionAsked.push(address.slice(0, LIMITS.text));
}

function signText({ usesHttp, versionAsked }: HttpSigns): string {
  return `${usesHttp} ${versionAsked.length}`;
}
