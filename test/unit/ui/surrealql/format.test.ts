/** SurrealQL laid out for reading: what it looks like, and that it stays what it was. */
import { describe, expect, test } from "vitest";
import { format, highlight } from "../../../../src/ui/surrealql/language.ts";

const SAMPLES = [
  "SELECT id, owner.name AS n, ->wrote->post[WHERE x>1] FROM note WHERE owner = $auth.id AND done = false ORDER BY created_at DESC LIMIT 10 FETCH owner",
  "IF $a { RETURN 1; } ELSE { LET $x = (SELECT * FROM person:1); THROW 'no'; }; UPDATE person SET a=1,b += 2 WHERE x -- hi\n; KILL $id",
  "DEFINE TABLE note SCHEMAFULL PERMISSIONS FOR select, create WHERE owner = $auth.id AND tenant = $tenant FOR update, delete WHERE owner = $auth.id",
  "BEGIN; LET $a = CREATE ONLY account SET balance = 100; UPDATE account:2 SET balance += 300.00, changed = time::now(), history += { at: time::now(), text: 'two  blanks;\n -- and no comment', amount: 300 }; COMMIT;",
  "-- first\nSELECT *, (SELECT VALUE count() FROM comment WHERE note = $parent.id GROUP ALL)[0] AS comments\nFROM note -- the table\n  WHERE `a  b` = 'b' /* two\n lines */ AND x IN [1, 2, 3] AND created > d'2026-01-01T00:00:00Z' - 1w2d",
  "RELATE user:alice->likes->post:⟨a  b⟩ CONTENT { since: time::now(), weight: 0.5f, note: $\"hello  {$name}\", tags: ['aaaaaaaaaaaaaa', 'bbbbbbbbbbbb'] } RETURN AFTER TIMEOUT 5s",
  "CREATE note CONTENT $data RETURN AFTER",
  "INSERT INTO person $rows ON DUPLICATE KEY UPDATE visits += 1, seen = time::now(), name = $input.name RETURN NONE",
];

describe("a statement laid out", () => {
  test("stays on one line where it fits", () => {
    expect(format("SELECT *  FROM\n note\n\tWHERE done")).toBe("SELECT * FROM note WHERE done");
    expect(format("CREATE note CONTENT $data")).toBe("CREATE note CONTENT $data");
  });

  test("has its clauses on lines of their own where it doesn't", () => {
    expect(format(SAMPLES[0] ?? "").split("\n")).toEqual([
      "SELECT id, owner.name AS n, ->wrote->post[WHERE x>1]",
      "FROM note",
      "WHERE owner = $auth.id AND done = false",
      "ORDER BY created_at DESC",
      "LIMIT 10",
      "FETCH owner",
    ]);
  });

  test("has each of its statements on a line, and blocks set in", () => {
    expect(format(SAMPLES[1] ?? "").split("\n")).toEqual([
      "IF $a { RETURN 1; } ELSE {",
      "  LET $x = (SELECT * FROM person:1);",
      "  THROW 'no';",
      "};",
      "UPDATE person SET a=1, b += 2 WHERE x -- hi",
      ";",
      "KILL $id",
    ]);
  });

  test.each(SAMPLES)("keeps every token: %s", (text) => {
    const bare = (each: string) => each.replace(/\s/g, "");
    expect(bare(format(text))).toBe(bare(text));
    for (const quoted of text.match(/'[^']*'|"[^"]*"|`[^`]*`|⟨[^⟩]*⟩|\/\*[\s\S]*?\*\/|--.*/g) ??
      []) {
      expect(format(text)).toContain(quoted);
    }
  });

  test.each(SAMPLES)("is laid out already the second time: %s", (text) => {
    expect(format(format(text))).toBe(format(text));
  });

  test.each([
    "SELEC * FROM x WHER\n  y",
    "SELECT *\n   FROM note WHERE a = 'not closed",
    '{ "json": [1,\n 2, }',
    "",
  ])("is left as it was where it is no SurrealQL: %s", (text) => {
    expect(format(text)).toBe(text.trim());
  });
});

describe("a statement in colours", () => {
  test("tells words, values and records apart, and loses no character", () => {
    const text = "SELECT * FROM user:bob WHERE name = 'x' AND n > 1 -- why";
    const pieces = highlight(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    const toneOf = (wanted: string) => pieces.find((piece) => piece.text === wanted)?.tone;
    expect(toneOf("SELECT")).toBe("keyword");
    expect(toneOf("AND")).toBe("keyword");
    expect(toneOf("user")).toBe("record");
    expect(toneOf("'x'")).toBe("string");
    expect(toneOf("1")).toBe("number");
    expect(toneOf("-- why")).toBe("comment");
  });
});
