/**
 * "Keep a copy": a session of the page becomes one of ours, with one click, and the page keeps what is
 * its own.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];

/** What is asked in the header of a session's page. */
const QUESTION = "[data-page=session] header .sy-note-warn";
const TENANT_A = { namespace: "app", database: "tenant_a" };

describeInBrowsers("copy of a page's session", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  beforeAll(async () => {
    scene = await openPageScene(underTest);
    await scene.server.query(
      `DEFINE ACCESS soon ON DATABASE TYPE RECORD
        SIGNIN ( SELECT * FROM user WHERE name = $name AND crypto::argon2::compare(password, $password) )
        WITH REFRESH DURATION FOR GRANT 1d, FOR TOKEN 10s, FOR SESSION NONE`,
      undefined,
      TENANT_A,
    );
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1000, height: 1000 });
  });
  afterAll(() => scene?.close());

  test("asks before it connects, then stands there as verified: same user, place and variables", async () => {
    await page.evaluate(async () => {
      await db.use({ database: "tenant_b" });
      await db.set("who", new sdk.RecordId("user", "alice"));
      await db.set("flags", { beta: true });
    });
    await panel.openSession("default");
    await panel.variable("who", "user:alice");
    const before = scene.server.stats().acceptedSockets;
    await panel.press("Keep a copy");
    const question = await panel.page.text(QUESTION);
    const { host } = new URL(scene.server.url);
    expect(question).toContain(`Connect to ${host} as user:alice in app/tenant_b?`);
    expect(scene.server.stats().acceptedSockets).toBe(before);

    await panel.press("Keep a copy", QUESTION);
    await panel.title("user:alice");
    await panel.confirms("user:alice, app/tenant_b");
    await panel.variable("who", "user:alice");
    await panel.page.see('[data-variable="flags"] >> text*=beta: true');
    expect(scene.server.stats().acceptedSockets).toBe(before + 1);
    await panel.page.see(`${panel.section("sign-in")} >> text*=can't be renewed`);
    // What is done in the copy leaves the page's alone.
    await panel.writePlace("app", "tenant_a");
    await panel.submitPlace();
    await panel.confirms("user:alice, app/tenant_a");
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_b"]);
  });

  test("the page's refresh token stays the page's: after the token's end both go on", async () => {
    const auth = {
      ...TENANT_A,
      access: "soon",
      variables: { name: "alice", password: "alice" },
    };
    const first = await page.evaluate(async (signIn) => (await db.signin(signIn)).access, auth);
    await panel.showsSessions(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    await panel.press("Keep a copy");
    await panel.title("user:alice");
    await panel.confirms("user:alice, app/tenant_a");
    const key = await panel.shownKey();
    await panel.page.click(`${panel.section("sign-in")} >> [data-disclosure=tokens] >> text=Show`);
    await expect
      .poll(() => panel.page.text(panel.section("sign-in")))
      .toMatch(/Refresh token\s+none/);

    // When the token ends the SDK renews by itself, with the refresh token that nobody else has used.
    await page.waitFor((old) => db.accessToken !== undefined && db.accessToken !== old, {
      args: [first],
      timeoutMs: 60_000,
    });
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    await panel.page.see("[data-session-page] header >> text*=Token renewed");
    // The copy's token is over. It goes on for as long as its socket does.
    await panel.page.click(`nav [data-session="${key}"]`);
    await panel.page.see(`${panel.section("sign-in")} >> text*=Ended`);
    const { outcomes } = await panel.run("RETURN $auth");
    expect(outcomes[0]?.text).toContain("user:alice");
  });

  test("a token that is over is refused with the reason; nothing is made", async () => {
    const { variables, ...where } = signInOf(DEMO_PEOPLE.alice) as typeof TENANT_A & {
      variables: Record<string, unknown>;
    };
    await page.evaluate((auth) => db.signin(auth), { ...where, access: "brief_token", variables });
    await panel.openSession("default");
    await panel.page.see(
      "[data-page=session] >> text*=Token expired: works until the connection drops.",
    );
    const sessions = await panel.page.count("nav [data-session]");
    await panel.press("Keep a copy");
    expect(await panel.page.text("[data-page=session] header [data-error]")).toMatch(
      /Its access token ended on .*the server takes it from no one any more/,
    );
    expect(await panel.page.count("nav [data-session]")).toBe(sessions);
  });
});
