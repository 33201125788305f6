/**
 * Where a session works and what it carries: namespace, database and variables, changed in place in
 * the real DevTools panel; and the events of these changes, which reach every view.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { Panel } from "../support/browser/panel.ts";
import { askAs, openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

describeInBrowsers("place and variables", (under) => {
  let scene: Scene;
  let panel: Panel;
  let admin: string;
  let alice: string;
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    const make = async (label: string, signIn: (typeof SIGN_INS)["root" | "alice"]) =>
      (await scene.link.call("session.new", { connectionId, label, signIn })).key;
    admin = await make("Admin", SIGN_INS.root);
    alice = await make("Alice", SIGN_INS.alice);
    await panel.select("Admin");
  });
  afterAll(() => scene.close());

  const requests = (method: string) => scene.server.stats().requests[method] ?? 0;
  const namespaces = async () => {
    const [info] = await scene.server.query("INFO FOR ROOT");
    return Object.keys((info as { namespaces: object }).namespaces);
  };
  /** Waits until the panel has had the answers to all that it asked for by itself. */
  const asksNoMore = async () => {
    let before: number | undefined;
    await expect
      .poll(
        () => {
          const same = before === requests("query");
          before = requests("query");
          return same;
        },
        { interval: 1_000 },
      )
      .toBe(true);
  };
  const databases = async () => {
    const [info] = await scene.server.query("INFO FOR NS", {}, { namespace: "app" });
    return Object.keys((info as { databases: object }).databases).sort();
  };
  const place = () => panel.section("namespace");
  const variables = () => panel.section("variables");

  test("use: the pickers offer what the server has, and the button says what it will do", async () => {
    const { page } = panel;
    await page.click(`${place()} >> role=combobox[name="Namespace"]`);
    await page.press("ArrowDown");
    await page.see('role=option[name="app"]');
    await page.press("ArrowDown");
    await page.press("Enter");
    await panel.place("app", "");
    await page.click(`${place()} >> role=combobox[name="Database"]`);
    await page.press("ArrowDown");
    await page.see('role=option[name="tenant_b"]');
    await expect.poll(() => page.texts("[role=option]")).toEqual(["tenant_a", "tenant_b"]);
    await page.press("Escape");
    await panel.writePlace("app", "tenant_a");
    await panel.placeButton("Select app/tenant_a");
    await panel.submitPlace();
    await panel.confirms("root, app/tenant_a");
    expect(await whoIs(scene.link, admin)).toBe("root, app/tenant_a");
    await panel.historyHas("using", "no namespace → app/tenant_a");
  });

  test("a name that isn't there yet: “Creates database …” before anything is sent", async () => {
    const used = requests("use");
    await panel.writePlace("app", "tennant_a");
    await panel.placeButton("Creates database “tennant_a”");
    expect(requests("use")).toBe(used);
    expect(await databases()).toEqual(["tenant_a", "tenant_b"]);
    await panel.press("Back to what is selected", place());
    await panel.place("app", "tenant_a");

    await panel.writePlace("new_ns", "new_db");
    // The names are asked for anew with each change; what is only typed must never be among them.
    await asksNoMore();
    await panel.placeButton("Creates namespace “new_ns” and database “new_db”");
    expect(await namespaces()).not.toContain("new_ns");
    await panel.submitPlace();
    await panel.confirms("root, new_ns/new_db");
    const [info] = await scene.server.query("INFO FOR NS", {}, { namespace: "new_ns" });
    expect(info).toMatchObject({ databases: { new_db: expect.anything() } });
  });

  test("a database without its namespace is not asked for; unset leaves none", async () => {
    // As the test before leaves it.
    await scene.link.call("session.use", { key: admin, namespace: "new_ns", database: "new_db" });
    await panel.confirms("root, new_ns/new_db");
    const used = requests("use");
    await panel.writePlace("", "tenant_a");
    await panel.page.see("text=A database needs its namespace.");
    await panel.page.see(`${place()} button[type=submit]:disabled`);
    expect(requests("use")).toBe(used);
    await panel.press("Back to what is selected", place());
    await panel.press("Unset", place());
    await panel.confirms("root, no namespace");
    expect(await whoIs(scene.link, admin)).toBe("root, -/-");
    await panel.historyHas("using", "new_ns/new_db → no namespace");
  });

  test("set: a variable of any type, written as SurrealQL", async () => {
    await panel.select("Alice");
    const cases: [name: string, expression: string, shown: string, type: string][] = [
      ["text", "'a text'", "'a text'", "string"],
      ["whole", "42", "42", "int"],
      ["exact", "12.34dec", "12.34dec", "decimal"],
      ["flag", "2 > 1", "true", "bool"],
      ["who", "user:bob", "user:bob", "record"],
      ["long", "1d + 2h", "1d2h", "duration"],
      ["list", "[1, 'two', user:bob]", "[1, 'two', user:bob]", "array"],
      ["thing", "{ beta: true, at: d'2026-01-02T03:04:05Z' }", "", "object"],
      ["mine", "$auth", "user:alice", "record"],
    ];
    for (const [name, expression, shown, type] of cases) {
      await panel.writeVariable(name, expression);
      const row = `${variables()} [data-variable="${name}"]`;
      await panel.page.see(`${row} >> text=${type}`);
      if (shown) await expect.poll(() => panel.page.text(row)).toContain(shown);
      expect(await askAs(scene.link, alice, `$${name} = (${expression})`)).toBe(true);
    }
    await panel.page.see(`${variables()} >> role=button[name="Variables ${cases.length}"]`);
    await panel.historyHas("variable", "$mine set.");
  });

  test("a variable is changed in place; a value that isn't SurrealQL leaves the old one", async () => {
    await panel.writeVariable("text", "{ not: surreal");
    const editor = `${variables()} form`;
    await panel.page.see(`${editor} [role=alert]`);
    await expect
      .poll(() => panel.page.text(`${editor} [role=alert]`))
      .toMatch(/Parse error|Unexpected/);
    expect(await panel.page.value(`${editor} textarea`)).toBe("{ not: surreal");
    expect(await askAs(scene.link, alice, "$text")).toBe("a text");
    await panel.page.press("Escape");
    await panel.variable("text", "'a text'");

    await panel.writeVariable("text", "'another'");
    await panel.variable("text", "'another'");
    expect(await askAs(scene.link, alice, "$text")).toBe("another");
    await panel.historyHas("variable", "$text changed.");
  });

  test("protected names are refused, with the reason", async () => {
    const asked = requests("let");
    for (const name of ["auth", "session", "token", "access"]) {
      await panel.writeVariable(name, "1");
      await panel.page.see(
        `${variables()} form >> text*=$${name} is set by SurrealDB itself and can't be changed.`,
      );
      await panel.page.press("Escape");
    }
    expect(requests("let")).toBe(asked);
    expect(await whoIs(scene.link, alice)).toBe("user:alice, app/tenant_a");
  });

  test("unset, and one step of undo: of a change, a removal and an addition", async () => {
    await panel.writeVariable("whole", "43");
    await panel.variable("whole", "43");
    await panel.press("Undo", variables());
    await panel.variable("whole", "42");
    expect(await askAs(scene.link, alice, "$whole")).toBe(42);

    await panel.press("Remove $exact", variables());
    await panel.page.gone(`${variables()} [data-variable=exact]`);
    expect(await askAs(scene.link, alice, "$exact = NONE")).toBe(true);
    await panel.historyHas("variable", "$exact removed.");
    await panel.press("Undo", variables());
    await panel.variable("exact", "12.34dec");
    // The very bytes come back: still a decimal.
    expect(await askAs(scene.link, alice, "<string>$exact")).toBe("12.34");

    await panel.writeVariable("fresh", "1");
    await panel.variable("fresh", "1");
    await panel.press("Undo", variables());
    await panel.page.gone(`${variables()} [data-variable=fresh]`);
    expect(await askAs(scene.link, alice, "$fresh = NONE")).toBe(true);
  });

  test("a value is looked into, step by step", async () => {
    await panel.page.click(`${variables()} [data-variable=thing] button[aria-expanded]`);
    await panel.page.see(`${variables()} [role=tree] >> text*=d'2026-01-02T03:04:05Z'`);
  });

  test("events reach every view at once: the panel in DevTools and the one in a tab", async () => {
    const tabId = await scene.browser.tabIdOf(scene.inspected);
    const own = await scene.browser.openExtensionPage(`src/shells/panel.html?tab=${tabId}`);
    const tab = new Panel(own);
    await tab.select("Alice");
    await tab.variable("whole", "42");
    await panel.signIn(SIGN_INS.bob);
    await panel.confirms("user:bob, app/tenant_b");
    await tab.confirms("user:bob, app/tenant_b");
    for (const view of [panel, tab]) {
      await view.historyHas("auth", "user:alice → user:bob");
      await view.rowShows("Alice", "user:bob · app/tenant_b");
    }
    await tab.writePlace("app", "tenant_a");
    await tab.submitPlace();
    for (const view of [panel, tab]) {
      await view.confirms("user:bob, app/tenant_a");
      await view.historyHas("using", "app/tenant_b → app/tenant_a");
    }
    await tab.press("Remove $whole", variables());
    await panel.page.gone(`${variables()} [data-variable=whole]`);
    expect(await whoIs(scene.link, alice)).toBe("user:bob, app/tenant_a");
    await own.close();
  });

  test("names that the session may not list: free text, and the hint that says so", async () => {
    await panel.writePlace("app", "tenant_b");
    await panel.page.see(`${place()} >> text*=may not list the names`);
    await panel.press("Back to what is selected", place());
    expect(await scene.browser.errors()).toEqual([]);
  });
});
