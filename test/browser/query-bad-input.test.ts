/**
 * What is too large, too deep, too many or too slow: each session's part of a run ends on its own, the panel
 * goes on, and nothing is cut off in silence.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene, seriousErrors } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

const WHERE = { namespace: "app", database: "tenant_a" };
const BRIEF = { way: "record", ...WHERE, access: "brief", variables: {} } as const;
const RESULT = "section[aria-label=Result]";
/** The server's functions make a megabyte at most: it takes many of them. */
const LARGE = (megabytes: number) =>
  `array::range(0, ${megabytes * 100}).map(|$n| string::repeat('x', 10000))`;
const DEEP = (levels: number) =>
  `RETURN array::fold(array::range(0, ${levels}), 'the bottom', |$inner, $n| [$inner])`;

describeInBrowsers("query: bad input", (under) => {
  let scene: Scene;
  let panel: Panel;
  let keys: string[];
  let brief: string;
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    await scene.server.query(
      `DEFINE ACCESS brief ON DATABASE TYPE RECORD SIGNIN ( SELECT * FROM user:alice )
        DURATION FOR TOKEN 1h, FOR SESSION 8s`,
      {},
      WHERE,
    );
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    const make = async (label: string, signIn: (typeof SIGN_INS)["root" | "alice"]) =>
      (await scene.link.call("session.new", { connectionId, label, signIn, ...WHERE })).key;
    keys = [await make("Alice", SIGN_INS.alice)];
    for (let n = 2; n <= 8; n++) keys.push(await make(`Admin ${n}`, SIGN_INS.root));
    brief = (await scene.link.call("session.new", { connectionId, label: "Brief", signIn: BRIEF }))
      .key;
  });
  afterAll(() => scene.close());

  const running = (key: string) => `[data-column="${key}"][data-progress=running]`;
  const progress = () =>
    panel.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("[data-column]")].map(
        (head) => head.dataset.progress,
      ),
    );

  test("a session that expires in mid-run: the answer is shown, and the next run says what is the matter", async () => {
    await panel.queryAsKeys([brief]);
    // Its time begins here, however long it took to get here.
    await scene.link.call("session.signIn", { key: brief, signIn: BRIEF });
    const { outcomes, error } = await panel.run("RETURN [$auth, sleep(8s)]");
    expect(`${outcomes[0]?.text} ${error?.text}`).toMatch(/user:alice|expired/);
    await panel.page.see(
      "text*=“Brief” waits for a sign-in. The session's time at the server is over.",
    );
  });

  test("a result of 100 MB: there to its last row, and the panel works meanwhile", async () => {
    await panel.queryAs("Admin 2");
    const { head, outcomes, error } = await panel.run(`RETURN ${LARGE(100)}`);
    expect(error).toBeUndefined();
    expect(head).toMatch(/100(\.\d)? MB/);
    expect(outcomes[0]?.text).toContain("10,000 rows");
    // So much memory is taken and given back that a busy machine holds the page up for many seconds.
    const patient = { timeoutMs: 60_000 };
    await panel.page.click(`${RESULT} [role=treeitem][aria-posinset="1"]`, patient);
    await panel.page.press("End");
    const last = `${RESULT} [role=treeitem][aria-posinset="10000"] >> text*=xxx`;
    await panel.page.see(last, patient);
  });

  test("a statement of a megabyte, and a thousand statements in one text", async () => {
    await panel.queryAs("Admin 2");
    const { outcomes } = await panel.run(`RETURN string::len('${"x".repeat(1_000_000)}')`);
    expect(outcomes[0]?.text).toContain("1000000");
    const many = Array.from({ length: 1_000 }, (_, n) =>
      n === 998 ? "THROW 'no'" : `RETURN ${n}`,
    );
    const { head } = await panel.run(many.join(";\n"));
    expect(head).toContain("Ran as root");
    // Drawn by the hundred, and how many there are beyond is told.
    for (const left of [800, 600, 400, 200]) {
      await panel.page.click(`role=button[name="Show 200 more of ${left} statements"]`);
    }
    await expect.poll(() => panel.page.count("[data-outcome=ok]")).toBe(999);
    expect(await panel.page.count("[data-outcome=failed]")).toBe(1);
  });

  test("values within values: shown as deep as can be read, and else said to be too deep", async () => {
    await panel.queryAs("Admin 2");
    const shown = await panel.run(DEEP(200));
    expect(shown.outcomes[0]).toMatchObject({ ok: true });
    await panel.press("JSON", RESULT);
    await expect.poll(() => panel.page.text(`${RESULT} pre`)).toContain("the bottom");
    await panel.press("Tree", RESULT);
    const { error } = await panel.run(DEEP(1_000));
    expect(error).toMatchObject({ name: "UnreadableAnswerError" });
    expect(error?.text).toMatch(/Nested deeper than 256.*The server did what was asked/);
  });

  test("a query that runs for minutes is let go: said what that means, and its session is free", async () => {
    const { page } = panel;
    await panel.queryAs("Admin 2");
    await page.fill("label=Statement", "SLEEP 3m");
    await page.press("Control+Enter");
    await page.click('role=button[name="Stop waiting"]');
    await page.see("text*=The server may still be at work as Admin 2");
    const { outcomes } = await panel.run("RETURN 'at once'");
    expect(outcomes[0]?.text).toContain("at once");
  });

  test("one of eight hangs: seven stand there, and what differs when it is let go", async () => {
    await panel.queryAsKeys(keys);
    const [alice = ""] = keys;
    await panel.page.fill(
      "label=Statement",
      "RETURN IF $auth.id = user:alice { sleep(1m) } ELSE { [1, 2, 3] }",
    );
    await panel.page.press("Control+Enter");
    await expect
      .poll(async () => (await progress()).sort(), { timeout: 5_000 })
      .toEqual([...Array.from({ length: 7 }, () => "answered"), "running"]);
    await panel.page.click(`${running(alice)} >> role=button[name="Stop waiting"]`);
    await panel.page.see(`[data-column="${alice}"] >> text*=The server may still be at work`);
    await expect
      .poll(() => panel.page.text("[data-sentence]"))
      .toMatch(/Admin 8 see the same 3 rows; nobody waits for Alice any more/);
  });

  test("megabytes in one of two columns: the other isn't kept waiting", async () => {
    const [alice = "", admin = ""] = keys;
    await panel.queryAsKeys([alice, admin]);
    await panel.page.fill(
      "label=Statement",
      `RETURN IF $auth.id = user:alice { 'small' } ELSE { ${LARGE(20)} }`,
    );
    await panel.page.press("Control+Enter");
    await panel.page.see(`[data-column="${alice}"][data-progress=answered]`);
    expect((await progress()).sort()).toEqual(["answered", "running"]);
    await panel.page.see(`[data-column="${admin}"] >> text*=2,000 rows`);
    expect(await seriousErrors(scene)).toEqual([]);
  });
});
