/**
 * What is copied does the same as the request: the statement for a data method is run by the real
 * engine beside the method itself, and the SDK's call is made against it.
 */
import { createNodeEngines } from "@surrealdb/node";
import * as sdk from "surrealdb";
import { Decimal, RecordId, Surreal, Table, Uuid } from "surrealdb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyRequest, type LogCopyFormat } from "../../../../src/session/log/log-copy.ts";
import { requestSdkCall } from "../../../../src/session/log/request-sdk-call.ts";
import { requestStatement } from "../../../../src/session/page/request-statement.ts";
import { ALICE, logOf, requests, Wire } from "./log-traffic.ts";

interface Rpc {
  method: string;
  params?: unknown[];
}

let db: Surreal;
/** The RPC methods that the SDK no longer sends by itself. */
let rpc: (request: Rpc) => Promise<unknown>;

beforeAll(async () => {
  const factories = createNodeEngines();
  const engines = Object.fromEntries(
    Object.entries(factories).map(([name, make]) => [
      name,
      (context: sdk.DriverContext) => {
        // What every RpcEngine has, though the type of factories doesn't say that they make one.
        const engine = make(context) as sdk.SurrealEngine & { send: typeof rpc };
        rpc = (request) => engine.send(request);
        return engine;
      },
    ]),
  );
  db = new Surreal({ engines });
  await db.connect("mem://");
  await db.use({ namespace: "test", database: "test" });
});

afterAll(() => db.close());

beforeEach(async () => {
  await db.query(`
    REMOVE TABLE IF EXISTS note; REMOVE TABLE IF EXISTS likes; DEFINE TABLE likes TYPE RELATION;
    CREATE note:1 SET title = 'Milk', n = 1; CREATE note:2 SET title = 'Eggs', n = 2;
    DEFINE FUNCTION OVERWRITE fn::add($a: int, $b: int) { RETURN $a + $b; };
  `);
});

const note = new RecordId("note", 1);
const notes = new Table("note");
const price = { title: "Tea", price: new Decimal("1.5") };

const METHODS: [string, unknown[]][] = [
  ["query", ["SELECT * FROM note WHERE n > $min ORDER BY n", { min: 1, unused: [1, { a: note }] }]],
  ["query", ["SELECT VALUE n FROM note ORDER BY n;\nRETURN 1;"]],
  ["select", [notes]],
  ["select", [note]],
  ["create", [new RecordId("note", 3), price]],
  ["insert", [notes, [{ id: 4, ...price }, { id: 5 }]]],
  ["update", [note, price]],
  ["update", [notes, { title: "all" }]],
  ["upsert", [new RecordId("note", 9), price]],
  ["merge", [note, { n: 7 }]],
  ["patch", [note, [{ op: "replace", path: "/n", value: 8 }]]],
  ["delete", [note]],
  ["relate", [note, new Table("likes"), new RecordId("note", 2), { id: new RecordId("likes", 1) }]],
  ["insert_relation", [new Table("likes"), { id: 1, in: note, out: new RecordId("note", 2) }]],
  ["run", ["fn::add", null, [1, 2]]],
];

/** A method answers one record where a query answers the list of its statements. */
function plain(value: unknown): unknown {
  return sdk.jsonify(value);
}

async function stateOf() {
  const [all, likes] = await db.query("SELECT * FROM note; SELECT * FROM likes;");
  return plain([all, likes]);
}

describe("the statement", () => {
  for (const [method, params] of METHODS) {
    const statement = requestStatement(method, params) ?? "";
    it(`of ${method}: ${statement.replaceAll("\n", " ").slice(0, 60)}`, {
      timeout: 30_000,
    }, async () => {
      const asked = await rpc({ method, params });
      const state = await stateOf();
      await db.query("DELETE note; DELETE likes;");
      await db.query(
        "CREATE note:1 SET title = 'Milk', n = 1; CREATE note:2 SET title = 'Eggs', n = 2;",
      );
      const results = await db.query(statement);
      expect(plain(await stateOf())).toEqual(state);
      if (method !== "query") expect(plain(results.at(-1))).toEqual(plain(asked));
    });
  }

  const written: [string, unknown[], string | undefined][] = [
    ["select", ["note"], "SELECT * FROM note;"],
    ["select", ["note:one"], `SELECT * FROM ONLY r'note:one';`],
    ["live", ["note", true], "LIVE SELECT DIFF FROM note;"],
    [
      "kill",
      [new Uuid("018f0000-0000-7000-8000-00000000000a")],
      "KILL u'018f0000-0000-7000-8000-00000000000a';",
    ],
    ["use", ["app", "tenant-a"], "USE NS app DB `tenant-a`;"],
    ["let", ["tenant", { a: 1 }], "LET $tenant = { a: 1 };"],
    ["run", ["ml::price", "1.0.0", [1]], "RETURN ml::price<1.0.0>(1);"],
    ["signin", [{ user: "root" }], undefined],
    ["constructor", [], undefined],
  ];
  for (const [method, params, statement] of written) {
    it(`of ${method} is ${statement ?? "none"}`, () => {
      expect(requestStatement(method, params)).toBe(statement);
    });
  }
});

describe("the SDK's call", () => {
  for (const [method, params] of METHODS) {
    const code = requestSdkCall({ method, params }) ?? "";
    const call = code.trim().split("\n").at(-1) ?? "";
    it(`of ${method}: ${call.slice(0, 60)}`, { timeout: 30_000 }, async () => {
      await rpc({ method, params });
      const state = await stateOf();
      await db.query("DELETE note; DELETE likes;");
      await db.query(
        "CREATE note:1 SET title = 'Milk', n = 1; CREATE note:2 SET title = 'Eggs', n = 2;",
      );
      const [imports = "", ...body] = code.startsWith("import") ? code.split("\n\n") : ["", code];
      const names = /\{ (.*) \}/.exec(imports)?.[1] ?? "";
      const run = new Function(
        "db",
        "sdk",
        `const { ${names} } = sdk; return (async () => { ${body.join("\n\n")} })();`,
      );
      await run(db, sdk);
      expect(await stateOf()).toEqual(state);
    });
  }

  const written: [Parameters<typeof requestSdkCall>[0], string][] = [
    [
      { method: "signin", params: [{ NS: "app", DB: "a", AC: "account", name: "bob", pass: "x" }] },
      'await db.signin({ namespace: "app", database: "a", access: "account", variables: { name: "bob", pass: "x" } });\n',
    ],
    [
      { method: "signin", params: [{ user: "root", pass: "x" }], session: "s" },
      'await session.signin({ username: "root", password: "x" });\n',
    ],
    [
      { method: "use", params: ["app", null] },
      'await db.use({ namespace: "app", database: null });\n',
    ],
    [{ method: "let", params: ["a", 1], session: "s" }, 'await session.set("a", 1);\n'],
    [{ method: "query", params: ["A\n`B`"], txn: "t" }, "await transaction.query(`A\n\\`B\\``);\n"],
    [{ method: "begin", params: [] }, "const transaction = await db.beginTransaction();\n"],
  ];
  for (const [parts, code] of written) {
    it(`of ${parts.method} is ${code.trim().replaceAll("\n", " ")}`, () => {
      expect(requestSdkCall(parts)).toBe(code);
    });
  }
});

describe("a copy", () => {
  const wire = new Wire();
  const session = "018f0000-0000-7000-8000-00000000000a";
  const log = logOf(
    wire.sent(1, 7, "query", ["RETURN $a", { a: note }], { as: ALICE, session }),
    wire.queried(2, 7, 5n),
    wire.sent(3, 8, "authenticate", ["eyJhbGciOiJIUzUxMiJ9.eyJJRCI6InVzZXI6Ym9iIn0.c2Vj"]),
  );
  const copied = (index: number, format: LogCopyFormat) => {
    const entry = requests(log)[index];
    const details = entry && log.details(entry.seq);
    return entry && details ? copyRequest(entry, details, format) : undefined;
  };

  it("as SurrealQL has the bindings before the statement", () => {
    expect(copied(0, "surrealql")).toBe("LET $a = note:1;\nRETURN $a;\n");
    expect(copied(1, "surrealql")).toBe("-- SurrealQL has no statement for authenticate.\n");
  });

  it("as JSON is the RPC request", () => {
    expect(JSON.parse(copied(0, "json") ?? "")).toEqual({
      id: 7,
      method: "query",
      params: ["RETURN $a", { a: "note:1" }],
      session,
    });
  });

  it("as a call names the session and imports what it uses", () => {
    expect(copied(0, "javascript")).toBe(
      'import { RecordId } from "surrealdb";\n\nawait session.query("RETURN $a", { a: new RecordId("note", 1) });\n',
    );
  });

  it("as hex is the frames, unless they hold a secret", () => {
    const hex = copied(0, "hex") ?? "";
    const [request = "", answer = ""] = hex.split(/^# .*$/m).slice(1);
    const entry = log.details(1);
    expect(request.replace(/\s/g, "")).toBe(Buffer.from(entry?.requestFrame ?? "").toString("hex"));
    expect(answer.replace(/\s/g, "")).toBe(Buffer.from(entry?.answerFrame ?? "").toString("hex"));
    expect(copied(1, "hex")).toMatch(
      /^# Request, \d+ bytes, written anew with its secrets covered\n/,
    );
  });
});
