/** Dry runs on the real engine, case by case: what they answer, and who they ran as. */
import { ServerError } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareRun } from "../../../../src/session/query/dry-run.ts";
import { confirmIdentity } from "../../../../src/session/query/identity.ts";
import { writeSurql } from "../../../../src/session/surql.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";
import { ANONYMOUS, BareEngine, recordUser } from "./bare-engine.ts";
import { ROWS, SCHEMA } from "./writing-texts.ts";

let engine: BareEngine;

beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp(SCHEMA);
  await engine.setUp(ROWS);
});

afterAll(() => engine.close());

async function run(text: string, how: "plain" | "dry" = "dry", bindings?: Uint8Array) {
  const prepared = prepareRun(text, how);
  const answer = prepared.read(await engine.query(prepared.text, undefined, bindings));
  const values = answer.statements.map((run) =>
    run.ok ? writeSurql(decodeValue(run.bytes)).text : `${run.error.name}: ${run.error.message}`,
  );
  return { ...answer, values };
}

/** The server's words on a text that it can't read, told of that text. */
async function mistake(text: string): Promise<string> {
  const prepared = prepareRun(text, "dry");
  const error = await engine.query(prepared.text).then(
    () => undefined,
    (error: ServerError) => error,
  );
  if (!(error instanceof ServerError)) throw new Error("no mistake");
  return prepared.explain(error).message;
}

describe("a dry run", () => {
  it("answers each statement with its time, and keeps nothing", async () => {
    const before = await engine.export();
    const { values, statements } = await run(
      "UPDATE note:1 SET n = $b; LET $x = 5; RETURN $x; DELETE note:2; SELECT VALUE n FROM note; note:1",
      "dry",
      encodeValue({ b: 7 }),
    );
    expect(values).toEqual([
      "[{ id: note:1, n: 7, owner: user:alice, twice: [7, 7] }]",
      "NONE",
      "5",
      "[]",
      "[7, 5]",
      "note:1",
    ]);
    expect(statements.every(({ time }) => /^[\d.]+(ns|µs|ms|s)$/.test(time ?? ""))).toBe(true);
    expect(await engine.export()).toBe(before);
  });

  it("tells how many records it would have changed", async () => {
    const changed = async (text: string) => (await run(text)).changed;
    const exactly = (records: number) => ({ records, atLeast: false });
    expect(await changed("UPDATE note SET n = 1; CREATE note:50")).toEqual(exactly(4));
    expect(await changed("DELETE note")).toEqual(exactly(3));
    expect(await changed("DELETE note WHERE n = 1 TIMEOUT 5s")).toEqual(exactly(1));
    expect(await changed("UPDATE note SET n = 1 RETURN NONE")).toEqual(exactly(3));
    expect(await changed("DELETE ONLY note:1 RETURN BEFORE")).toEqual(exactly(1));
    expect(await changed("UPDATE ONLY note:404")).toEqual(exactly(0));
    expect(await changed("UPDATE note:404; DEFINE TABLE fresh")).toEqual(exactly(0));
    const hidden = { records: 1, atLeast: true };
    expect(await changed("UPDATE note:1; FOR $i IN [1] { DELETE note }")).toEqual(hidden);
    expect(await changed("UPDATE note:1 SET n = fn::put(1)")).toEqual(hidden);
  });

  it("takes a RETURN, wherever it stands, for the statement's value", async () => {
    const { values } = await run(
      "IF true { UPDATE note:1; RETURN 1 }; FOR $i IN 1..9 { RETURN $i }; { RETURN 3; DELETE note };" +
        "LET $x = 4; LET $x = { RETURN 5 }; RETURN $x; LET $f = |$v| { RETURN $v + 1 }; $f($x)",
    );
    expect(values).toEqual(["1", "1", "3", "NONE", "5", "4", "NONE", "5"]);
  });

  it("has a failing statement's own error, and says what became of the others", async () => {
    const before = await engine.export();
    const { values, changed, truth } = await run("UPDATE note:1; CREATE note:2; DELETE note");
    expect(values).toEqual([
      "ResultLostError: Ran, but its result is lost: a statement behind it failed.",
      "StatementError: Database record `note:2` already exists",
      "NotRunError: Not run: a statement before it failed.",
    ]);
    expect(changed).toBeUndefined();
    expect(confirmIdentity(ANONYMOUS, truth)).toEqual({ confirmed: true });
    expect(await engine.export()).toBe(before);
  });

  it("isn't fooled by a text that throws what a dry run throws", async () => {
    const forged = "encoding::base64::encode(encoding::cbor::encode(['mine', 'mine']))";
    const { values } = await run(`UPDATE note:1; THROW ${forged}`);
    expect(values[1]).toMatch(/^StatementError: An error occurred: [\w+/]+$/);
  });

  it("says so where a value can't be told", async () => {
    const { values } = await run("UPDATE note:1; RETURN |$x| { RETURN $x }");
    expect(values[0]).toMatch(/^NotTriedError: Tried, but the result can't be told: Closure/);
  });

  it("runs a thousand statements", async () => {
    const text = Array.from({ length: 1000 }, (_, i) => `CREATE fresh:${i} SET n = ${i}`);
    expect((await run(text.join(";\n"))).changed).toEqual({ records: 1000, atLeast: false });
  });

  it("runs a text of a megabyte", async () => {
    const { values } = await run(
      `UPDATE note:1 SET n = string::len('${"x".repeat(1e6)}') RETURN n`,
    );
    expect(values).toEqual(["[{ n: 1000000 }]"]);
  });

  it("ends with CANCEL, which a RETURN that got out of its statement couldn't pass by", async () => {
    expect(prepareRun("UPDATE note", "dry").text).toMatch(/;CANCEL;$/);
    const before = await engine.export();
    await engine.query("BEGIN; CREATE trap:1; RETURN 1; THROW 'never'; CANCEL;");
    expect(await engine.export()).toBe(before);
    await engine.query("BEGIN; CREATE trap:1; RETURN 1; THROW 'never'; COMMIT;");
    expect(await engine.export()).toContain("trap:1");
    await engine.setUp("REMOVE TABLE trap");
    expect(await engine.export()).toBe(before);
  });

  it("has variables that no text can know", () => {
    const names = (text: string) => /\$dry_\w+/.exec(prepareRun(text, "dry").text)?.[0];
    expect(names("CREATE note")).not.toBe(names("CREATE note"));
  });
});

describe("a mistake in a text that is run dry", () => {
  it("is shown at its place in that text", async () => {
    expect(await mistake("UPDATE note:1;\n  CREATE note:9 'ä😀' SETT n = 1; DELETE note")).toBe(
      [
        "Parse error: Unexpected token `a strand`, expected Eof",
        " --> [2:17]",
        "  |",
        "2 | CREATE note:9 'ä😀' SETT n = 1; DELETE note",
        "  |               ^^^^",
      ].join("\n"),
    );
  });

  it("that shows at the end of a statement names the end, not what stands around it", async () => {
    expect(await mistake("UPDATE note SET n = ; DELETE note")).toBe(
      [
        "Parse error: Unexpected end, expected an expression",
        " --> [1:20]",
        "  |",
        "1 | UPDATE note SET n = ; DELETE note",
        "  |                    ^",
      ].join("\n"),
    );
  });
});

describe("a compared run as written", () => {
  it("asks who runs it behind the text, whatever the text ends with", async () => {
    for (const text of ["RETURN 1", "RETURN 1;", "RETURN 1 -- it's", "RETURN 1; /* ; */ #"]) {
      const { values, truth } = await run(text, "plain");
      expect(values).toEqual(["1"]);
      expect(confirmIdentity(ANONYMOUS, truth)).toEqual({ confirmed: true });
    }
  });

  it("leaves a text alone that can't be read to its end", () => {
    expect(prepareRun("RETURN 'x", "plain").text).toBe("RETURN 'x");
  });
});

describe("who a run was", () => {
  it("is confirmed by the server's word alone", async () => {
    const session = await engine.session({ name: "alice" });
    const ask = async () => {
      const prepared = prepareRun("UPDATE note SET n = 1", "dry");
      return prepared.read(await engine.query(prepared.text, session)).truth;
    };
    const alice = recordUser("user:alice");
    expect(confirmIdentity(alice, await ask())).toEqual({ confirmed: true });
    expect(confirmIdentity({ ...alice, database: "other" }, await ask())).toEqual({
      confirmed: false,
      reason: "The server says database test, not other.",
    });
    await engine.signIn(session, { name: "bob" });
    expect(confirmIdentity(alice, await ask())).toEqual({
      confirmed: false,
      reason: "The server says user:bob, not user:alice.",
    });
    await engine.send("invalidate", [], session);
    expect(confirmIdentity(alice, await ask())).toEqual({
      confirmed: false,
      reason: "The server says anonymous, not user:alice.",
    });
    expect(confirmIdentity(alice, undefined)).toMatchObject({ confirmed: false });
  });

  it("is confirmed by no other answer than that to the question", () => {
    for (const said of ["alice", null, [], 7, undefined]) {
      const entries = [["row"], said].map((result) => ({ status: "OK", result, time: "1ms" }));
      const { truth, statements } = prepareRun("SELECT * FROM note", "plain").read(
        encodeValue(entries),
      );
      expect(statements).toHaveLength(1);
      expect(confirmIdentity(recordUser("user:alice"), truth)).toMatchObject({ confirmed: false });
    }
  });

  it("can't be told by the text itself", async () => {
    const session = await engine.session({ name: "bob" });
    for (const how of ["plain", "dry"] as const) {
      for (const text of [
        "FOR $auth IN [user:alice] { UPDATE note; RETURN $auth }",
        "(|$auth, $session| { UPDATE $auth; $session })(user:alice, {})",
        "{ LET $auth = user:alice; UPDATE note:1 }",
        "LET $auth = user:alice; UPDATE note:1",
      ]) {
        const prepared = prepareRun(text, how);
        const { truth } = prepared.read(await engine.query(prepared.text, session));
        expect(confirmIdentity(recordUser("user:bob"), truth)).toEqual({ confirmed: true });
      }
    }
  });
});
