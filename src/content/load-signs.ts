/**
 * Signs of what can't be seen otherwise: that a page speaks with SurrealDB over HTTP, asks for the
 * server's version before it connects, or runs web workers, whose sockets no hook is in. Read from the
 * browser's own list of what was loaded, and only while somebody listens.
 */
import { LIMITS } from "../session/page/page-facts.ts";

export interface LoadSigns {
  usesHttp: boolean;
  /** Addresses ending in `/version`. */
  versionAsked: string[];
  /** It loaded a worker's script. Workers made of a blob, and shared ones, leave no sign. */
  usesWorkers: boolean;
}

const MOST_ADDRESSES = 10;

/** What has been loaded so far. */
export function loadSigns(): LoadSigns {
  const signs: LoadSigns = { usesHttp: false, versionAsked: [], usesWorkers: false };
  for (const entry of performance.getEntriesByType("resource")) noteSign(signs, entry);
  return signs;
}

/** Calls `changed` when there are more signs than before; ends with `disconnect`. */
export function watchLoadSigns(changed: () => void): PerformanceObserver {
  const known = loadSigns();
  const observer = new PerformanceObserver((list) => {
    const before = signText(known);
    for (const entry of list.getEntries()) noteSign(known, entry);
    if (signText(known) !== before) changed();
  });
  observer.observe({ type: "resource" });
  return observer;
}

function noteSign(signs: LoadSigns, entry: PerformanceEntry): void {
  const { initiatorType } = entry as PerformanceResourceTiming;
  if (initiatorType === "other") signs.usesWorkers ||= isWorkerScript(entry);
  if (initiatorType !== "fetch" && initiatorType !== "xmlhttprequest") return;
  const address = entry.name.split(/[?#]/, 1)[0] ?? "";
  if (/\/(rpc|sql)$/.test(address)) signs.usesHttp = true;
  const { versionAsked } = signs;
  if (!address.endsWith("/version") || versionAsked.includes(address)) return;
  if (versionAsked.length < MOST_ADDRESSES) versionAsked.push(address.slice(0, LIMITS.text));
}

/**
 * Both browsers call a worker's script "other", and little else that is JavaScript: what a `<link>`
 * fetches ahead. A worker's script is of the page's own origin.
 */
function isWorkerScript(entry: PerformanceEntry & { contentType?: string }): boolean {
  const { name, contentType } = entry;
  if (!name.startsWith(`${location.origin}/`)) return false;
  const isScript = contentType
    ? /\b(java|ecma)script\b/.test(contentType)
    : /\.[cm]?js$/.test(new URL(name).pathname);
  if (!isScript) return false;
  const links = document.querySelectorAll<HTMLLinkElement>("link[href]");
  return ![...links].some(({ href }) => href.split("#", 1)[0] === name);
}

function signText({ usesHttp, versionAsked, usesWorkers }: LoadSigns): string {
  return `${usesHttp} ${versionAsked.length} ${usesWorkers}`;
}
