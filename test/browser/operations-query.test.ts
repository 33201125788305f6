/**
 * What runs in a session: queries and every other method, live queries, transactions; through the
 * controls of the real DevTools panel, with another client of the server to see and be seen.
 */
import type { Surreal } from "surrealdb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../demo/browser/wait.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";
import { connectSdk } from "../unit/demo/sdk.ts";

const WHERE = { namespace: "app", database: "tenant_a" };

describeInBrowsers("query, live queries, transactions", (under) => {
  let scene: Scene;
  let panel: Panel;
  let admin: string;
  /** Another client: the official SDK on a socket of its own. */
  let sdk: Surreal;
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    sdk = await connectSdk(scene.server);
    await sdk.signin({ username: "root", password: "root" });
    await sdk.use(WHERE);
    await sdk.query("DEFINE TABLE thing SCHEMALESS; CREATE thing:1 SET text = 'one'");
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    const make = async (label: string, signIn?: (typeof SIGN_INS)["root" | "alice"]) =>
      (await scene.link.call("session.new", { connectionId, label, signIn, ...WHERE })).key;
    admin = await make("Admin", SIGN_INS.root);
    await make("Alice", SIGN_INS.alice);
    await make("Anonymous");
    await panel.select("Admin");
  });
  afterAll(async () => {
    await sdk.close();
    await scene.close();
  });

  const at = async (text: string) => (await scene.server.query(text, {}, WHERE)).at(-1);
  /** The socket of the extension; the other one is the SDK's. */
  const socket = () =>
    scene.server.stats().sockets.find(({ sessions }) => sessions.includes(admin)) ??
    expect.fail("The extension has no socket.");
  const live = () => panel.section("live");

  test("a statement runs with Ctrl+Enter, and the result names who asked and where", async () => {
    const { head, outcomes } = await panel.run("SELECT id, text FROM thing; RETURN $auth", {
      as: "Admin",
    });
    expect(head).toContain("Ran as root in app/tenant_a");
    expect(outcomes.map((each) => each.ok)).toEqual([true, true]);
    expect(outcomes[0]?.text).toMatch(/1 row.*thing:1.*'one'/);
    const asAlice = await panel.run("RETURN $auth", { as: "Alice" });
    expect(asAlice.head).toContain("Ran as user:alice in app/tenant_a");
    expect(asAlice.outcomes[0]?.text).toContain("user:alice");
  });

  test("results as typed tree, as SurrealQL and as JSON", async () => {
    const { page } = panel;
    await panel.run("RETURN { who: user:bob, at: d'2026-01-02T03:04:05Z', list: [1.5f, 2dec] }");
    await page.see("section[aria-label=Result] [role=tree] >> text*=user:bob");
    await panel.press("SurrealQL", "section[aria-label=Result]");
    const written = () => page.text("section[aria-label=Result] pre");
    await expect.poll(written).toContain("who: user:bob");
    const surql = await written();
    expect(await at(`RETURN (${surql}).at = d'2026-01-02T03:04:05Z'`)).toBe(true);
    expect(surql).toContain("2dec");
    await panel.press("JSON", "section[aria-label=Result]");
    await expect.poll(written).toContain('"who": "user:bob"');
    expect(JSON.parse(await written())).toMatchObject({
      who: "user:bob",
    });
    await panel.press("Copy all", "section[aria-label=Result]");
    await page.see("text=Result as JSON copied");
    await expect.poll(() => scene.browser.clipboardText()).toContain("user:bob");
    await panel.press("Tree", "section[aria-label=Result]");
  });

  test("results as a table; a row and a record open beside it, in the same session; CSV", async () => {
    const { page } = panel;
    const result = "section[aria-label=Result]";
    await at("DEFINE TABLE hidden PERMISSIONS NONE; CREATE hidden:1");
    await at("DEFINE TABLE linked SCHEMALESS PERMISSIONS FULL");
    await at("CREATE linked:1 SET to = linked:2, more = 1; CREATE linked:2 SET to = hidden:1");
    await panel.run("SELECT * FROM linked", { as: "Alice" });
    await panel.press("Table", result);
    await page.see(`${result} [role=grid] [role=columnheader] >> text=more`);
    expect(await page.texts(`${result} [role=columnheader]`)).toEqual(["id", "more", "to"]);
    expect(await page.texts(`${result} [role=gridcell]`)).toEqual([
      ...["linked:1", "1", "linked:2"],
      ...["linked:2", "NONE", "hidden:1"],
    ]);
    // Enter on a record id opens that record, and in it the next one.
    await page.click(`${result} [data-cell="0:2"] button`);
    await page.see(`${result} [data-opened=record] >> text=Record linked:2 as Alice`);
    await page.see(`${result} [data-opened=record] >> text*=Ran as user:alice in app/tenant_a`);
    await page.click(`${result} [data-opened=record] [role=tree] >> text=hidden:1`);
    await page.see(`${result} [data-opened=record] >> text*=Empty: Alice may not see it`);
    await panel.press("Back", `${result} [data-opened=record]`);
    await page.see(`${result} [data-opened=record] >> text=Record linked:2 as Alice`);
    await page.click(`${result} [data-cell="0:1"]`);
    await page.see(`${result} [data-opened=row] [role=tree] >> text*=linked:1`);
    await page.press("ArrowDown");
    await page.press("Space");
    await page.see(`${result} [data-opened=row] >> text=Row 1`);
    await page.press("Escape");
    await page.gone(`${result} [data-opened]`);
    await panel.press("Copy as ▾", result);
    await page.click("[role=menu] >> text=CSV");
    await page.see("text=Result as CSV copied");
    await expect
      .poll(() => scene.browser.clipboardText())
      .toBe("id,more,to\r\nlinked:1,1,linked:2\r\nlinked:2,,hidden:1\r\n");
    await panel.press("Tree", result);
  });

  test("errors with their kind: a statement's, a whole request's, and that of a guest", async () => {
    const { outcomes } = await panel.run("RETURN 1; THROW 'on purpose'; RETURN 3", { as: "Admin" });
    expect(outcomes.map((each) => each.ok)).toEqual([true, false, true]);
    expect(outcomes[1]?.text).toMatch(/Thrown.*on purpose/);
    const { error } = await panel.run("SELEC nonsense");
    expect(error?.text).toMatch(/Parse error/);
    await panel.page.see("text=Validation");
    const guest = await panel.run("SELECT * FROM note", { as: "Anonymous" });
    expect(guest.error?.text).toContain("Anonymous access not allowed");
    await panel.page.see("text=NotAllowed");
  });

  test("bindings go with the query, as values of any type", async () => {
    const { outcomes } = await panel.run("RETURN type::of($who) + ' ' + <string>$n", {
      as: "Admin",
      bindings: "{ who: user:bob, n: 1 + 1 }",
    });
    expect(outcomes[0]?.text).toContain("record 2");
    await panel.page.fill("label=Variables, an object", "");
  });

  test("the editor colours SurrealQL, lays it out, and runs what is marked", async () => {
    const { page } = panel;
    const written = () => page.value('role=textbox[name="Statement"]');
    await panel.run("RETURN 1;\nRETURN 2", { as: "Admin" });
    await expect.poll(() => page.texts(".sy-code .sy-ql-keyword")).toEqual(["RETURN", "RETURN"]);
    await page.focus('role=textbox[name="Statement"]');
    await page.press("Control+Home");
    await page.press("Shift+End");
    const marked = await panel.answer(() => page.press("Control+Enter"));
    expect(marked.outcomes.map(({ text }) => text)).toHaveLength(1);
    expect(await written()).toBe("RETURN 1;\nRETURN 2");
    await page.fill('role=textbox[name="Statement"]', "RETURN   1 ; RETURN  2");
    await page.press("Shift+Alt+f");
    await expect.poll(written).toBe("RETURN 1;\nRETURN 2");
    await page.press("ControlOrMeta+z");
    await expect.poll(written).toBe("RETURN   1 ; RETURN  2");
    await page.fill('role=textbox[name="Statement"]', "RETURN [1, ");
    await panel.press("Format", ".sy-query");
    await page.see("text*=Not formatted: it can't be read as SurrealQL");
    expect(await written()).toBe("RETURN [1, ");
  });

  test("completion offers what the session may read; a record user is told that it knows keywords only", async () => {
    const { page } = panel;
    const offers = "[role=listbox] [role=option]";
    const write = async (as: string) => {
      await panel.queryAs(as);
      await page.fill('role=textbox[name="Statement"]', "SELECT * FROM ");
      await page.type("th");
    };
    await write("Admin");
    await page.see(`${offers} >> text*=thing`);
    // A key that comes with the list isn't meant for it.
    await new Promise((resolve) => setTimeout(resolve, 150));
    await page.press("Tab");
    await expect
      .poll(() => page.value('role=textbox[name="Statement"]'))
      .toBe("SELECT * FROM thing");
    await write("Alice");
    await page.see("text*=Alice may not read the schema: completion knows keywords only");
    await page.see(`${offers} >> text=THEN`);
    expect(await page.count(`${offers} >> text*=thing`)).toBe(0);
    await page.press("Escape");
  });

  test("errors stand at their place: the server's until the text changes, and what is clear before", async () => {
    const { page } = panel;
    await panel.run("RETURN 1;\nSELEC nonsense", { as: "Admin" });
    await expect.poll(() => page.texts(".sy-code-bad")).toEqual(["nonsense"]);
    await page.see("text*=Line 2, column 7: Unexpected token");
    await page.focus('role=textbox[name="Statement"]');
    await page.type("x");
    await page.gone(".sy-code-bad");
    await page.click("summary");
    await page.fill("label=Variables, an object", "{ a: 1,\n b: }");
    await page.see(".sy-query-bindings .sy-code-bad");
    await page.see("text=Line 2, column 3: A value is missing here.");
    const { error } = await panel.run("RETURN 1", { bindings: "{ a: 1,\n b: 1 2 }" });
    expect(error?.text).toContain("The variables can't be used");
    const bad = () => page.texts(".sy-query-bindings .sy-code-bad");
    await expect.poll(bad).toEqual(["2"]);
    // Longer than the editor waits before it looks through the text itself.
    await sleep(700);
    expect(await bad()).toEqual(["2"]);
    await page.fill("label=Variables, an object", "");
  });

  test("every other RPC method, by the picker", async () => {
    const call = async (method: string, text: string) => {
      const { outcomes, error } = await panel.run(text, { method });
      return error?.text ?? outcomes[0]?.text;
    };
    expect(await call("select", "[thing:1]")).toContain("'one'");
    expect(await call("create", "[thing:2, { text: 'two' }]")).toContain("thing:2");
    expect(await at("SELECT VALUE text FROM thing:2")).toEqual(["two"]);
    await call("merge", "[thing:2, { done: true }]");
    expect(await at("SELECT VALUE done FROM thing:2")).toEqual([true]);
    await call("insert", "['thing', [{ id: 3, text: 'three' }, { id: 4, text: 'four' }]]");
    await call("update", "[thing:3, { text: 'THREE' }]");
    await call("upsert", "[thing:5, { text: 'five' }]");
    await call("patch", "[thing:4, [{ op: 'replace', path: '/text', value: 'FOUR' }]]");
    await call("relate", "[thing:1, 'likes', thing:2, { much: true }]");
    await call("insert_relation", "['likes', { id: 9, in: thing:2, out: thing:1 }]");
    expect(await at("RETURN (SELECT id, text FROM thing ORDER BY id).text")).toEqual([
      "one",
      "two",
      "THREE",
      "FOUR",
      "five",
    ]);
    expect(await at("SELECT VALUE id.id() FROM likes:9")).toEqual([9]);
    await call("delete", "[thing:5]");
    expect(await at("SELECT * FROM thing:5")).toEqual([]);
    expect(await call("run", "['math::max', NONE, [[1, 7, 3]]]")).toContain("7");
    expect(await panel.run("", { method: "version" }).then(first)).toContain("surrealdb-3.0.2");
    expect(await panel.run("", { method: "sessions" }).then(first)).toContain(admin);
    await panel.run("", { method: "ping" });
    const asAlice = await panel.run("", { method: "info", as: "Alice" });
    expect(asAlice.outcomes[0]?.text).toContain("Alice Adams");
    await panel.run("RETURN 1", { method: "query", as: "Admin" });
  });

  test("methods that change the session change what is shown of it", async () => {
    await panel.run("['shared', { by: 'let' }]", { method: "let", as: "Alice" });
    await panel.run("['app', 'tenant_b']", { method: "use" });
    await panel.run("", { method: "begin" });
    await panel.run("['note']", { method: "live" });
    await panel.select("Alice");
    await panel.confirms("user:alice, app/tenant_b");
    await panel.page.see(`${panel.section("variables")} [data-variable=shared]`);
    await panel.page.see(`${live()} [data-live][data-state=watching]`);
    const txn = await panel.page.waitFor<string | undefined, []>(
      () => document.querySelector<HTMLElement>("[data-transaction]")?.dataset.transaction,
    );
    await panel.run(`[u'${txn}']`, { method: "cancel" });
    await panel.run("['shared']", { method: "unset" });
    await panel.run("", { method: "reset" });
    await panel.select("Alice");
    await panel.page.see(`${panel.section("sign-in")} >> text=Anonymous`);
    await panel.page.gone("[data-variable], [data-live], [data-transaction]");
    await expect.poll(socket).toMatchObject({ liveQueries: 0, transactions: 0 });
    await panel.run("", { method: "detach" });
    await panel.rowGone("Alice");
    await panel.run("RETURN 1", { method: "query", as: "Admin" });
  });

  test("arguments that aren't an array are refused before anything is sent", async () => {
    const before = scene.server.stats().requests.delete ?? 0;
    const { error } = await panel.run("thing:1", { method: "delete" });
    expect(error?.text).toContain("an array is needed");
    expect(scene.server.stats().requests.delete ?? 0).toBe(before);
    await panel.run("RETURN 1", { method: "query" });
  });

  test("big results are scrolled through whole, as tree and as table; as text they are bounded", async () => {
    const { page } = panel;
    const result = "section[aria-label=Result]";
    const { outcomes } = await panel.run(
      "RETURN array::range(0, 10000).map(|$n| { n: $n, text: string::repeat('long ', 50) })",
      { as: "Admin" },
    );
    expect(outcomes[0]?.text).toContain("10,000 rows");
    const tree = `${result} [role=tree]`;
    await page.click(`${tree} [aria-posinset="1"]`);
    await page.see(`${tree} [aria-level="2"] >> text*=n: 0`);
    await page.press("End");
    await page.see(`${tree} [aria-posinset="10000"] >> text*=9999`);
    expect(await page.count(`${tree} [role=treeitem]`)).toBeLessThan(150);
    await panel.press("Table", result);
    await page.click(`${result} [data-cell="1:0"]`);
    await page.press("Control+End");
    await page.see(`${result} [role=row][aria-rowindex="10001"] >> text=9999`);
    expect(await page.count(`${result} [role=row]`)).toBeLessThan(150);
    await panel.press("SurrealQL", result);
    await page.see("text*=Cut after the first");
    expect((await page.text(`${result} pre`)).length).toBeLessThan(110_000);
    await panel.press("Tree", result);
  });

  test("a live query of a table: notifications as they come, from another client's changes too", async () => {
    await panel.select("Admin");
    await panel.press("Live query", live());
    await panel.page.fill(`${live()} form input`, "thing");
    await panel.page.press("Enter");
    await panel.page.see(
      `${live()} [data-live][data-state=watching] >> text=LIVE SELECT * FROM thing`,
    );
    await expect.poll(() => socket().liveQueries).toBe(1);
    await panel.page.click(`${live()} [data-live] button[aria-expanded]`);
    await panel.page.see("text*=Nothing yet");
    for (const change of ["CREATE", "UPDATE", "DELETE"]) {
      await sdk.query(
        `${change} thing:9 ${change === "DELETE" ? "" : `SET text = 'their ${change}'`}`,
      );
      await panel.page.see(`${live()} [data-action=${change}]`);
    }
    const actions = async () =>
      (await panel.page.texts(`${live()} [data-action]`)).map(
        (line) => /CREATE|UPDATE|DELETE/.exec(line)?.[0],
      );
    await expect.poll(actions).toEqual(["DELETE", "UPDATE", "CREATE"]);
    await panel.page.see(`${live()} [data-action=CREATE] >> text*=their CREATE`);
    await panel.page.see(`${live()} [data-live] >> text*=3 events`);
    await panel.historyHas("live", "LIVE SELECT * FROM thing");
    await panel.rowShows("Admin", "1 live");
  });

  test("stop watching: the query goes on at the server; kill ends it there", async () => {
    await panel.press("Stop watching", live());
    await panel.page.see(`${live()} [data-live][data-state=stopped]`);
    await expect.poll(() => socket().liveQueries).toBe(1);
    await sdk.query("CREATE thing:10 SET text = 'unseen'");
    await panel.run("RETURN 1", { as: "Admin" });
    await panel.select("Admin");
    await panel.page.see(`${live()} [data-live] >> text*=3 events · not watched`);
    await panel.press("Kill", live());
    await panel.page.see(`${live()} [data-live][data-state=killed]`);
    await expect.poll(() => socket().liveQueries).toBe(0);
    await panel.historyHas("live", "killed");
  });

  test("a LIVE SELECT with a condition, and the server's refusal of one that isn't", async () => {
    await panel.select("Admin");
    await panel.press("Live query", live());
    const field = `${live()} form input`;
    await panel.page.fill(field, "LIVE SELECT nonsense FROM");
    await panel.press("Start", live());
    await panel.page.see(`${live()} form [role=alert]`);
    await panel.page.fill(field, "LIVE SELECT text FROM thing WHERE text = 'wanted'");
    await panel.press("Start", live());
    const row = `${live()} [data-live][data-state=watching]`;
    await panel.page.click(`${row} button[aria-expanded]`);
    await sdk.query("CREATE thing:11 SET text = 'other'; CREATE thing:12 SET text = 'wanted'");
    await panel.page.see(`${row} [data-action=CREATE] >> text*=wanted`);
    await panel.page.see(`${row} >> text*=1 event`);
    await panel.press("Kill", row);
    await panel.page.gone(row);
  });

  test("a live query that a statement begins is watched too", async () => {
    const { outcomes } = await panel.run("LIVE SELECT * FROM thing", { as: "Admin" });
    expect(outcomes[0]?.text).toContain("A live query began");
    await panel.select("Admin");
    const row = `${live()} [data-live][data-state=watching]`;
    await panel.page.see(row);
    await expect.poll(() => socket().liveQueries).toBe(1);
    await panel.press("Kill", row);
    await panel.page.gone(row);
    await expect.poll(() => socket().liveQueries).toBe(0);
  });

  test("a transaction: begun, run in, unseen by others until it is committed", async () => {
    await panel.select("Admin");
    await panel.press("Transaction", live());
    await panel.page.see(`${live()} [data-transaction]`);
    await expect.poll(() => socket().transactions).toBe(1);
    await panel.press("Run in it", `${live()} [data-transaction]`);
    const { head } = await panel.run("CREATE thing:20 SET text = 'in it'");
    expect(head).toContain("in a transaction");
    expect(await at("SELECT * FROM thing:20")).toEqual([]);
    await panel.page.select("label=Transaction", "");
    const outside = await panel.run("SELECT * FROM thing:20");
    expect(outside.outcomes[0]?.text).toContain("0 rows");
    await panel.select("Admin");
    await panel.page.see(`${live()} [data-transaction] >> text*=1 request`);
    await panel.press("Commit", `${live()} [data-transaction]`);
    await panel.page.gone(`${live()} [data-transaction]`);
    expect(await at("SELECT VALUE text FROM thing:20")).toEqual(["in it"]);
    await expect.poll(() => socket().transactions).toBe(0);
    await panel.historyHas("transaction", "committed");
  });

  test("a cancelled transaction leaves nothing", async () => {
    await panel.select("Admin");
    await panel.press("Transaction", live());
    await panel.press("Run in it", `${live()} [data-transaction]`);
    await panel.run("CREATE thing:21 SET text = 'never'");
    await panel.show("Sessions");
    await panel.press("Cancel", `${live()} [data-transaction]`);
    await panel.page.gone(`${live()} [data-transaction]`);
    expect(await at("SELECT * FROM thing:21")).toEqual([]);
    await expect.poll(() => socket().transactions).toBe(0);
    await panel.historyHas("transaction", "cancelled");
    // Whoever still has it chosen is told that it is over.
    await panel.show("Query");
    await panel.page.see("text*=The transaction you chose is over");
    expect(await scene.browser.errors()).toEqual([]);
  });
});

function first({ outcomes, error }: Awaited<ReturnType<Panel["run"]>>): string {
  return error?.text ?? outcomes[0]?.text ?? "";
}
