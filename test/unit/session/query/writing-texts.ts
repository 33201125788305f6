/** Generated texts that write, and the small database that they write to. */
import fc from "fast-check";

/** Tables with permissions, events, computed and checked fields, a unique index, edges, functions. */
export const SCHEMA = `
  DEFINE TABLE user PERMISSIONS FOR select WHERE id = $auth;
  CREATE user:alice, user:bob;
  DEFINE ACCESS account ON DATABASE TYPE RECORD
    SIGNIN (SELECT * FROM type::record("user", $name)) DURATION FOR TOKEN 1h, FOR SESSION NONE;
  DEFINE TABLE log PERMISSIONS FULL;
  DEFINE TABLE note SCHEMALESS PERMISSIONS
    FOR select, update FULL,
    FOR create WHERE n != 3,
    FOR delete WHERE owner = $auth OR owner = NONE;
  DEFINE FIELD owner ON note VALUE $value OR $auth;
  DEFINE FIELD twice ON note COMPUTED [n, n];
  DEFINE EVENT logged ON note THEN {
    UPSERT type::record("log", record::id($value.id ?? $before.id)) SET last = $event
  };
  DEFINE TABLE likes TYPE RELATION PERMISSIONS FULL;
  DEFINE TABLE hidden PERMISSIONS FOR create, update FULL;
  DEFINE TABLE once PERMISSIONS FULL;
  DEFINE INDEX name ON once FIELDS name UNIQUE;
  DEFINE FUNCTION fn::put($n: any) { UPSERT note:4 SET n = $n; RETURN $n } PERMISSIONS FULL;
  DEFINE FUNCTION fn::owner() { RETURN 1 } PERMISSIONS NONE;
  DEFINE PARAM $seven VALUE 7 PERMISSIONS FULL;
`;

export const ROWS = `
  CREATE note:1 SET n = 1, owner = user:alice;
  CREATE note:2 SET n = 2, owner = user:bob;
  CREATE note:3 SET n = 5, tags = ['a', "b;c"];
  CREATE hidden:1 SET n = 1;
  CREATE once:1 SET name = 'x';
  RELATE note:1->likes:1->note:2;
`;

export const CLEARED = "DELETE note; DELETE hidden; DELETE once; DELETE likes; DELETE log;";

const id = fc.integer({ min: 1, max: 6 }).map((n) => `note:${n}`);
/** Seldom one that is there. */
const freshId = fc.integer({ min: 3, max: 40 }).map((n) => `note:${n}`);

/** Strings that look like what a dry run puts around a text. */
const hostile = fc.constantFrom(
  "'it;s'",
  '"})();COMMIT;CREATE evil:1;BEGIN;(|| {"',
  "'\\'; COMMIT; CREATE evil:2; \\''",
  '"/* -- # ⟨ ` "',
  "`n`",
  "s'a\\u{7d}b'",
);

const value: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -3, max: 9 }).map(String),
  hostile,
  fc.constantFrom("$x", "$seven", "$auth", "[1, { a: [2] }]", "{ create: 1, 'a;b': 2 }", "1.5dec"),
  fc.constantFrom("count((SELECT * FROM note))", "(SELECT n, id FROM note ORDER BY id)", "8 / 2"),
  fc.constantFrom(
    "{ RETURN 5; 6 }",
    "(|$v| { RETURN $v + 1 })(3)",
    "fn::put(8)",
    "[NONE]",
    "<set>[1]",
  ),
);

const returning = fc.constantFrom(
  "",
  "",
  " RETURN NONE",
  " RETURN BEFORE",
  " RETURN AFTER",
  " RETURN DIFF",
  " RETURN NULL",
  " RETURN VALUE n",
  " RETURN n, id TIMEOUT 5s",
);

const written: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(freshId, value, returning).map(([i, v, r]) => `CREATE ${i} SET n = ${v}${r}`),
  fc.tuple(id, value, returning).map(([i, v, r]) => `UPSERT ${i} MERGE { n: ${v} }${r}`),
  fc.tuple(value, returning).map(([v, r]) => `UPDATE note SET n = ${v} WHERE n < 5${r}`),
  fc.tuple(id, returning).map(([i, r]) => `DELETE ${i}${r}`),
  fc.tuple(freshId, value).map(([i, v]) => `INSERT INTO note { id: ${i}, n: ${v} }`),
  fc.tuple(id, value).map(([i, v]) => `INSERT IGNORE INTO note [{ id: ${i}, n: ${v} }]`),
  fc.tuple(id, id, returning).map(([a, b, r]) => `RELATE ${a}->likes:9->${b}${r}`),
  fc.constantFrom("DELETE note WHERE n > 1", "DELETE note TIMEOUT 5s", "UPDATE hidden SET n += 1"),
  fc.constantFrom("CREATE ONLY note:9", "DELETE ONLY note:2", "UPDATE ONLY note:1 UNSET n"),
  fc.constantFrom("CREATE once:2 SET name = 'y'", "CREATE hidden:2", "fn::put(2)"),
);

const failing = fc.constantFrom(
  "THROW 'stop'",
  "CREATE note:1",
  "UPDATE note:1 SET n = type::int('q')",
  "SELECT * FROM ONLY note",
  "BREAK",
  "fn::missing()",
  "fn::owner()",
  "CREATE once:2 SET name = 'x'",
);

const block = (inner: fc.Arbitrary<string>) =>
  fc.array(inner, { minLength: 1, maxLength: 3 }).map((list) => `{ ${list.join("; ")} }`);

const statement: fc.Arbitrary<string> = fc.letrec<{ any: string; compound: string }>((tie) => ({
  any: fc.oneof({ depthSize: "small" }, written, written, tie("compound")),
  compound: fc.oneof(
    fc
      .tuple(value, block(tie("any")), block(tie("any")))
      .map(([v, a, b]) => `IF ${v} = 5 ${a} ELSE ${b}`),
    block(tie("any")).map((body) => `FOR $i IN [1, 2] ${body}`),
    fc
      .tuple(tie("any"), value)
      .map(([s, v]) => `FOR $i IN 1..4 { ${s}; IF $i = 2 { RETURN ${v} } }`),
    fc.tuple(tie("any"), value).map(([s, v]) => `{ ${s}; RETURN ${v}; DELETE note }`),
    fc.tuple(tie("any"), value).map(([s, v]) => `(|| { ${s}; ${v} })()`),
    written.map((s) => `LET $x = (${s})`),
    written.map((s) => `RETURN (${s})`),
    value.map((v) => `RETURN ${v}`),
    tie("any").map((s) => `[1, 2].map(|$v| { ${s}; RETURN $v })`),
    fc.constantFrom(
      "SELECT * FROM note ORDER BY id",
      "note:1.n",
      "{ note: 1 }",
      "INFO FOR TABLE note",
    ),
    fc.constantFrom("note:1", "-1", "[note:1.*]", "(1, 2)", "note:1->likes->note", "SLEEP 1ns"),
  ),
})).any;

/** Deeper inside the server takes a RETURN within a LET now for the one's, now for the other's. */
const topStatement = fc.oneof(
  { weight: 9, arbitrary: statement },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.tuple(statement, value).map(([s, v]) => `LET $x = { ${s}; RETURN ${v} }`),
      value.map((v) => `LET $x = ${v}`),
    ),
  },
);

/** Whether something stands between two statements doesn't matter, so anything does. */
const separator = fc.constantFrom(
  "; ",
  ";\n",
  ";;\r\n",
  " -- it's\n;",
  " /* ; */ ; # '\n",
  ' // "\u2028;',
  "\n;\n\n",
);

const text = (each: fc.Arbitrary<string>, maxLength: number) =>
  fc
    .array(fc.tuple(each, separator), { minLength: 1, maxLength })
    .map((list) => list.map((pair) => pair.join("")).join(""));

/** Texts that write data, of so many statements at most. */
export const writingText = (statements: number): fc.Arbitrary<string> =>
  text(
    fc.oneof({ weight: 12, arbitrary: topStatement }, { weight: 1, arbitrary: failing }),
    statements,
  );

const schemaChange = fc.constantFrom(
  "DEFINE FIELD extra ON note VALUE 5",
  "DEFINE TABLE OVERWRITE note PERMISSIONS NONE",
  "DEFINE TABLE fresh; CREATE fresh:1",
  "REMOVE FIELD owner ON note",
  "REMOVE EVENT logged ON note",
  "DEFINE FUNCTION OVERWRITE fn::put($n: any) { RETURN 0 }",
  "DEFINE INDEX n ON note FIELDS n",
  "DEFINE USER eve ON DATABASE PASSWORD 'x'",
  "ALTER TABLE note SCHEMAFULL",
  "CREATE brandnew:1",
);

const unreadable = fc.constantFrom("UPDATE note SET", "CREATE note:1 'x", "RETURN (1", "note note");

/** Texts that write anything that a dry run takes, and some that are no SurrealQL. */
export const anyWritingText: fc.Arbitrary<string> = text(
  fc.oneof(
    { weight: 30, arbitrary: topStatement },
    { weight: 1, arbitrary: failing },
    { weight: 2, arbitrary: schemaChange },
    { weight: 1, arbitrary: unreadable },
  ),
  4,
);
