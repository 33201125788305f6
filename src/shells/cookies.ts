/**
 * The permission "cookies": asked of the person by the browser at first use, and theirs to take back at
 * any time, here or in the browser's own settings.
 */
import browser from "webextension-polyfill";
import type { ViewHost } from "../ui/host.ts";

const COOKIES: browser.Permissions.Permissions = { permissions: ["cookies"] };

/** Firefox gives its DevTools panels no `browser.permissions`, and a view there can't ask. */
const permissions = browser.permissions as typeof browser.permissions | undefined;

/** What a view can do about it here: nothing where the browser doesn't let it ask. */
export function cookiesLeave(): Pick<ViewHost, "requestCookies" | "takeBackCookies" | "onCookies"> {
  if (!permissions?.request) return {};
  return {
    requestCookies: () => permissions.request(COOKIES),
    takeBackCookies: () => permissions.remove(COOKIES),
    onCookies(listener) {
      const tell = () => {
        permissions
          .contains(COOKIES)
          .then(listener, (error: unknown) => console.error("Switchyard:", error));
      };
      permissions.onAdded.addListener(tell);
      permissions.onRemoved.addListener(tell);
      tell();
      return () => {
        permissions.onAdded.removeListener(tell);
        permissions.onRemoved.removeListener(tell);
      };
    },
  };
}
