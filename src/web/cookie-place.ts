/** Which cookie is which. */
import type { WebCookie } from "./web-page.ts";

/** What makes a cookie the same one to a browser: setting another one of this place overwrites it. */
export function cookiePlace({ name, domain, hostOnly, path, partitionKey }: WebCookie): string {
  const partition = Object.entries(partitionKey ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    name,
    domain.replace(/^\./, "").toLowerCase(),
    hostOnly,
    path,
    partitionKey === undefined ? null : partition,
  ]);
}
