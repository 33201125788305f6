/** What a text may do, by its words. */
import { describe, expect, it } from "vitest";
import { type Safety, safetyOf } from "../../../../src/session/query/safety.ts";
import { splitStatements } from "../../../../src/session/query/statements.ts";

function verdict(text: string): string {
  const safety = safetyOf(text);
  return safety.kind === "refused" ? `refused: ${safety.word}` : safety.kind;
}

describe("a text", () => {
  it.each([
    "SELECT * FROM note WHERE n > 4 / 2 AND text = 'CREATE x' -- DELETE",
    "SELECT * FROM note; RETURN count(note); INFO FOR DB",
    "LET $x = 1; IF $x = 1 { RETURN [1] } ELSE { SLEEP 1s }; FOR $i IN 1..3 { THROW 'no' }",
    "RETURN { create: 1, 'delete': 2, update: note.update }",
    "RETURN update:1; note:1; `create`; note->likes->note; $x",
    "SELECT string::len(name), math::max(n), time::now() FROM note",
    "SHOW CHANGES FOR TABLE note SINCE 0",
    "RETURN file::get(f'b:/x')",
    "RETURN string::matches(name, /DELETE 'x/)",
    "",
    " ;; -- nothing\n",
  ])("that reads only: %s", (text) => {
    expect(verdict(text)).toBe("reads");
  });

  it.each([
    "CREATE note",
    "select * from (delete note)",
    "RETURN 1..DELETE note",
    "LET $x = { UPSERT note:1 }",
    "[1].map(|$v| { RELATE a:1->b->c:1 })",
    "IF true THEN UPDATE note END",
    "SELECT fn::x() FROM note",
    "RETURN $f(1)",
    "DEFINE TABLE x; REMOVE FIELD a ON x; ALTER TABLE x SCHEMAFULL; REBUILD INDEX i ON x",
    "SELECT update FROM note",
  ])("that may write: %s", (text) => {
    expect(verdict(text)).toBe("writes");
  });

  it.each([
    ["LIVE", "LIVE SELECT * FROM note"],
    ["KILL", "RETURN 1; kill u'018f0000-0000-7000-8000-000000000000'"],
    ["USE", "USE NS a DB b; SELECT * FROM note"],
    ["OPTION", "OPTION IMPORT"],
    ["ACCESS", "ACCESS account GRANT FOR RECORD user:1"],
    ["BEGIN", "BEGIN; CREATE note; COMMIT"],
    ["COMMIT", "CREATE note; COMMIT"],
    ["CANCEL", "cancel transaction"],
    ["SHOW", "CREATE note; SHOW CHANGES FOR TABLE note SINCE 0"],
    ["http::get", "RETURN http::get('https://example.com')"],
    ["HTTP::Post", "CREATE note SET x = HTTP /* a */ :: Post('https://example.com')"],
    ["http::get", "RETURN `http`::get('https://example.com')"],
    ["sequence::nextval", "CREATE note SET n = sequence::nextval('s')"],
    ["api::invoke", "api::invoke('/x')"],
    ["mod::x::y", "mod::x::y()"],
    ["queue::push", "RETURN queue::push(1)"],
    ["file::put", "file::put(f'b:/x', 'y')"],
    [".delete()", "RETURN f'b:/x'.delete()"],
    ["function()", "RETURN function($x) { return 1 }"],
    ["GRANT", "GRANT everything"],
    ["REMOVE TABLE", "IF true { REMOVE TABLE note }"],
    ["REMOVE INDEX", "REMOVE INDEX i ON note"],
    ["REMOVE NAMESPACE", "REMOVE NAMESPACE x"],
    ["ALTER SYSTEM", "ALTER SYSTEM QUERY_TIMEOUT 5s"],
    ["ALTER TABLE", "ALTER TABLE note COMPACT"],
    ["DEFINE INDEX", "DEFINE INDEX i ON note FIELDS a CONCURRENTLY"],
    ["DEFINE BUCKET", "DEFINE BUCKET b BACKEND 'memory'"],
    ["DEFINE", "DEFINE `x`"],
  ])("that is refused for %s: %s", (word, text) => {
    expect(verdict(text)).toBe(`refused: ${word}`);
  });

  it("is refused at the place", () => {
    const text = "SELECT 1;\n  LIVE SELECT * FROM note";
    const { from, to, reason } = safetyOf(text) as Extract<Safety, { kind: "refused" }>;
    expect(text.slice(from, to)).toBe("LIVE");
    expect(reason).toContain("live query");
    const open = "RETURN 1; RETURN [2, (3]";
    const fault = safetyOf(open) as Extract<Safety, { kind: "refused" }>;
    expect([open.slice(fault.from, fault.to), fault.reason]).toEqual([
      "]",
      "This text can't be read. This bracket closes one of another kind.",
    ]);
  });

  it("tells which functions it calls", () => {
    expect(safetyOf("RETURN fn::a(1); UPDATE x SET y = fn :: b::c()")).toEqual({
      kind: "writes",
      calls: ["fn::a", "fn::b::c"],
    });
  });
});

describe("the statements of a text", () => {
  it("end at a semicolon of their own, and nowhere else", () => {
    const text = " select ';' -- ;\n ;; { a; b };\r\nRETURN [/;'/] ; ⟨;⟩ /* ; */;`;` # ;";
    expect(splitStatements(text).map(({ text, word }) => [word, text])).toEqual([
      ["SELECT", "select ';'"],
      ["", "{ a; b }"],
      ["RETURN", "RETURN [/;'/]"],
      ["", "⟨;⟩"],
      ["", "`;`"],
    ]);
    for (const { from, to, text: own } of splitStatements(text))
      expect(text.slice(from, to)).toBe(own);
  });

  it("of a megabyte are found within a blink", () => {
    const text = "CREATE note SET text = 'x;y', list = [1, { a: 2 }]; -- and\n".repeat(18_000);
    const started = performance.now();
    expect(splitStatements(text)).toHaveLength(18_000);
    // A third of a second alone; what grew with the square of the text would take minutes.
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
