/**
 * The permission matrix in the real panel: what each session may do, against the rules as they are written;
 * what stands behind a cell; the trial of a cell, in the editor; a copy for others. Nothing stays of it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATIONS, type Verdict } from "../../src/session/query/matrix/matrix.ts";
import { identifier } from "../../src/session/surql.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene } from "../support/browser/scene.ts";
import {
  DEMO_ROLES,
  PERMISSION_KINDS,
  PERMISSION_PEOPLE,
  type PermissionPerson,
} from "../support/permission-kinds.ts";

const WHERE = { namespace: "app", database: "tenant_a" };

const ALL = "all all all all";
const NONE = "none none none none";
const READ = "all none none none";
const ALL_EMPTY = "all* all all* all*";
const OWNER = "WHERE owner = $auth.id";
const MINE = "WHERE $auth.id != NONE AND owner = $auth.id";
const ADMIN = "WHERE $auth.role = 'admin'";
const KEPT = `FULL; field amount ${ADMIN}; field grade NONE`;

/** The rules of the four operations, as the server writes them; one for all of them stands once. */
type Declared = readonly string[];
/**
 * What follows for whom, thought out from the rules: for select, create, update and delete, "1/3" of the
 * records. What only the declaration tells has a star. Alice's role is admin, Bob's member.
 */
type May = Record<PermissionPerson, string>;
/** Above all table permissions. */
const ABOVE = { Admin: ALL, Editor: ALL };
/** Of the system, but not above permissions where it writes. */
const SYSTEM = { ...ABOVE, Viewer: READ };
const EXPECTED: Record<string, [Declared, May]> = {
  audit: [["NONE"], { ...SYSTEM, Alice: NONE, Bob: NONE, Anonymous: NONE }],
  blind: [
    ["NONE", OWNER, OWNER, OWNER],
    { ...SYSTEM, Alice: "none 1/3 1/3 1/3", Bob: "none 2/3 2/3 2/3", Anonymous: NONE },
  ],
  closed: [["NONE"], { ...SYSTEM, Alice: NONE, Bob: NONE, Anonymous: NONE }],
  dropbox: [
    ["NONE", "FULL", "FULL", "FULL"],
    { ...ABOVE, Viewer: ALL, ...records("none all all all") },
  ],
  empty: [
    ["FULL", "NONE", OWNER, "NONE"],
    {
      Admin: ALL_EMPTY,
      Editor: ALL_EMPTY,
      Viewer: "all* none ? ?",
      ...records("all* none ? none*"),
    },
  ],
  form: [
    [`FULL; field secret ${ADMIN}`, OWNER, OWNER, OWNER],
    { ...SYSTEM, Alice: "all 1/2 1/2 1/2", Bob: "all 1/2 1/2 1/2", Anonymous: READ },
  ],
  likes: [
    ["NONE", "WHERE in = $auth.id", "WHERE in = $auth.id", "WHERE in = $auth.id"],
    { ...SYSTEM, Alice: "none 1/2 1/2 1/2", Bob: "none 1/2 1/2 1/2", Anonymous: NONE },
  ],
  lobby: [
    ["WHERE $auth = NONE", "WHERE $auth = NONE", "NONE", "NONE"],
    {
      ...ABOVE,
      Viewer: "all all none none",
      Alice: NONE,
      Bob: NONE,
      Anonymous: "all all none none",
    },
  ],
  mixed: [
    ["WHERE public OR owner = $auth.id", "FULL", `${OWNER} OR $auth.role = 'admin'`, "NONE"],
    {
      ...ABOVE,
      Viewer: "all all none none",
      Alice: "2/3 all all none",
      Bob: "all all 2/3 none",
      Anonymous: "2/3 all none none",
    },
  ],
  note: [
    ["WHERE $auth.id != NONE AND (owner = $auth.id OR shared = true)", MINE, MINE, MINE],
    { ...SYSTEM, Alice: "4/6 3/6 3/6 3/6", Bob: "3/6 3/6 3/6 3/6", Anonymous: NONE },
  ],
  notice: [["FULL", "NONE", "NONE", "NONE"], { ...SYSTEM, ...records(READ) }],
  "odd`; REMOVE TABLE open; --": [
    ["FULL", "NONE", "NONE", "NONE"],
    { ...SYSTEM, ...records(READ) },
  ],
  open: [["FULL"], { ...ABOVE, Viewer: ALL, ...records(ALL) }],
  orphan: [
    [OWNER],
    {
      ...ABOVE,
      Viewer: "all 1/2 1/2 1/2",
      Alice: "1/2 1/2 1/2 1/2",
      Bob: NONE,
      Anonymous: "1/2 1/2 1/2 1/2",
    },
  ],
  own: [[OWNER], { ...SYSTEM, Alice: "1/3 1/3 1/3 1/3", Bob: "2/3 2/3 2/3 2/3", Anonymous: NONE }],
  pay: [
    [`FULL; field amount ${OWNER} OR $auth.role = 'admin'`, KEPT, KEPT, ADMIN],
    {
      ...ABOVE,
      Viewer: "all all all none",
      Alice: ALL,
      Bob: "all all all none",
      Anonymous: "all all all none",
    },
  ],
  staff: [
    [ADMIN, "FULL", ADMIN, "NONE"],
    {
      ...ABOVE,
      Viewer: "all all none none",
      Alice: "all all all none",
      Bob: "none all none none",
      Anonymous: "none all none none",
    },
  ],
  team: [
    ["WHERE id INSIDE $auth.team", "NONE", "NONE", "NONE"],
    { ...SYSTEM, Alice: "1/2 none none none", Bob: "1/2 none none none", Anonymous: NONE },
  ],
  user: [
    ["WHERE id = $auth.id; field password NONE", "NONE", "WHERE id = $auth.id", "NONE"],
    { ...SYSTEM, Alice: "1/2 none 1/2 none", Bob: "1/2 none 1/2 none", Anonymous: NONE },
  ],
};

function records(row: string) {
  return { Alice: row, Bob: row, Anonymous: row };
}

/** One entry for each cell, by its name on screen: "own, Alice, update". */
function expectedCells(
  row: (expected: [Declared, May], person: PermissionPerson) => readonly string[],
) {
  const people = Object.keys(PERMISSION_PEOPLE) as PermissionPerson[];
  return Object.fromEntries(
    Object.entries(EXPECTED).flatMap(([table, expected]) =>
      people.flatMap((person) => {
        const cells = row(expected, person);
        return OPERATIONS.map((each, at) => [
          `${table}, ${person}, ${each}`,
          cells[at % cells.length],
        ]);
      }),
    ),
  );
}

/** What the rules of single fields keep whom from. */
const UNWRITTEN = "but never field grade, and field amount only where declared";
const FIELDS: Record<string, string> = {
  "form, Bob, select": "without field secret",
  "form, Anonymous, select": "without field secret",
  "pay, Bob, select": "without field amount (in 1 of 2)",
  "pay, Anonymous, select": "without field amount",
  "pay, Alice, create": UNWRITTEN,
  "pay, Alice, update": UNWRITTEN,
  "pay, Bob, create": UNWRITTEN,
  "pay, Bob, update": UNWRITTEN,
  "pay, Anonymous, create": UNWRITTEN,
  "pay, Anonymous, update": UNWRITTEN,
  "user, Alice, select": "without field password",
  "user, Bob, select": "without field password",
};

describeInBrowsers("permission matrix", (under) => {
  let scene: Scene;
  let panel: Panel;
  beforeAll(async () => {
    // Guests, so that the rules hold for anonymous sessions too; elsewhere they are refused everything.
    scene = await openScene(under, { server: { guests: true } });
    panel = scene.panel;
    await scene.server.query(PERMISSION_KINDS + DEMO_ROLES, {}, WHERE);
    const { id: connectionId } = await scene.link.call("connection.add", {
      url: scene.server.url,
    });
    for (const [label, signIn] of Object.entries(PERMISSION_PEOPLE)) {
      await scene.link.call("session.new", { connectionId, label, signIn, ...WHERE });
    }
  });
  afterAll(() => scene?.close());

  const stored = async () => {
    const tables = Object.keys(EXPECTED).map(identifier);
    return scene.server.query(`SELECT * FROM ${tables.join(", ")}`, {}, WHERE);
  };

  /** The whole grid as it stands there, by one look. */
  const grid = () =>
    panel.page.evaluate(() => {
      const rows = [...document.querySelectorAll("[role=grid] tbody tr")];
      return rows.map((row) =>
        [...row.querySelectorAll("button")].map((button) => ({
          verdict: button.dataset.verdict,
          count: button.innerText.trim(),
          label: button.getAttribute("aria-label") ?? "",
        })),
      );
    });

  /** A cell as the tables above have it; throws where its parts don't say the same. */
  function readCell({ verdict, count, label }: Awaited<ReturnType<typeof grid>>[number][number]) {
    const [, place = "", said, words = "", declared = "", how = ""] =
      /^(.*, \w+, \w+): (\w+)\. (.*) Declared (.*), as Admin reads it\. (.+)\.$/.exec(label) ?? [];
    const star = { "Declared and tried": "", Declared: "*", "Not found out": "" }[how];
    if (star === undefined || said !== verdict) throw new Error(`What is this cell? ${label}`);
    const mark = { all: "all", some: count, none: "none", unknown: "?" }[said as Verdict];
    const [field] = /\b(without|but) .*(?=\.)/.exec(words) ?? [];
    return { place, mark: mark + star, declared, field };
  }

  test("is found out when the person asks, and equals the rules", async () => {
    const { page } = panel;
    const before = await stored();
    await panel.queryAs(...Object.keys(PERMISSION_PEOPLE));
    await page.click('role=button[name*="Permissions"]');
    await page.see("text*=Nothing was asked yet.");

    await page.click('role=button[name="Find out"]');
    await page.see('role=button[name="Again"]', { timeoutMs: 60_000 });

    const cells = (await grid()).flat().map(readCell);
    const found = (part: "mark" | "declared" | "field") =>
      Object.fromEntries(cells.map((cell) => [cell.place, cell[part]]));
    expect(found("mark")).toEqual(expectedCells(([, may], person) => may[person].split(" ")));
    expect(found("declared")).toEqual(expectedCells(([rules]) => rules));
    expect(found("field")).toEqual(FIELDS);
    expect(await stored()).toEqual(before);
  });

  test("says behind each cell how it was found; arrows lead from one to the next", async () => {
    const { page } = panel;
    const detail = "section[aria-label*=looked]";
    await page.click('[aria-label^="blind, Alice, update"]');
    await expect.poll(() => page.text(detail)).toContain("May update 1 of 3 records.");
    expect(await page.text(detail)).toMatch(/WHERE owner = \$auth\.id\s+as Admin reads it/);
    await page.press("ArrowRight");
    await expect.poll(() => page.text(detail)).toContain("May delete 1 of 3 records.");
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
      .toMatch(/blind,Alice,user:alice,app,tenant_a,update,some,1,3,declared and tried,/);
  });

  test("opens the trial of a cell in the editor, as that session alone", async () => {
    const { page } = panel;
    await page.click('[aria-label^="blind, Alice, create"]');
    await page.click('role=button[name="Open the trial"]');
    await page.see('role=textbox[name="Statement"]');
    expect(await page.value('role=textbox[name="Statement"]')).toBe(
      "CREATE blind CONTENT { owner: user:alice }",
    );
    expect(await page.count("[data-run-as]")).toBe(1);
    expect(await page.text("[data-run-as]")).toContain("Alice");
  });
});
