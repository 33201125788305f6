/** Enabling a site: asked of the person in the click, then told to the worker. */
import { expect, it } from "vitest";
import { LOCAL_SITES } from "../../../../src/messages/site-pattern.ts";
import { createSitesStore } from "../../../../src/ui/store/sites.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost, type FakeHostOptions } from "../../../support/ui/fake-host.ts";

const STAGING = { pattern: "*://staging.acme.com/*", host: "staging.acme.com" };

function open(options: FakeHostOptions = {}) {
  const client = createFakeClient({
    connections: [],
    sessions: [],
    settings: { abandonAfter: 1 },
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    sites: [],
  });
  const host = createFakeHost({ surface: "options", ...options });
  return { client, host, sites: createSitesStore({ client, host }) };
}

it("asks in the click itself, and tells the worker what was granted", async () => {
  const { client, host, sites } = open();
  const enabling = sites.enable("https://staging.acme.com:8443/orders?id=7");
  expect(host.asked).toEqual([STAGING.pattern]);
  expect(await enabling).toBe(true);
  expect(client.sent).toEqual([{ command: "site.granted", params: { pattern: STAGING.pattern } }]);
});

it("a no of the person changes nothing", async () => {
  const { client, sites } = open({ grants: false });
  expect(await sites.enable("https://staging.acme.com/")).toBe(false);
  expect(client.sent).toEqual([]);
});

it("what is no site is refused before anybody is asked", async () => {
  const { host, sites } = open();
  await expect(sites.enable("about:blank")).rejects.toThrow(
    "Switchyard runs on http and https only",
  );
  expect(host.asked).toEqual([]);
});

it("a view that may not ask says who can", async () => {
  const { sites } = open({ surface: "devtools" });
  await expect(sites.enable("https://staging.acme.com/")).rejects.toThrow("the options can");
});

it("knows which of the enabled sites hold for a page, and turns them off", async () => {
  const { client, sites } = open();
  expect(sites.enabled.value).toBeUndefined();
  sites.replaceAll([STAGING]);
  expect(sites.of("http://staging.acme.com:8080/")).toEqual([STAGING]);
  expect(sites.of("https://acme.com/")).toEqual([]);
  await sites.disable(STAGING);
  expect(client.sent).toEqual([{ command: "site.disable", params: { pattern: STAGING.pattern } }]);
});

it("sees that this computer's sites aren't allowed, and asks for all of them at once", async () => {
  const { host, sites } = open({ localAllowed: false });
  expect(sites.localAllowed.value).toBe(false);
  expect(await sites.allowLocal()).toBe(true);
  expect(host.asked).toEqual(LOCAL_SITES);
  expect(sites.localAllowed.value).toBe(true);
});
