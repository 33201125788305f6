/** What the popup says of a page, from what browser and worker tell. */
import { expect, it } from "vitest";
import type { PageStatus } from "../../../../src/session/page/page-model.ts";
import { siteState } from "../../../../src/ui/popup/site-state.ts";

const STAGING = "https://staging.acme.com/orders";
const LOCAL = "http://localhost:5173/";
const site = { pattern: "*://staging.acme.com/*", host: "staging.acme.com" };

function kindOf(
  url: string | undefined,
  status: PageStatus | undefined,
  { enabled = false, localAllowed = true } = {},
) {
  return siteState({ url, status, sites: enabled ? [site] : [], localAllowed }).kind;
}

it.each([
  ["nobody has told yet", STAGING, undefined, {}, "waiting"],
  ["the page hasn't answered", STAGING, "unknown", { enabled: true }, "waiting"],
  ["a site that nobody enabled", STAGING, "off", {}, "off"],
  ["a site of which the browser doesn't tell", undefined, "off", {}, "off"],
  [
    "enabled a moment ago, the page's status follows",
    STAGING,
    "off",
    { enabled: true },
    "needs-reload",
  ],
  ["enabled while the page was open", STAGING, "needs-reload", { enabled: true }, "needs-reload"],
  ["turned off before the page was reloaded", STAGING, "needs-reload", {}, "off"],
  ["enabled and watched", STAGING, "watched", { enabled: true }, "on"],
  ["turned off while watched", STAGING, "watched", {}, "leaving"],
  ["watched, of which the browser doesn't tell", undefined, "watched", {}, "on"],
  ["on this computer", LOCAL, "watched", {}, "on"],
  ["on this computer, opened before", LOCAL, "needs-reload", {}, "needs-reload"],
  ["on this computer, and not allowed to", LOCAL, "off", { localAllowed: false }, "local-off"],
  ["elsewhere, and not allowed on this computer", STAGING, "off", { localAllowed: false }, "off"],
  ["a page of the browser", "chrome://settings/", "forbidden", {}, "forbidden"],
  [
    "a web page on which extensions may not run",
    "https://addons.mozilla.org/",
    "forbidden",
    {},
    "forbidden",
  ],
  ["a file", "file:///home/me/app.html", "off", {}, "forbidden"],
] as const)("%s", (_case, url, status, facts, kind) => {
  expect(kindOf(url, status, facts)).toBe(kind);
});

it("what can be turned off is what was enabled", () => {
  const facts = { url: STAGING, status: "watched", sites: [site], localAllowed: true } as const;
  expect(siteState(facts)).toEqual({ kind: "on", local: false, sites: [site] });
  expect(siteState({ ...facts, url: LOCAL, sites: [] })).toEqual({
    kind: "on",
    local: true,
    sites: [],
  });
});
