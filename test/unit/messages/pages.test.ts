/** The addresses by which the extension's pages are told what to show. */
import { expect, it } from "vitest";
import manifest from "../../../manifest.json" with { type: "json" };
import { OPTIONS_PAGE, optionsAddress, siteOfAddress } from "../../../src/messages/pages.ts";
import { LOCAL_SITES } from "../../../src/messages/site-pattern.ts";

it.each([
  ["https://staging.acme.com:8443/orders?token=secret#x", "https://staging.acme.com:8443"],
  [undefined, undefined],
  ["about:blank", undefined],
  ["nonsense", undefined],
])("the options are opened for the site of %s: its origin, and nothing else of it", (url, site) => {
  const { pathname, search } = new URL(optionsAddress(url), "chrome-extension://id");
  expect(pathname).toBe(OPTIONS_PAGE);
  expect(siteOfAddress(search)).toBe(site);
  expect(search).not.toContain("secret");
});

it("the sites that are on from the start are those of the manifest", () => {
  expect(manifest.host_permissions).toEqual(LOCAL_SITES);
  for (const { matches } of manifest.content_scripts) expect(matches).toEqual(LOCAL_SITES);
});

it("no page and no other extension is given a way to the worker, or to files of ours, by the manifest", () => {
  expect(Object.keys(manifest)).not.toContain("externally_connectable");
  expect(Object.keys(manifest)).not.toContain("web_accessible_resources");
});
