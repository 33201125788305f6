/** use, set and unset: what the session holds afterwards, at the server and on screen. */
import {
  BoundExcluded,
  BoundIncluded,
  DateTime,
  Decimal,
  Duration,
  FileRef,
  GeometryPoint,
  Range,
  RecordId,
  Table,
  toSurqlString,
  Uuid,
} from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { Handlers } from "../../../src/background/commands.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { handlersOf } from "../../support/handlers.ts";
import { until } from "../../support/registry.ts";
import { type RpcProxy, startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
let commands: Handlers;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  scene = await openScene(proxy.url);
  commands = handlersOf(scene.registry);
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

/** What is shown of a session's variables, as SurrealQL. */
function shownVariables(key: string): Record<string, string> {
  return Object.fromEntries(
    scene.view(key).variables.map(({ name, value }) => [name, toSurqlString(decodeValue(value))]),
  );
}

describe("namespace and database", () => {
  it("selects, keeps what is left out, and unsets", async () => {
    const key = await scene.create({ signIn: SIGN_INS.root });
    const session = scene.registry.session(key);
    await session.use("app", "tenant_a");
    expect(await scene.whoIs(key)).toBe("root app tenant_a");
    await session.use(undefined, "tenant_b");
    expect(await scene.whoIs(key)).toBe("root app tenant_b");
    expect(scene.view(key)).toMatchObject({ namespace: "app", database: "tenant_b" });
    await session.use(undefined, null);
    expect(scene.view(key)).toMatchObject({ namespace: "app", truth: { state: "agrees" } });
    expect(scene.view(key).database).toBeUndefined();
    await session.use(null, undefined);
    expect(scene.view(key).namespace).toBeUndefined();
    expect(scene.view(key)).toMatchObject({ truth: { state: "agrees" }, gate: { open: true } });
    const lines = await scene.history(key);
    expect(lines.filter(({ event }) => event === "using").slice(-3)).toMatchObject([
      { before: "app/tenant_a", after: "app/tenant_b", by: "you" },
      { before: "app/tenant_b", after: "app" },
      { before: "app", after: "no namespace" },
    ]);
  });

  it("never sends a database without a namespace", async () => {
    const key = await scene.create({ signIn: SIGN_INS.root });
    const session = scene.registry.session(key);
    for (const namespace of [undefined, null]) {
      expect(await failureOf(session.use(namespace, "tenant_a"))).toMatchObject({
        name: "InvalidRequestError",
        advice: "Select a namespace first.",
      });
    }
    expect(proxy.of("use").filter((request) => request.session === key)).toEqual([]);
    expect(scene.view(key).gate).toEqual({ open: true });
  });

  it("creates what it selects, as the server does", async () => {
    const key = await scene.create({ signIn: SIGN_INS.root });
    await scene.registry.session(key).use("fresh", "new_one");
    const [info] = await server.query("INFO FOR NS", {}, { namespace: "fresh" });
    expect(info).toMatchObject({ databases: { new_one: expect.anything() } });
  });

  it("looks into namespaces for their databases, and creates none that is only typed", async () => {
    const root = await scene.create({ signIn: SIGN_INS.root });
    const ask = commands["session.names"];
    expect(await ask({ key: root, namespace: "app" }, { id: "view" })).toMatchObject({
      databases: ["tenant_a", "tenant_b"],
    });
    const missing = await ask({ key: root, namespace: "half_a_na" }, { id: "view" });
    expect(missing.databases).toEqual([]);
    expect((await ask({ key: root }, { id: "view" })).namespaces).not.toContain("half_a_na");

    // Whoever may not list namespaces is told of his own, selected or not, and of no other.
    const operator = await scene.create({ signIn: SIGN_INS.operator });
    await scene.registry.session(operator).use(null, null);
    const own = await ask({ key: operator, namespace: "app" }, { id: "view" });
    expect(own).toMatchObject({ namespaces: undefined, databases: ["tenant_a", "tenant_b"] });
    const other = await ask({ key: operator, namespace: "main" }, { id: "view" });
    expect(other.databases).toBeUndefined();
  });

  it("stays unset over a restore, though the sign-in selects a place by itself", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).use(null, null);
    expect(scene.view(key)).toMatchObject({ truth: { state: "agrees" }, gate: { open: true } });
    proxy.cut();
    await until(() => !scene.view(key).gate.open);
    await scene.connected();
    expect(scene.view(key)).toMatchObject({ truth: { state: "agrees" }, gate: { open: true } });
    expect(scene.view(key).namespace).toBeUndefined();
  });
});

describe("variables", () => {
  // Whole floats are below, as bytes: the embedded server itself reads 5f as 5.
  const EXPRESSIONS = [
    "5.5f",
    "5",
    "9223372036854775807",
    "-9223372036854775808",
    "NaN",
    "3.14159265358979323846264338327950288dec",
    "d'2024-02-29T23:59:59.123456789Z'",
    "1y2w3d4h5m6s7ms8us9ns",
    "u'018f4a3e-7c2b-7d3e-8f00-0123456789ab'",
    "note:one",
    "note:⟨a b⟩",
    "note:[1, 'two', d'2024-01-01T00:00:00Z']",
    "note:{ a: 1, b: [2] }",
    "1..=5",
    "note:1..note:5",
    "{1, 2, 3}",
    "<set>[3, 1, 2, 3]",
    "(12.5, -3.25)",
    '{ type: "Polygon", coordinates: [[[0,0],[1,0],[1,1],[0,0]]] }',
    "b'00ff'",
    'f"bucket:/some/file.txt"',
    "'it''s'",
    '"line\\nbreak \\u{1F980}"',
    "{ deep: [{ er: { more: [1f, 2, 3dec] } }], 'key with space': null }",
    "[]",
    "{}",
    "null",
    "true",
  ];

  it("keep any value of SurrealDB as the server made it, over a restore too", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const said: Record<string, unknown> = {};
    for (const [index, expression] of EXPRESSIONS.entries()) {
      // What this engine can't parse isn't a value that it could hold.
      const direct = await scene
        .ask(key, `RETURN <string> type::of(${expression})`)
        .catch((error: unknown) => error);
      if (direct instanceof Error) continue;
      await commands["session.set"]({ key, name: `v${index}`, expression }, { id: "view" });
      said[`v${index}`] = expression;
    }
    expect(Object.keys(said).length).toBeGreaterThan(24);
    const compare = async () => {
      for (const [name, expression] of Object.entries(said)) {
        const text = `RETURN [$${name} == ${expression}, <string> type::of($${name}), <string> type::of(${expression})]`;
        const [equal, held, wanted] = (await scene.ask(key, text)) as unknown[];
        expect(held, String(expression)).toBe(wanted);
        if (expression !== "NaN") expect(equal, String(expression)).toBe(true);
      }
    };
    await compare();
    const before = shownVariables(key);
    proxy.cut();
    await until(() => !scene.view(key).gate.open);
    await scene.connected();
    await compare();
    expect(shownVariables(key)).toEqual(before);
  });

  it("take values of the SDK's classes from a view as they are", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const values = {
      when: new DateTime("2024-02-29T23:59:59.123456789Z"),
      long: new Duration("1d2h3ns"),
      exact: new Decimal("0.1000000000000000000001"),
      who: new RecordId("user", "alice"),
      table: new Table("note"),
      id: new Uuid("018f4a3e-7c2b-7d3e-8f00-0123456789ab"),
      point: new GeometryPoint([1.5, 2.5]),
      range: new Range(new BoundIncluded(1), new BoundExcluded(9)),
      file: new FileRef("bucket", "/a.txt"),
      bytes: new Uint8Array([0, 255]).buffer,
      big: 2n ** 62n,
      nested: [{ a: [new RecordId("note", [1, "x"])] }],
    };
    for (const [name, value] of Object.entries(values)) {
      const answer = await commands["session.set"](
        { key, name, value: encodeValue(value) },
        { id: "v" },
      );
      expect(decodeValue(answer.value), name).toEqual(value);
      expect(await scene.ask(key, `RETURN $${name}`), name).toEqual(value);
    }
  });

  it.each([
    ["5f", "fb4014000000000000"],
    ["-0f", "fb8000000000000000"],
    ["a half-precision float", "f93c00"],
    ["an int in eight bytes", "1b0000000000000005"],
  ])("go to the server as the bytes they are, again after a restore: %s", async (_name, hex) => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const value = new Uint8Array(Buffer.from(hex, "hex"));
    await scene.registry.session(key).set("exact", value);
    expect(scene.view(key).variables).toEqual([{ name: "exact", value }]);
    proxy.cut();
    await until(() => !scene.view(key).gate.open);
    await scene.connected();
    const sent = proxy.of("let").filter(({ session }) => session === key);
    expect(sent.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual([
      expect.stringContaining(hex),
      expect.stringContaining(hex),
    ]);
  });

  it("keep the old value when the new one isn't SurrealQL, and pass the server's words on", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await commands["session.set"]({ key, name: "colour", expression: "'red'" }, { id: "view" });
    for (const expression of ["{ a: ", "1 +", "SELECT FROM", "nonsense::function()"]) {
      const error = await failureOf(
        commands["session.set"]({ key, name: "colour", expression }, { id: "view" }),
      );
      expect(error.message.length, expression).toBeGreaterThan(10);
      expect(await scene.ask(key, "RETURN $colour")).toBe("red");
      expect(shownVariables(key)).toEqual({ colour: 's"red"' });
    }
    const thrown = commands["session.set"](
      { key, name: "colour", expression: "1 + 'x'" },
      { id: "view" },
    );
    expect((await failureOf(thrown)).message).toMatch(/1.*x/);
    expect(scene.view(key).gate).toEqual({ open: true });
  });

  it("refuse NONE, since removing is the word for it, and keep null", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await commands["session.set"]({ key, name: "x", expression: "1" }, { id: "view" });
    const error = await failureOf(
      commands["session.set"]({ key, name: "x", expression: "NONE" }, { id: "view" }),
    );
    expect(error).toMatchObject({ name: "InvalidRequestError", advice: /emove/ });
    expect(await scene.ask(key, "RETURN $x")).toBe(1);
    await commands["session.set"]({ key, name: "x", expression: "null" }, { id: "view" });
    expect(await scene.ask(key, "RETURN $x")).toBeNull();
  });

  it.each(["auth", "session", "token", "access"])("refuse the protected name $%s", async (name) => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const error = await failureOf(scene.registry.session(key).set(name, encodeValue(1)));
    expect(error).toMatchObject({ name: "ProtectedVariableError" });
    expect(error.message).toContain(`$${name}`);
    expect(proxy.of("let", "set").filter((request) => request.session === key)).toEqual([]);
  });

  it("refuse names that the server couldn't read", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    for (const name of ["", "two words", "1st", "a-b", "a;b", "$x"]) {
      expect(
        await failureOf(scene.registry.session(key).set(name, encodeValue(1))),
        name,
      ).toMatchObject({ name: "InvalidRequestError" });
    }
  });

  it("are removed at the server and on screen, for good", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).set("gone", encodeValue(1));
    await scene.registry.session(key).set("kept", encodeValue(2));
    await scene.registry.session(key).unset("gone");
    await scene.registry.session(key).unset("never there");
    expect(shownVariables(key)).toEqual({ kept: "2" });
    proxy.cut();
    await until(() => !scene.view(key).gate.open);
    await scene.connected();
    expect(await scene.ask(key, "RETURN [$gone, $kept]")).toEqual([undefined, 2]);
  });

  it("are read as JSON for a session that may not query", async () => {
    const key = await scene.create();
    await commands["session.set"]({ key, name: "x", expression: '{ "a": [1] }' }, { id: "view" });
    expect(shownVariables(key)).toEqual({ x: '{ "a": [ 1 ] }' });
    expect(
      await failureOf(
        commands["session.set"]({ key, name: "x", expression: "note:one" }, { id: "view" }),
      ),
    ).toMatchObject({ name: "InvalidRequestError", advice: /JSON/ });
  });
});
