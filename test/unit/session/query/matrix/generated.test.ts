/**
 * A hundred generated permission schemes: what the matrix says is what a real attempt through the
 * official SDK does, seen by somebody who sees everything.
 */
import fc from "fast-check";
import { RecordId, Table } from "surrealdb";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Cell,
  cellOf,
  OPERATIONS,
  type Operation,
} from "../../../../../src/session/query/matrix/matrix.ts";
import { type Lab, openLab, type Person } from "../../../../support/matrix-lab.ts";

const PEOPLE = ["viewer", "alice", "bob"] as const satisfies Person[];
/** Schemes of one run stand in one database beside each other. */
const AT_ONCE = 20;

const rule = fc.constantFrom(
  "NONE",
  "FULL",
  "WHERE owner = $auth.id",
  "WHERE owner = $auth.id OR shared",
  "WHERE $auth.role = 'admin'",
  "WHERE shared AND level > 1",
  "WHERE $auth.id IN (SELECT VALUE id FROM user WHERE role = 'member')",
);
const record = fc.record({
  owner: fc.constantFrom("alice", "bob"),
  shared: fc.boolean(),
  level: fc.integer({ min: 0, max: 3 }),
});
const scheme = fc.record({
  rules: fc.record({ select: rule, create: rule, update: rule, delete: rule }),
  schemafull: fc.boolean(),
  hidden: rule,
  records: fc.array(record, { maxLength: 4 }),
});
type Scheme = typeof scheme extends fc.Arbitrary<infer S> ? S : never;

let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
});

afterAll(() => lab.db.close());

it("agrees with what the SDK may do", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(scheme, { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (schemes) => {
        const tables = schemes.map((_, index) => `t${index}`);
        try {
          await run(schemes.map((each, index) => definition(`t${index}`, each)).join("\n"));
          const before = await lab.export();
          const matrix = await lab.matrix(PEOPLE);
          expect(await lab.export()).toBe(before);
          for (const person of PEOPLE) {
            for (const [index, table] of tables.entries()) {
              const found = Object.fromEntries(
                OPERATIONS.map((each) => [each, cellOf(matrix, person, table, each)]),
              ) as Record<Operation, Cell>;
              const scheme = schemes[index] as Scheme;
              const said = `${person} ${definition(table, scheme)}`;
              expect(inShort(found, scheme), said).toEqual(await attempt(person, table, scheme));
            }
          }
        } finally {
          await run(tables.map((table) => `REMOVE TABLE IF EXISTS ${table};`).join("\n"));
        }
      },
    ),
    { numRuns: 100 / AT_ONCE, endOnFailure: true },
  );
});

/** What both sides are brought to: how many records each operation reached, and whether `hidden` was seen. */
interface InShort extends Record<Operation, number> {
  fields: boolean;
}

function inShort(cells: Record<Operation, Cell>, { records }: Scheme): InShort {
  const count = (operation: Operation) => {
    const { rows } = cells[operation];
    if (records.length === 0) return 0;
    // What wasn't counted equals nothing.
    return rows?.of === records.length ? rows.may : Number.NaN;
  };
  return {
    select: count("select"),
    create: count("create"),
    update: count("update"),
    delete: count("delete"),
    fields: !/without field hidden/.test(cells.select.words),
  };
}

/** The same by trying: each write is done, looked at by the editor of the lab, and undone. */
async function attempt(person: Person, table: string, { records }: Scheme): Promise<InShort> {
  const sdk = lab.person(person);
  const seen = (await sdk.select(new Table(table))) as { hidden?: string }[];
  const whole = (await lab.db.select(new Table(table))) as Record<string, unknown>[];
  const restore = async () => {
    await lab.db.delete(new Table(table));
    if (whole.length > 0) await lab.db.insert(new Table(table), whole as never);
  };

  for (const [index, { id: _, ...content }] of whole.entries()) {
    await sdk.create(new RecordId(table, `new${index}`)).content(content as never);
  }
  await sdk.update(new Table(table)).merge({ touched: true });
  const made = (await ids(table)).length - records.length;
  const touched = await ids(table, "WHERE touched AND record::id(id) IN 0..9");
  if (made + touched.length > 0) await restore();

  await sdk.delete(new Table(table));
  const left = (await ids(table)).length;
  if (left < records.length) await restore();

  return {
    select: seen.length,
    create: made,
    update: touched.length,
    delete: records.length - left,
    fields: seen.every((each) => each.hidden !== undefined),
  };
}

async function ids(table: string, where = ""): Promise<unknown[]> {
  const [found] = await lab.db.query(`SELECT VALUE id FROM ${table} ${where}`).collect();
  return found as unknown[];
}

function definition(table: string, { rules, schemafull, hidden, records }: Scheme): string {
  const permissions = OPERATIONS.map((each) => `FOR ${each} ${rules[each]}`).join(", ");
  return [
    `DEFINE TABLE ${table} ${schemafull ? "SCHEMAFULL" : "SCHEMALESS"} PERMISSIONS ${permissions};`,
    `DEFINE FIELD owner ON ${table} TYPE record<user>;`,
    `DEFINE FIELD shared ON ${table} TYPE bool;`,
    `DEFINE FIELD level ON ${table} TYPE int;`,
    `DEFINE FIELD touched ON ${table} TYPE option<bool>;`,
    `DEFINE FIELD hidden ON ${table} TYPE string PERMISSIONS FOR select ${hidden};`,
    ...records.map(
      ({ owner, shared, level }, index) =>
        `CREATE ${table}:${index} SET owner = user:${owner}, shared = ${shared}, level = ${level}, hidden = 'x';`,
    ),
  ].join("\n");
}

function run(text: string): Promise<unknown> {
  return lab.db.query(text).collect();
}
