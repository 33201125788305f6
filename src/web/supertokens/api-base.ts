/**
 * Where a session is renewed and ended: SuperTokens' `apiDomain` + `apiBasePath`.
 *
 * The SDK keeps both in a closure (20.1.6: nothing of its configuration hangs on
 * `__supertokensSessionRecipe`), so they are found elsewhere: supertokens-node writes them into each
 * access token as its issuer, and the refresh token's cookie has the path.
 */
import type { WebCookie } from "../web-page.ts";

export interface ApiBase {
  /** Absolute URL, no slash at its end. */
  url: string;
  /** Nothing tells that it is there; one sentence. */
  guess?: string;
}

export const REFRESH_PATH = "/session/refresh";
export const SIGN_OUT_PATH = "/signout";

/** Versions of this API that the SDK says it speaks (supertokens-website 20.1.6). */
export const FDI_VERSIONS = "1.16,1.17,1.18,1.19,2.0,3.0,3.1,4.0,4.1";

/** What the SDK takes where nothing is configured. */
const DEFAULT_PATH = "/auth";

/**
 * @param origin of the page
 * @param refresh the cookie `sRefreshToken`, where there is one: then the base is a place to which the
 *   browser itself would send it, whatever its path is. A page can forge the issuer in its front token,
 *   but so can't bring the extension to carry an httpOnly token to another host.
 * @param issuer the claim `iss`, whatever it is
 */
export function apiBase(origin: string, refresh: WebCookie | undefined, issuer: unknown): ApiBase {
  const told = baseOfIssuer(issuer);
  const issued = told && (!refresh || goesTo(refresh, told)) ? told : undefined;
  if (refresh?.path.endsWith(REFRESH_PATH)) {
    const path = refresh.path.slice(0, -REFRESH_PATH.length);
    const isThere = issued?.pathname.replace(/\/$/, "") === path;
    return { url: (isThere ? issued.origin : origin) + path };
  }
  if (issued) return { url: issued.href.replace(/\/$/, "") };
  const url = origin + DEFAULT_PATH;
  return {
    url,
    guess: `Nothing tells where SuperTokens' API is; ${url} is taken, its usual place.`,
  };
}

/** True where cookies of the page's host reach the base: hosts are compared, ports and paths are not. */
export function isSameHost(base: string, origin: string): boolean {
  return new URL(base).hostname === new URL(origin).hostname;
}

function baseOfIssuer(issuer: unknown): URL | undefined {
  if (typeof issuer !== "string" || issuer.length > 500 || !URL.canParse(issuer)) return undefined;
  const url = new URL(issuer);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  const isPlain = !url.username && !url.password && !url.search && !url.hash;
  return isWeb && isPlain ? url : undefined;
}

/** True where a browser would send the cookie to this host. */
function goesTo({ domain, hostOnly, secure }: WebCookie, { protocol, hostname }: URL): boolean {
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  if (secure && protocol !== "https:" && !isLocal) return false;
  const bare = domain.replace(/^\./, "");
  return hostname === bare || (!hostOnly && hostname.endsWith(`.${bare}`));
}
