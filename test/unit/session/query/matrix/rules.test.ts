/**
 * The matrix of tables with permissions of every kind equals the rules as they are written, for users
 * of every kind; and finding it out changes nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellOf, type Matrix, OPERATIONS } from "../../../../../src/session/query/matrix/matrix.ts";
import { type Lab, openLab, type Person } from "../../../../support/matrix-lab.ts";

const SCHEMA = `
DEFINE TABLE closed PERMISSIONS NONE;
CREATE closed:1; CREATE closed:2;

DEFINE TABLE open PERMISSIONS FULL;
CREATE open:1; CREATE open:2;

DEFINE TABLE own PERMISSIONS FOR select, create, update, delete WHERE owner = $auth.id;
CREATE own:1 SET owner = user:alice; CREATE own:2 SET owner = user:bob; CREATE own:3 SET owner = user:bob;

DEFINE TABLE blind PERMISSIONS FOR select NONE, FOR create, update, delete WHERE owner = $auth.id;
CREATE blind:1 SET owner = user:alice; CREATE blind:2 SET owner = user:bob; CREATE blind:3 SET owner = user:bob;

DEFINE TABLE dropbox PERMISSIONS FOR select NONE, FOR create, update, delete FULL;
CREATE dropbox:1; CREATE dropbox:2;

DEFINE TABLE staff PERMISSIONS FOR select, update WHERE $auth.role = 'admin', FOR create FULL, FOR delete NONE;
CREATE staff:1; CREATE staff:2;

DEFINE TABLE form SCHEMAFULL PERMISSIONS FOR select FULL, FOR create, update, delete WHERE owner = $auth.id;
DEFINE FIELD owner ON form TYPE record<user>;
DEFINE FIELD name ON form TYPE string ASSERT string::len($value) > 2;
DEFINE FIELD secret ON form TYPE option<string> PERMISSIONS FOR select WHERE $auth.role = 'admin';
CREATE form:1 SET owner = user:alice, name = 'one', secret = 'x';
CREATE form:2 SET owner = user:bob, name = 'two', secret = 'y';

DEFINE TABLE likes TYPE RELATION IN user OUT user
  PERMISSIONS FOR select NONE, FOR create, update, delete WHERE in = $auth.id;
RELATE user:alice->likes:1->user:bob SET since = 1;
RELATE user:bob->likes:2->user:alice;

DEFINE TABLE empty PERMISSIONS FOR select FULL, FOR update WHERE owner = $auth.id, FOR create, delete NONE;

DEFINE TABLE \`odd\\\`; REMOVE TABLE open; --\` PERMISSIONS FOR select FULL, FOR create, update, delete NONE;
CREATE \`odd\\\`; REMOVE TABLE open; --\`:1;
`;

let lab: Lab;
let matrix: Matrix;
let before: string;

beforeAll(async () => {
  lab = await openLab();
  await lab.db.query(SCHEMA).collect();
  before = await lab.export();
  matrix = await lab.matrix(["root", "editor", "viewer", "alice", "bob"]);
});

afterAll(() => lab.db.close());

/** "2/2 1/2 - ?": select, create, update, delete, as numbers; without numbers the verdict. */
function row(person: Person, table: string): string {
  return OPERATIONS.map((operation) => {
    const cell = cellOf(matrix, person, table, operation);
    return cell?.rows ? `${cell.rows.may}/${cell.rows.of}` : cell?.verdict;
  }).join(" ");
}

function words(person: Person, table: string, operation: (typeof OPERATIONS)[number]): string {
  return cellOf(matrix, person, table, operation)?.words ?? "";
}

describe("the matrix equals the rules as written", () => {
  it.each<[string, string, string, string]>([
    // table, viewer, alice (her record's role is admin), bob
    ["closed", "2/2 0/2 0/2 0/2", "0/2 0/2 0/2 0/2", "0/2 0/2 0/2 0/2"],
    ["open", "2/2 2/2 2/2 2/2", "2/2 2/2 2/2 2/2", "2/2 2/2 2/2 2/2"],
    ["own", "3/3 0/3 0/3 0/3", "1/3 1/3 1/3 1/3", "2/3 2/3 2/3 2/3"],
    ["blind", "3/3 0/3 0/3 0/3", "0/3 1/3 1/3 1/3", "0/3 2/3 2/3 2/3"],
    ["dropbox", "2/2 2/2 2/2 2/2", "0/2 2/2 2/2 2/2", "0/2 2/2 2/2 2/2"],
    ["staff", "2/2 2/2 0/2 0/2", "2/2 2/2 2/2 0/2", "0/2 2/2 0/2 0/2"],
    ["form", "2/2 0/2 0/2 0/2", "2/2 1/2 1/2 1/2", "2/2 1/2 1/2 1/2"],
    ["likes", "2/2 0/2 0/2 0/2", "0/2 1/2 1/2 1/2", "0/2 1/2 1/2 1/2"],
    ["empty", "all 0/1 unknown unknown", "all 0/1 unknown none", "all 0/1 unknown none"],
    ["odd`; REMOVE TABLE open; --", "1/1 0/1 0/1 0/1", "1/1 0/1 0/1 0/1", "1/1 0/1 0/1 0/1"],
  ])("%s", (table, viewer, alice, bob) => {
    expect(row("viewer", table)).toBe(viewer);
    expect(row("alice", table)).toBe(alice);
    expect(row("bob", table)).toBe(bob);
  });

  it("lets who is above table permissions do everything, and says why", () => {
    for (const person of ["root", "editor"] as const) {
      for (const table of matrix.tables) {
        for (const operation of OPERATIONS) {
          expect(cellOf(matrix, person, table, operation)).toMatchObject({ verdict: "all" });
        }
      }
      expect(words(person, "closed", "delete")).toBe(
        "May delete all 2 records. Its role stands above table permissions.",
      );
    }
  });

  it("names the fields that a session's rows lack", () => {
    expect(words("bob", "form", "select")).toBe("Sees all 2 records, without field secret.");
    expect(words("alice", "form", "select")).toBe("Sees all 2 records.");
  });

  it("says what is declared, who read it, and how the rest was found", () => {
    expect(cellOf(matrix, "alice", "own", "update")).toMatchObject({
      verdict: "some",
      declared: { rule: { kind: "where", text: "owner = $auth.id" }, by: "root" },
      how: "declared and tried",
      words: "May update 1 of 3 records.",
    });
    expect(cellOf(matrix, "bob", "empty", "delete")).toMatchObject({
      verdict: "none",
      how: "declared",
      words: "No records to try on. Declared NONE.",
    });
  });

  it("gives a statement to try each cell with, whatever the table is called", () => {
    expect(cellOf(matrix, "bob", "own", "create")?.trial).toBe(
      "CREATE own CONTENT { owner: user:alice }",
    );
    expect(cellOf(matrix, "bob", "likes", "create")?.trial).toBe(
      "RELATE user:alice->likes->user:bob CONTENT { since: 1 }",
    );
    const odd = cellOf(matrix, "bob", "odd`; REMOVE TABLE open; --", "select")?.trial;
    expect(odd).toBe("SELECT * FROM `odd\\`; REMOVE TABLE open; --`");
  });

  it("finds no contradiction where there is none", () => {
    const all = [...matrix.cells.values()].flatMap((rows) => [...rows.values()]);
    const found = all.flatMap((cells) => Object.values(cells)).map((cell) => cell.contradiction);
    expect(found.filter((each) => each !== undefined)).toEqual([]);
  });

  it("changes nothing: the export is the same, byte for byte", async () => {
    expect(await lab.export()).toBe(before);
  });
});
