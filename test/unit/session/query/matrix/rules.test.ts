/**
 * The matrix of tables with permissions of every kind equals the rules as they are written, for users
 * of every kind; and finding it out changes nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellOf, type Matrix, OPERATIONS } from "../../../../../src/session/query/matrix/matrix.ts";
import { type Lab, openLab, type Person } from "../../../../support/matrix-lab.ts";
import { PERMISSION_KINDS } from "../../../../support/permission-kinds.ts";

let lab: Lab;
let matrix: Matrix;
let before: string;

beforeAll(async () => {
  lab = await openLab();
  await lab.db.query(PERMISSION_KINDS).collect();
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

/** What stands in `pay` after somebody's writes, as one who sees all reads it; then it is put back. */
async function afterwards(person: Person, write: string): Promise<unknown> {
  const [whole] = await lab.db.query<[{ id: unknown }[]]>("SELECT * FROM pay").collect();
  await lab.person(person).query(write).collect();
  const [found] = await lab.db.query("SELECT VALUE [amount, grade] FROM pay").collect();
  await lab.db.query("DELETE pay; INSERT INTO pay $whole", { whole }).collect();
  return found;
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
    ["orphan", "2/2 1/2 1/2 1/2", "1/2 1/2 1/2 1/2", "0/2 0/2 0/2 0/2"],
    ["blind", "3/3 0/3 0/3 0/3", "0/3 1/3 1/3 1/3", "0/3 2/3 2/3 2/3"],
    ["dropbox", "2/2 2/2 2/2 2/2", "0/2 2/2 2/2 2/2", "0/2 2/2 2/2 2/2"],
    ["staff", "2/2 2/2 0/2 0/2", "2/2 2/2 2/2 0/2", "0/2 2/2 0/2 0/2"],
    ["lobby", "1/1 1/1 0/1 0/1", "0/1 0/1 0/1 0/1", "0/1 0/1 0/1 0/1"],
    ["mixed", "3/3 3/3 0/3 0/3", "2/3 3/3 3/3 0/3", "3/3 3/3 2/3 0/3"],
    ["form", "2/2 0/2 0/2 0/2", "2/2 1/2 1/2 1/2", "2/2 1/2 1/2 1/2"],
    ["pay", "2/2 2/2 2/2 0/2", "2/2 2/2 2/2 2/2", "2/2 2/2 2/2 0/2"],
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

  it("names the fields that a session's writes leave as they are, silently", async () => {
    const rule = { kind: "where", text: "$auth.role = 'admin'" };
    expect(cellOf(matrix, "bob", "pay", "update")?.declared?.fields).toEqual([
      { field: "amount", rule },
      { field: "grade", rule: { kind: "none" } },
    ]);
    const but = ", but never field grade, and field amount only where declared.";
    for (const person of ["alice", "bob"] as const) {
      expect(words(person, "pay", "update")).toBe(`May update all 2 records${but}`);
      expect(words(person, "pay", "create")).toBe(
        `May create all 2 records tried, with contents of those that are there${but}`,
      );
    }
    expect(words("viewer", "pay", "update")).toBe("May update all 2 records.");
    // That is what becomes of them.
    const write =
      "UPDATE pay SET amount = 30, grade = 30; CREATE pay:3 SET owner = user:bob, amount = 30, grade = 30";
    const none = undefined;
    expect(await afterwards("bob", write)).toEqual([
      [10, 1],
      [20, 2],
      [none, none],
    ]);
    expect(await afterwards("alice", write)).toEqual([
      [30, 1],
      [30, 2],
      [30, none],
    ]);
    expect(await afterwards("viewer", write)).toEqual([
      [30, 30],
      [30, 30],
      [30, 30],
    ]);
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
