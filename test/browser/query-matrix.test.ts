/**
 * The permission matrix in the real panel: what each session may do, against the demo's own rules; what
 * stands behind a cell; the trial of a cell, in the editor; a copy for others. Nothing stays of it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

const WHERE = { namespace: "app", database: "tenant_a" };
/** Alice may change memo:1 without seeing any. */
const SCHEMA = `
DEFINE TABLE memo PERMISSIONS FOR select NONE, FOR create, update WHERE owner = $auth.id, FOR delete NONE;
CREATE memo:1 SET owner = user:alice; CREATE memo:2 SET owner = user:bob; CREATE memo:3 SET owner = user:bob;
`;

describeInBrowsers("permission matrix", (under) => {
  let scene: Scene;
  let panel: Panel;
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    await scene.server.query(SCHEMA, {}, WHERE);
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    const make = (label: string, signIn?: (typeof SIGN_INS)["root" | "alice"]) =>
      scene.link.call("session.new", { connectionId, label, signIn, ...WHERE });
    await make("Admin", SIGN_INS.root);
    await make("Alice", SIGN_INS.alice);
    await make("Anonymous");
  });
  afterAll(() => scene.close());

  const records = async () =>
    (await scene.server.query("SELECT * FROM memo, note, user ORDER BY id", {}, WHERE)).at(-1);
  const row = (table: string, session: string) =>
    panel.page.evaluate(
      (start) =>
        [...document.querySelectorAll<HTMLElement>("[role=grid] button")]
          .filter((each) => each.getAttribute("aria-label")?.startsWith(start))
          .map((each) => `${each.dataset.verdict} ${each.innerText}`.trim())
          .join(", "),
      `${table}, ${session}, `,
    );

  test("is found out when the person asks, and equals the rules", async () => {
    const { page } = panel;
    const before = await records();
    await panel.queryAs("Admin", "Alice", "Anonymous");
    await page.click('role=button[name*="Permissions"]');
    await page.see("text*=Nothing was asked yet.");
    await page.click('role=button[name="Find out"]');
    await page.see('role=button[name="Again"]');
    expect(await row("memo", "Admin")).toBe("all, all, all, all");
    expect(await row("memo", "Alice")).toBe("none, some 1/3, some 1/3, none");
    expect(await row("note", "Alice")).toBe("some 4/6, some 3/6, some 3/6, some 3/6");
    expect(await row("notice", "Alice")).toBe("all, none, none, none");
    expect(await row("memo", "Anonymous")).toBe("none, none, none, none");
    expect(await records()).toEqual(before);
  });

  test("says behind each cell how it was found; arrows lead from one to the next", async () => {
    const { page } = panel;
    const detail = "section[aria-label*=looked]";
    await page.click('[aria-label^="memo, Alice, update"]');
    await expect.poll(() => page.text(detail)).toContain("May update 1 of 3 records.");
    expect(await page.text(detail)).toMatch(/WHERE owner = \$auth\.id\s+as Admin reads it/);
    await page.press("ArrowRight");
    await expect.poll(() => page.text(detail)).toContain("May not delete any of 3 records.");
    await page.press("ArrowUp");
    await page.see('[aria-label^="audit, Alice, delete"]:focus');
    await page.click('[aria-label^="user, Alice, select"]');
    await expect.poll(() => page.text(detail)).toContain("without field password");
  });

  test("is copied as CSV", async () => {
    const { page } = panel;
    await page.click('role=button[name*="Copy as"]');
    await page.click('role=menuitem[name="CSV"]');
    await page.see("text=CSV copied");
    await expect
      .poll(() => scene.browser.clipboardText())
      .toMatch(/memo,Alice,user:alice,app,tenant_a,update,some,1,3,declared and tried,/);
  });

  test("opens the trial of a cell in the editor, as that session alone", async () => {
    const { page } = panel;
    await page.click('[aria-label^="memo, Alice, create"]');
    await page.click('role=button[name="Open the trial"]');
    await page.see('role=textbox[name="Statement"]');
    expect(await page.value('role=textbox[name="Statement"]')).toBe(
      "CREATE memo CONTENT { owner: user:alice }",
    );
    expect(await page.count("[data-run-as]")).toBe(1);
    expect(await page.text("[data-run-as]")).toContain("Alice");
  });
});
