/** What a text sets off through a schema, as the real engine shows that schema. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  reachOf,
  readSchema,
  SCHEMA_QUERY,
  type Schema,
} from "../../../../src/session/query/schema-reach.ts";
import { BareEngine } from "./bare-engine.ts";

let engine: BareEngine;
let schema: Schema;

beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp(`
    DEFINE TABLE note; DEFINE TABLE calm; DEFINE TABLE \`it's odd\`; DEFINE TABLE chain;
    DEFINE TABLE edge TYPE RELATION; DEFINE TABLE user; DEFINE SEQUENCE numbers;
    DEFINE EVENT hook ON note THEN { http::post("https://example.com", $value) };
    DEFINE EVENT counts ON \`it's odd\` THEN (fn::a::twice(1));
    DEFINE EVENT next ON chain THEN { CREATE note };
    DEFINE FUNCTION fn::a::twice($n: int) { RETURN fn::number() * $n };
    DEFINE FUNCTION fn::number() { RETURN sequence::nextval("numbers") };
    DEFINE FUNCTION fn::round() { RETURN fn::about() };
    DEFINE FUNCTION fn::about() { RETURN fn::round() };
    DEFINE FUNCTION fn::writes($id: record) { UPDATE $id };
    DEFINE FIELD place ON edge VALUE http::get("https://example.com/" + "http::put('no call')");
  `);
  schema = readSchema((await engine.setUp(SCHEMA_QUERY)).at(-1));
});

afterAll(() => engine.close());

function reach(text: string): string[] {
  return reachOf(schema, text).reach.map(({ what, uses }) => `${what}: ${uses}`);
}

const hook = "event hook on note: http::post";
const number = "fn::number: sequence::nextval";
const place = "field place of edge: http::get";

describe("the reach of a text", () => {
  it("is what the tables that it writes to set off", () => {
    expect(reach("CREATE note SET text = 'x', at = $now")).toEqual([hook]);
    expect(reach("UPDATE calm, note:1 SET n = 1")).toEqual([hook]);
    expect(reach("UPSERT ONLY `note`:[1, $x] MERGE {}")).toEqual([hook]);
    expect(reach("INSERT IGNORE INTO note $rows")).toEqual([hook]);
    expect(reach("RELATE $a->edge->$b")).toEqual([place]);
    expect(reach("CREATE calm:1; SELECT * FROM note; RETURN 'note'")).toEqual([]);
    expect(reach("UPDATE calm:1..5 SET note = 1, update = 2")).toEqual([]);
  });

  it("follows events and functions through one another, and comes to an end", () => {
    expect(reach("CREATE chain")).toEqual([hook]);
    expect(reach("CREATE `it's odd`")).toEqual([number]);
    expect(reach("RETURN fn::a::twice(2)")).toEqual([number]);
    expect(reach("fn::round()")).toEqual([]);
  });

  it("is everything where what is written to isn't named", () => {
    const everything = [hook, number, place].sort();
    for (const text of [
      "UPDATE $id SET n = 1",
      "UPDATE calm, $id SET n = 1",
      "UPDATE calm:1.owner SET n = 1",
      "UPDATE calm:1->edge->note SET n = 1",
      "CREATE type::table($x)",
      "INSERT $rows",
      "UPDATE r'calm:1'",
      "UPDATE (SELECT VALUE owner FROM calm)",
      "RELATE $a->$edge->$b",
      "DELETE calm",
      "fn::writes(calm:1)",
    ]) {
      expect(reach(text).sort(), text).toEqual(everything);
    }
  });

  it("counts what is computed, permitted or analysed wherever it stands", async () => {
    await engine.setUp(`
      DEFINE FIELD name ON user COMPUTED http::get("https://example.com");
      DEFINE TABLE OVERWRITE calm PERMISSIONS FOR select WHERE http::head("https://example.com");
      DEFINE ANALYZER words FUNCTION fn::number TOKENIZERS blank;
    `);
    const more = readSchema((await engine.setUp(SCHEMA_QUERY)).at(-1));
    const found = reachOf(more, "SELECT owner.name FROM other").reach.map(({ what }) => what);
    expect(found.sort()).toEqual(["field name of user", "fn::number", "permissions of calm"]);
  });

  it("isn't known where the schema can't be read, and that is said", () => {
    for (const answer of [undefined, "IAM error", [], [{ tables: {} }], 5]) {
      const { reach, warning } = reachOf(readSchema(answer), "CREATE note");
      expect(reach).toEqual([]);
      expect(warning).toContain("may not look at the schema");
    }
  });
});
