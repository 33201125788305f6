/**
 * One statement as several people, side by side: who sees what, in a sentence and row by row; nothing is
 * written by accident; and each column ends on its own.
 *
 * The sessions speak through a proxy, which lets a test answer as somebody else, or never.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene } from "../support/browser/scene.ts";
import { pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { type RpcProxy, startProxy } from "../support/rpc-proxy.ts";
import { recordSignIn, SIGN_INS } from "../support/scene.ts";

const WHERE = { namespace: "app", database: "tenant_a" };
/** Seven records of Alice's; Bob may see three of them, and of these not the secret. */
const DATA = `
  DEFINE TABLE doc SCHEMALESS PERMISSIONS
    FOR select WHERE owner = $auth OR open
    FOR create, update, delete WHERE owner = $auth;
  DEFINE FIELD secret ON doc PERMISSIONS FOR select WHERE owner = $auth;
  FOR $n IN 1..=7 {
    CREATE type::record("doc", $n) SET owner = user:alice, open = $n <= 3, secret = $n, n = $n;
  };`;
const DOCS = "SELECT * FROM doc";

describeInBrowsers("compare", (under) => {
  let scene: Scene;
  let panel: Panel;
  let proxy: RpcProxy;
  let connectionId: string;
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    await scene.server.query(DATA, {}, WHERE);
    proxy = await startProxy(scene.server.url);
    const added = await scene.link.call("connection.add", { name: "demo server", url: proxy.url });
    connectionId = added.id;
    const people = { Alice: SIGN_INS.alice, Bob: recordSignIn("bob"), Admin: SIGN_INS.root };
    for (const [label, signIn] of Object.entries(people)) {
      const made = await scene.link.call("session.new", { connectionId, label, signIn, ...WHERE });
      keys[label] = made.key;
    }
  });
  afterAll(async () => {
    await proxy?.close();
    await scene?.close();
  });

  const stored = async () => scene.server.query("SELECT * FROM doc", {}, WHERE);

  /** Writes the statement, and runs it. */
  async function run(text: string) {
    await panel.page.fill('role=textbox[name="Statement"]', text);
    await panel.page.press("Control+Enter");
  }

  async function says(sentence: string) {
    await expect.poll(() => panel.page.texts("[data-sentence]")).toEqual([sentence]);
  }

  const head = (label: string) => `[data-column="${keys[label]}"]`;
  const seen = () =>
    panel.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("[data-row]")].map((row) =>
        row.innerText.replace(/\s+/g, " ").trim(),
      ),
    );

  test("the sentence, and each row beside the others'", async () => {
    await panel.queryAs("Alice", "Bob", "Admin");
    await run(DOCS);
    await says("Alice and Admin see the same 7 rows; Bob sees 3 of them, without `secret`.");
    await panel.page.see(`${head("Bob")} >> text*=user:bob · app/tenant_a`);
    await panel.page.see(`${head("Bob")} >> text*=confirmed by the server`);
    const rows = await seen();
    expect(rows).toHaveLength(7);
    expect(rows[0]).toMatch(/^≠ doc:1 , differs .*secret: 1.* − no secret/);
    expect(rows[6]).toMatch(/doc:7 .*not seen by Bob/);
    // A record id in a cell opens its record, and not the line, as the session of that column.
    await run("SELECT id, owner FROM doc");
    await says("Alice and Admin see the same 7 rows; Bob sees 3 of them.");
    await panel.page.click('[data-row="0"] [data-cell="2"] >> text=user:alice');
    await panel.page.see("[data-opened=record] >> text=Record user:alice as Bob");
    await panel.page.see("[data-opened=record] >> text*=Ran as user:bob in app/tenant_a");
    await panel.page.gone("[role=grid] [role=tree]");
    await panel.page.press("Escape");
    await panel.page.gone("[data-opened]");
  });

  test("nobody as a column, made by the menu", async () => {
    await panel.page.click("label*=Sessions to run as");
    await panel.page.click("[role=menu] >> text=Anonymous in app/tenant_a on demo server");
    await expect.poll(() => panel.page.count("[data-run-as]")).toBe(4);
    await run(`${DOCS} WHERE open`);
    await says(
      "Alice and Admin see the same 3 rows; Bob's rows lack `secret`; anonymous is refused.",
    );
    await panel.page.click('role=button[name="Don\'t run as Anonymous"]');
  });

  test("only differences; a row opens as trees side by side, by keyboard", async () => {
    await run(`${DOCS} WHERE n > 2; RETURN 1`);
    await says("Statement 1 of 2 differs.");
    await panel.page.click("label=Only differences");
    await expect.poll(seen).toHaveLength(5);
    await run("SELECT id, n FROM doc WHERE n > 2");
    await says("Alice and Admin see the same 5 rows; Bob sees 1 of them.");
    await expect.poll(seen).toHaveLength(4);
    await panel.page.focus("[role=grid]");
    await panel.page.press("ArrowDown");
    await panel.page.press("Enter");
    await panel.page.see("[role=grid] [role=tree] >> text*=doc:5");
    await panel.page.see("text=This row is not seen by Bob.");
    // In the trees too, and from there on as that session.
    await panel.page.click("[role=grid] [role=tree] >> nth=1 >> text=doc:5");
    await panel.page.see("[data-opened=record] >> text=Record doc:5 as Admin");
    await panel.page.click("[data-opened=record] [role=tree] >> text=user:alice");
    await panel.page.see("[data-opened=record] >> text=Record user:alice as Admin");
    await panel.page.press("Escape");
    await panel.page.gone("[data-opened]");
    await panel.page.see("[role=grid] [role=tree]");
    await panel.page.click("label=Only differences");
  });

  test("what writes runs dry in each, and the database stays as it was", async () => {
    const before = await stored();
    await run("UPDATE doc SET n = 0; CREATE doc:8; DELETE doc:1");
    await says("Admin would change 9 records, Alice 8, Bob none; statements 1 and 2 of 3 differ.");
    await panel.page.see(
      `${head("Alice")} >> text=Dry run: would have changed 8 records. Nothing was kept.`,
    );
    // A statement that fails takes the others along, and the column says so.
    await run("UPDATE doc SET n = 0; CREATE doc:1; DELETE doc:1");
    await panel.page.see(`${head("Admin")} >> text*=3 statements, 1 failed`);
    await panel.page.see(
      `${head("Admin")} >> text*=Statement 2 failed. The result of statement 1 is lost with it, and statement 3 was not run`,
    );
    expect(await stored()).toEqual(before);
  });

  test("Keep changes keeps, and a Careful connection asks once more", async () => {
    const production = { id: connectionId, name: "production", url: proxy.url, careful: true };
    await scene.link.call("connection.edit", production);
    await panel.page.click("label=Keep changes");
    await run("UPDATE doc:1 SET n = n + 100");
    await panel.page.see("text*=production is marked");
    await panel.page.see("text*=Alice, Bob and Admin");
    expect(proxy.seen.filter(({ params }) => /n \+ 100/.test(String(params[0])))).toEqual([]);
    await panel.page.click('role=button[name="Run and keep changes"]');
    await panel.page.see(`${head("Bob")} >> text=Kept: 0 records`);
    await panel.page.gone("text=Stop all");
    // Two that write the same record at the same moment may conflict at the server: then one has kept it.
    const ends = await Promise.all(["Alice", "Admin"].map((name) => panel.page.text(head(name))));
    const kept = ends.filter((end) => end.includes("Kept: 1 record")).length;
    expect(kept).toBeGreaterThan(0);
    for (const end of ends) expect(end).toMatch(/Kept: 1 record|Transaction conflict/);
    const [changed] = await scene.server.query("SELECT VALUE n FROM doc:1", {}, WHERE);
    expect(changed).toEqual([1 + 100 * kept]);
    await panel.page.click("label=Keep changes");
  });

  test("what no transaction takes back is refused, and nothing is sent", async () => {
    proxy.seen.length = 0;
    await run("SELECT * FROM doc; LIVE SELECT * FROM doc");
    await panel.page.see("[data-refused] >> text*=LIVE");
    await panel.page.click('[data-refused] >> role=button[name="Go to it"]');
    // The cursor is there: what is typed stands before the word.
    await panel.page.type("!");
    await expect
      .poll(() => panel.page.value('role=textbox[name="Statement"]'))
      .toBe("SELECT * FROM doc; !LIVE SELECT * FROM doc");
    await panel.page.click('[data-refused] >> role=button[name="Go to it"]');
    await panel.page.see("text=What was run isn't in the editor any more.");
    expect(proxy.of("query")).toEqual([]);
  });

  test("one that hangs is let go, one that answers as another isn't believed", async () => {
    const docs = [{ status: "OK", time: "1ms", result: [{ id: "not theirs" }] }];
    const nobody = {
      status: "OK",
      time: "1ms",
      result: { session: { ns: "app", db: "tenant_a" } },
    };
    proxy.onRequest = ({ method, session }) => {
      if (method !== "query") return undefined;
      if (session === keys.Bob) return { result: [...docs, nobody] };
      return session === keys.Admin ? "swallow" : undefined;
    };
    await run(`${DOCS} WHERE n < 8`);
    await says("Alice sees 6 rows; Bob isn't counted: identity not confirmed; waiting for Admin.");
    await panel.page.see(`${head("Bob")} [data-unconfirmed] >> text*=anonymous`);
    await panel.page.click(`${head("Admin")} >> role=button[name="Stop waiting"]`);
    await says(
      "Alice sees 6 rows; Bob isn't counted: identity not confirmed; nobody waits for Admin any more.",
    );
    proxy.onRequest = () => undefined;
  });

  test("a session of the page is a column like any other", async () => {
    const pages = await startPages(scene.server.url);
    await scene.inspected.goto(pages.urlOf({}));
    await pageConnected(scene.inspected);
    await panel.show("Sessions");
    const own = await panel.row("Default session");
    await panel.queryAsKeys([own.key, keys.Alice ?? ""]);
    await run(`${DOCS} WHERE n = 4`);
    await says("Alice sees 1 row; Default session is refused.");
    await pages.close();
    expect(await scene.browser.errors()).toEqual([]);
  });
});
