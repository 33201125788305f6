/** The origin that a person means by what they typed: scheme, host and port. */
import { isLocalSite, siteOfText } from "../../messages/site-pattern.ts";

/**
 * `localhost:5173` is `http://localhost:5173`, since servers on this computer seldom have a
 * certificate; any other host without a scheme is one of https.
 *
 * @throws InvalidSiteError
 */
export function originOfText(text: string): string {
  const origin = siteOfText(text);
  const hasScheme = /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text);
  return !hasScheme && isLocalSite(origin) ? origin.replace(/^https:/, "http:") : origin;
}
