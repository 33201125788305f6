/**
 * What a site is: one host, over http and https, on any port, as a match pattern that both browsers
 * take for a permission.
 *
 * Firefox knows no ports in match patterns, and a person who enables `localhost.acme.com:3000` means
 * the site, not the port: so ports are left out. Wildcards are refused: sites are enabled one by one.
 * https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Match_patterns
 */
import { SessionError } from "../session/errors.ts";

/** The sites on which Switchyard is on from the start: as the manifest's content scripts have them. */
export const LOCAL_SITES: readonly string[] = [
  "*://localhost/*",
  "*://*.localhost/*",
  "*://127.0.0.1/*",
  "*://[::1]/*",
];

export class InvalidSiteError extends SessionError {
  constructor(text: string, why = `“${text}” is not the address of a site.`) {
    super("InvalidSiteError", why, "It looks like https://staging.acme.com or staging.acme.com.");
  }
}

/**
 * The match pattern of a page's site: `*://staging.acme.com/*`.
 *
 * @throws InvalidSiteError for what isn't a page of http or https
 */
export function sitePattern(url: string): string {
  return `*://${httpUrl(url).hostname}/*`;
}

/**
 * The site that a person means by what they typed: an address, or a host with or without a port.
 *
 * @returns the address, completed, for `sitePattern`
 * @throws InvalidSiteError
 */
export function siteOfText(text: string): string {
  const given = text.trim();
  if (given === "" || /\s/.test(given)) throw new InvalidSiteError(text);
  // `localhost:3000` has a port, where URL sees a scheme.
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(given);
  return httpUrl(hasScheme ? given : `https://${given}`, given).origin;
}

/** The host of a page, without its port; absent for what isn't a page of http or https. */
export function siteHost(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed && isHttp(parsed) ? parsed.hostname : undefined;
}

/** What a match pattern names, for people: `staging.acme.com`, `*.acme.com`, `all sites`. */
export function patternHost(pattern: string): string {
  const host = hostOf(pattern);
  return host === undefined || host === "*" ? "all sites" : host;
}

/**
 * Whether a match pattern of a permission holds for a page. Permissions may be wider than those that
 * `sitePattern` asks for, since browsers let people grant them elsewhere too.
 */
export function matchesSite(pattern: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const page = new URL(url);
  if (!isHttp(page)) return false;
  if (pattern === "<all_urls>") return true;
  const scheme = /^(\*|https?):\/\//.exec(pattern)?.[1];
  const host = hostOf(pattern);
  if (scheme === undefined || host === undefined) return false;
  if (scheme !== "*" && page.protocol !== `${scheme}:`) return false;
  if (host === "*" || host === page.hostname || host === page.host) return true;
  if (!host.startsWith("*.")) return false;
  return page.hostname === host.slice(2) || page.hostname.endsWith(host.slice(1));
}

/** True for a page of this computer, on which Switchyard is on from the start. */
export function isLocalSite(url: string): boolean {
  return LOCAL_SITES.some((pattern) => matchesSite(pattern, url));
}

function hostOf(pattern: string): string | undefined {
  return /^[^:]+:\/\/([^/]+)\//.exec(pattern)?.[1];
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

function httpUrl(address: string, given = address): URL {
  // What becomes of a star in a host, browsers differ on: %2A, itself, or no URL at all.
  if (/^[^/]*\/*[^/]*(\*|%2a)/i.test(address)) {
    throw new InvalidSiteError(given, "Sites are enabled one by one: a name without *.");
  }
  if (!URL.canParse(address)) throw new InvalidSiteError(given);
  const url = new URL(address);
  if (!isHttp(url)) {
    const why = `Switchyard runs on http and https only, not ${url.protocol}`;
    throw new InvalidSiteError(given, why);
  }
  return url;
}
