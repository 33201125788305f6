/**
 * The real DevTools panel without a mouse: everything can be reached, opened, changed and left.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

describeInBrowsers("keyboard", (under) => {
  let scene: Scene;
  let panel: Panel;
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    for (const [label, signIn] of [
      ["Alice", SIGN_INS.alice],
      ["Bob", SIGN_INS.bob],
      ["Admin", SIGN_INS.root],
    ] as const) {
      const made = await scene.link.call("session.new", { connectionId, label, signIn });
      keys[label] = made.key;
    }
    await panel.row("Admin");
    // As who works in DevTools: the panel has the keys once it was clicked.
    await panel.page.click("[data-page=session] h1");
  });
  afterAll(() => scene.close());

  const press = async (...presses: string[]) => {
    for (const each of presses) await panel.page.press(each);
  };
  const shown = (label: string) => panel.page.see(`[data-session-page="${keys[label]}"]`);
  const tree = 'role=tree[name="Sessions"]';

  test("numbers go to the sessions that carry them; the number can be changed", async () => {
    await press("2");
    await shown("Bob");
    await press("3");
    await shown("Admin");
    await press("1");
    await shown("Alice");
    await panel.page.focus('role=button[name="Colour and number"]');
    await press("Enter");
    await panel.page.select('role=dialog[name="Colour and number"] >> label=Number', "9");
    await panel.page.see(`[data-session="${keys.Alice}"] >> text=9`);
    await press("Escape");
    await panel.focusIs("Colour and number");
    await press("2");
    await shown("Bob");
    await press("9");
    await shown("Alice");
  });

  test("the list: arrows, Home and End move; Enter opens; a group folds", async () => {
    await panel.page.focus(tree);
    // From the group of the page, which has no session here, to the first of one's own.
    await press("Home");
    await press("ArrowDown", "ArrowDown");
    await shown("Alice");
    await press("ArrowDown");
    await shown("Bob");
    await press("End");
    await shown("Admin");
    await press("ArrowUp", "Enter");
    await shown("Bob");
    await panel.page.focus(tree);
    await press("ArrowLeft", "ArrowLeft");
    await panel.page.see("[data-group=mine][aria-expanded=false]");
    await expect.poll(() => panel.rows()).toEqual([]);
    await press("ArrowRight");
    await panel.row("Bob");
  });

  test("F2 renames: Escape leaves the name, Enter keeps the new one", async () => {
    await press("9");
    await shown("Alice");
    await press("2");
    await shown("Bob");
    await panel.page.focus(tree);
    await press("F2");
    await panel.focusIs("Name of the session");
    await panel.page.type("nothing");
    await press("Escape");
    await panel.row("Bob");
    await panel.focusIs("Sessions");
    await press("F2");
    await panel.focusIs("Name of the session");
    await panel.page.type("Bobby");
    await press("Enter");
    await panel.row("Bobby");
    await panel.title("Bobby");
    await expect.poll(async () => (await scene.link.snapshot()).sessions[1]?.label).toBe("Bobby");
  });

  test("/ filters: by name, user, place or variable; ↓ goes to the first hit, Escape clears", async () => {
    await press("/");
    await panel.focusIs("Filter sessions");
    await panel.page.type("tenant_a");
    await panel.rowGone("Bobby");
    await expect.poll(() => panel.labels()).toEqual(["Alice"]);
    await press("ArrowDown");
    await shown("Alice");
    await panel.focusIs("Sessions");
    await press("/");
    await panel.page.fill("label=Filter sessions", "no such");
    await panel.page.see("text*=No session matches “no such”");
    await press("Escape");
    await panel.row("Bobby");
    await press("Escape");
    await panel.focusIs("Sessions");
  });

  test("Tab reaches every control of the page", async () => {
    await press("9");
    await shown("Alice");
    await panel.page.evaluate(() => {
      const focusable = "button, input, select, textarea, a[href], summary, [tabindex]";
      const wanted = [...document.querySelectorAll<HTMLElement>(focusable)].filter(
        (each) =>
          each.tabIndex >= 0 &&
          !each.matches(":disabled") &&
          each.checkVisibility({ visibilityProperty: true }),
      );
      for (const each of wanted) each.dataset.unreached = "";
      document.addEventListener("focusin", ({ target }) => {
        delete (target as HTMLElement).dataset.unreached;
      });
      wanted[0]?.focus();
    });
    const total = await panel.page.count("[data-unreached]");
    expect(total).toBeGreaterThan(15);
    for (let presses = 0; presses < 2 * total; presses++) {
      await press("Tab");
      if ((await panel.page.count("[data-unreached]")) === 0) break;
    }
    expect(
      await panel.page.evaluate(() =>
        [...document.querySelectorAll("[data-unreached]")].map((each) => each.outerHTML),
      ),
    ).toEqual([]);
  });

  test("⋯ opens by Enter, moves by arrows, closes by Escape, and gives the focus back", async () => {
    await panel.page.focus('[data-page=session] >> role=button[name="More actions"]');
    await press("Enter");
    await panel.page.see("[role=menu]");
    await panel.focusIs("Run a query as this session");
    await press("ArrowDown");
    await panel.focusIs("Touch");
    await press("End");
    await panel.focusIs("Close");
    await press("Escape");
    await panel.focusIs("More actions");
    await panel.page.gone("[role=menuitem]");
    await press("Enter");
    await panel.focusIs("Run a query as this session");
    await press("ArrowDown", "ArrowDown");
    await panel.focusIs("Reset…");
    await press("Enter");
    await panel.page.see("text*=Reset clears sign-in");
    await panel.page.focus('[data-page=session] >> role=button[name="Keep"]');
    await press("Enter");
    await panel.page.gone("text*=Reset clears sign-in");
  });

  test("a session is made and signed in by keys alone; Escape leaves the form", async () => {
    await panel.page.focus('nav >> role=button[name="New"]');
    await press("Enter");
    await panel.page.see("[data-page=new-session]");
    await panel.page.focus('[data-page=new-session] >> role=button[name="Back"]');
    await press("Escape");
    await panel.page.see("[data-page=session]");
    await panel.page.focus('nav >> role=button[name="New"]');
    await press("Enter");
    await panel.page.see("[data-page=new-session]");
    await panel.page.focus("[data-page=new-session] >> label=Name");
    await panel.page.type("Keys");
    await panel.page.focus("[data-page=new-session] >> label=Sign in as");
    await panel.page.type("Root");
    await panel.page.see("[data-page=new-session] >> label=User");
    await press("Tab");
    await panel.focusIs("User");
    await panel.page.type("root");
    await press("Tab");
    await panel.focusIs("Password");
    await panel.page.type("root");
    await press("Enter");
    await panel.title("Keys");
    await panel.confirms("root, no namespace");
    expect(await whoIs(scene.link, await panel.shownKey())).toBe("root, -/-");
  });

  test("sections fold by Enter, and stay folded", async () => {
    const fold = `${panel.section("variables")} >> role=button[name="Variables"]`;
    await panel.page.focus(fold);
    await press("Enter");
    await panel.page.see(`${panel.section("variables")} [aria-expanded=false]`);
    await press("1");
    await press("2");
    await shown("Bob");
    await panel.page.see(`${panel.section("variables")} [aria-expanded=false]`);
    await panel.page.focus(fold);
    await press("Enter");
    await panel.page.gone(`${panel.section("variables")} h2 [aria-expanded=false]`);
  });

  test("the views: arrows on their tabs; in the editor Tab sets in, Escape and Tab leave", async () => {
    await panel.page.focus('role=tab[name="Sessions"]');
    await press("ArrowRight");
    await panel.focusIs("Requests");
    await press("ArrowRight");
    await panel.page.see('role=textbox[name="Statement"]');
    await panel.focusIs("Query");
    await panel.page.focus('role=textbox[name="Statement"]');
    await press("Tab");
    await panel.page.type("RETURN { deep: { er: 1 } }");
    await expect
      .poll(() => panel.page.value('role=textbox[name="Statement"]'))
      .toBe("  RETURN { deep: { er: 1 } }");
    const { outcomes } = await panel.answer(() => press("Control+Enter"));
    expect(outcomes[0]?.ok).toBe(true);
    await press("Escape", "Tab");
    await expect.poll(() => panel.focused()).not.toBe("Statement");

    await panel.page.focus("section[aria-label=Result] [role=treeitem][tabindex='0']");
    await press("ArrowDown", "ArrowLeft");
    await expect.poll(() => panel.focused()).toContain("er: 1");
    await panel.page.see("section[aria-label=Result] [role=treeitem][aria-expanded=false]");
    await press("ArrowRight", "ArrowRight");
    await expect.poll(() => panel.focused()).toMatch(/^er: 1/);
    await panel.page.focus('role=tab[name="Query"]');
    await press("ArrowLeft");
    await panel.focusIs("Requests");
    await press("ArrowLeft");
    await panel.page.see("[data-page=session]");
    expect(await scene.browser.errors()).toEqual([]);
  });
});
