/**
 * One statement as several people, side by side: who sees what, in a sentence and row by row; nothing is
 * written by accident; and each column ends on its own.
 *
 * The sessions speak through a proxy, which lets a test answer as somebody else, or never.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import { identifier } from "../../src/session/surql.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene, seriousErrors } from "../support/browser/scene.ts";
import { type Pages, pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { DEMO_ROLES, PERMISSION_KINDS, PERMISSION_PEOPLE } from "../support/permission-kinds.ts";
import { latch, type RpcProxy, startProxy } from "../support/rpc-proxy.ts";
import { recordSignIn, SIGN_INS } from "../support/scene.ts";

declare const db: PageWorld["db"];
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

/** What no transaction takes back, and what is said of it. */
const REFUSED = {
  "LIVE SELECT * FROM doc":
    "LIVE · A live query goes on until it is killed; a transaction doesn't end it.",
  "REMOVE TABLE doc": "REMOVE TABLE can't be tried: the server stops building its indexes at once.",
  "REMOVE DATABASE tenant_a":
    "REMOVE DATABASE can't be tried: the server lets go of what it keeps of it at once.",
  "DEFINE INDEX n ON doc FIELDS n CONCURRENTLY":
    "DEFINE INDEX CONCURRENTLY goes on outside of the transaction.",
  "ACCESS account ON DATABASE REVOKE ALL":
    "ACCESS · What ACCESS grants or revokes can't be taken back.",
};

/**
 * What the rules of permission-kinds.ts come to for SELECT: in a sentence, and by record for each column
 * (Admin, Editor, Viewer; Alice, whose role is admin, Bob, anonymous): seen "+", not seen "-", or what lacks.
 */
const BUT_RECORDS = "Alice, Bob and anonymous see none of them.";
const ADMINS = "Admin, Editor, Viewer and Alice see the same 2 rows;";
const SELECTED: Record<string, [sentence: string, rows: Record<string, string>]> = {
  closed: [
    `Admin, Editor and Viewer see the same 2 rows; ${BUT_RECORDS}`,
    { "closed:1": "+ + + - - -", "closed:2": "+ + + - - -" },
  ],
  open: ["All six see the same 2 rows.", { "open:1": "+ + + + + +", "open:2": "+ + + + + +" }],
  own: [
    "Admin, Editor and Viewer see the same 3 rows; Alice sees 1 of them; Bob sees 2 of them; anonymous sees none of them.",
    { "own:1": "+ + + + - -", "own:2": "+ + + - + -", "own:3": "+ + + - + -" },
  ],
  orphan: [
    "Admin, Editor and Viewer see the same 2 rows; Alice sees 1 of them; Bob sees none of them; anonymous sees 1 of them.",
    { "orphan:1": "+ + + - - +", "orphan:2": "+ + + + - -" },
  ],
  blind: [
    `Admin, Editor and Viewer see the same 3 rows; ${BUT_RECORDS}`,
    { "blind:1": "+ + + - - -", "blind:2": "+ + + - - -", "blind:3": "+ + + - - -" },
  ],
  dropbox: [
    `Admin, Editor and Viewer see the same 2 rows; ${BUT_RECORDS}`,
    { "dropbox:1": "+ + + - - -", "dropbox:2": "+ + + - - -" },
  ],
  staff: [
    `${ADMINS} Bob and anonymous see none of them.`,
    { "staff:1": "+ + + + - -", "staff:2": "+ + + + - -" },
  ],
  lobby: [
    "Admin, Editor, Viewer and anonymous see the same row; Alice and Bob don't see it.",
    { "lobby:1": "+ + + - - +" },
  ],
  mixed: [
    "Admin, Editor, Viewer and Bob see the same 3 rows; Alice and anonymous see 2 of them.",
    { "mixed:1": "+ + + + + +", "mixed:2": "+ + + - + -", "mixed:3": "+ + + + + +" },
  ],
  form: [
    `${ADMINS} the rows of Bob and anonymous lack \`secret\`.`,
    { "form:1": "+ + + + secret secret", "form:2": "+ + + + secret secret" },
  ],
  pay: [
    `${ADMINS} Bob's rows lack \`amount\` (in 1 of 2); the rows of anonymous lack \`amount\`.`,
    { "pay:1": "+ + + + amount amount", "pay:2": "+ + + + + amount" },
  ],
  likes: [
    `Admin, Editor and Viewer see the same 2 rows; ${BUT_RECORDS}`,
    { "likes:1": "+ + + - - -", "likes:2": "+ + + - - -" },
  ],
  empty: ["All six see no rows.", {}],
  "odd`; REMOVE TABLE open; --": [
    "All six see the same row.",
    { "`odd\\`; REMOVE TABLE open; --`:1": "+ + + + + +" },
  ],
};

describeInBrowsers("compare", (under) => {
  let scene: Scene;
  let panel: Panel;
  let proxy: RpcProxy;
  /** Where anonymous sessions may query, so that rules hold for them too. */
  let guests: DemoServer;
  let pages: Pages | undefined;
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
    await Promise.all([scene?.close(), guests?.close(), pages?.close()]);
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

  /** Every line of the grid from the first to the last, scrolled to: those out of sight aren't in the page. */
  const allLines = () =>
    panel.page.evaluate(async () => {
      const grid = document.querySelector<HTMLElement>("[role=grid][aria-rowcount]");
      const total = Number(grid?.ariaRowCount ?? 0) - 1;
      const lines = new Map<number, string>();
      const textOf = (element: Element) => element.textContent?.replace(/\s+/g, " ").trim() ?? "";
      const markOf = (cell: Element) =>
        cell.querySelector(".sy-cmp-missing-word")
          ? "-"
          : (cell.querySelector(".sy-cmp-lacks")?.textContent?.replace(/^.* no /, "") ?? "+");
      for (let look = 0; grid && lines.size < total && look < 100; look++) {
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        for (const line of grid.querySelectorAll(".sy-cmp-lines > [role=row]")) {
          const [name, ...others] = line.children;
          const text = line.hasAttribute("data-row")
            ? [name?.querySelector(".sy-mono")?.textContent, ...others.map(markOf)]
            : [...(name?.children ?? [])].map(textOf);
          lines.set(Number(line.getAttribute("aria-rowindex")), text.join(" "));
        }
        const isEnd = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1;
        grid.scrollTop = isEnd ? 0 : grid.scrollTop + grid.clientHeight / 2;
      }
      return [...lines].sort(([a], [b]) => a - b).map(([, text]) => text);
    });

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
    await panel.page.see("[role=grid] >> text=Admin would change 1 record, Alice and Bob none.");
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
    await panel.page.see(`${head("Bob")} >> text*=Kept: no records that user:bob may see`);
    await panel.page.gone("[data-column][data-progress=running]");
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
    for (const [statement, reason] of Object.entries(REFUSED)) {
      await run(`SELECT * FROM doc; ${statement}`);
      await expect
        .poll(() => panel.page.text("[data-refused]"))
        .toContain(`${reason} Nothing was sent.`);
    }
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

  test("what a transaction takes back of the schema runs dry, and who may not is refused", async () => {
    const schema = () => scene.server.query("INFO FOR TABLE doc", {}, WHERE);
    const before = await schema();
    await run("REMOVE FIELD secret ON doc");
    await says("Admin would change no records; Alice and Bob are refused.");
    await panel.page.see(`${head("Admin")} >> text*=Nothing was kept.`);
    await panel.page.see(`${head("Alice")} >> text*=Not enough permissions`);
    expect(await schema()).toEqual(before);
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

  test("tables of every kind of permissions: who sees which rows, and which fields of them", async () => {
    guests = await startServer({ port: 0, guests: true });
    await guests.query(PERMISSION_KINDS + DEMO_ROLES, {}, WHERE);
    const { id } = await scene.link.call("connection.add", { name: "guests", url: guests.url });
    const people: string[] = [];
    for (const [label, signIn] of Object.entries(PERMISSION_PEOPLE)) {
      const session = { connectionId: id, label, signIn, ...WHERE };
      people.push((await scene.link.call("session.new", session)).key);
    }
    // No more than eight at once: those of before go first.
    await panel.queryAsKeys(people.slice(0, 1));
    await panel.queryAsKeys(people);
    await run(
      Object.keys(SELECTED)
        .map((table) => `SELECT * FROM ${identifier(table)}`)
        .join(";\n"),
    );
    await says("11 of 14 statements differ.");
    expect(await allLines()).toEqual(
      Object.values(SELECTED).flatMap(([sentence, rows], index) => [
        `${index + 1} ${sentence}`,
        ...Object.entries(rows).map(([record, seen]) => `${record} ${seen}`),
      ]),
    );

    // A table by itself: its sentence stands at the head, and what lacks within its row.
    await run("SELECT * FROM pay");
    await says(SELECTED.pay?.[0] ?? "");
    const whole = "≠ differs: amount: 10, grade: 1, owner: user:alice";
    const without = "− no amount, grade: 1, owner: user:alice";
    expect((await seen())[0]).toBe(
      ["≠ pay:1 , differs", whole, whole, whole, whole, without, without].join(" "),
    );
  });

  test("a session of the page is a column like any other", async () => {
    pages = await startPages(proxy.url);
    await scene.inspected.goto(pages.urlOf({}));
    await pageConnected(scene.inspected);
    await panel.show("Sessions");
    const own = await panel.row("Default session");
    await panel.queryAsKeys([own.key, keys.Alice ?? ""]);
    await run(`${DOCS} WHERE n = 4`);
    await says("Alice sees 1 row; Default session is refused.");
  });

  test("the page signs in as another, and nobody here has heard of it: its identity isn't confirmed", async () => {
    await scene.inspected.goto(pages?.urlOf({ as: "alice" }) ?? "");
    await pageConnected(scene.inspected);
    await panel.show("Sessions");
    await panel.rowShows("Default session", "user:alice");
    await panel.queryAsKeys([(await panel.row("Default session")).key, keys.Alice ?? ""]);
    const answered = latch();
    proxy.onRequest = ({ method }) =>
      method === "signin" ? { answerAfter: answered.opened } : undefined;
    await scene.inspected.evaluate(
      (auth) => {
        void db.signin(auth);
      },
      signInOf(DEMO_PEOPLE.bob, "tenant_a"),
    );
    await expect.poll(() => proxy.held).toBe(1);

    await run(`${DOCS} WHERE n < 8`);
    await says("Alice sees 6 rows; Default session isn't counted: identity not confirmed.");
    const reason = "Identity not confirmed. The server says user:bob, not user:alice.";
    expect(await panel.page.text("[data-unconfirmed]")).toContain(reason);
    await panel.page.click('role=button[name*="Permissions"]');
    await panel.page.click('role=button[name="Find out"]');
    await panel.page.see('role=button[name="Again"]', { timeoutMs: 60_000 });
    await panel.page.see(`text*=${reason}`);
    expect(await panel.page.count('[aria-label^="doc, Alice, select: all."]')).toBe(1);
    expect(
      await panel.page.count('[aria-label^="doc, Default session, select: Not known yet."]'),
    ).toBe(1);

    answered.open();
    expect(await seriousErrors(scene)).toEqual([]);
  });
});
