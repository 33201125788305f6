/** All data as a file: what is in it, what comes out of one that anybody may have written, and nothing left. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { keptDataHandlers } from "../../../src/background/kept-data.ts";
import type { KeptFile } from "../../../src/session/kept-file.ts";
import { readKeptFile } from "../../../src/session/kept-import.ts";
import { COVERED } from "../../../src/session/log/log-entry.ts";
import type { Registry } from "../../../src/session/registry.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { statementWorld } from "../../support/memory-statements.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { loadRegistry, until } from "../../support/registry.ts";
import { RouteWorld } from "../../support/route-scene.ts";
import { failureOf, openScene, type Scene, SIGN_INS, sceneOf } from "../../support/scene.ts";
import { WebScene } from "../../support/web/web-scene.ts";

const APP = "http://localhost:5173";
const VIEW = { id: "view" };

let server: DemoServer;
const open: Registry[] = [];
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const registry of open) await registry.dispose();
  await server.close();
});

async function withHandlers(registry: Registry) {
  open.push(registry);
  const world = new RouteWorld();
  await world.start(registry);
  const web = new WebScene();
  const statements = statementWorld();
  let cleared = 0;
  let accessForgotten = 0;
  const handlers = keptDataHandlers({
    registry,
    routes: world.routes,
    access: {
      origins: () => [{ origin: APP, granted: ["bob"] }],
      forgetAll: async () => {
        accessForgotten += 1;
      },
    },
    web: web.book,
    statements,
    clear: async () => {
      cleared += 1;
      statements.store.statements.clear();
    },
  });
  return {
    world,
    registry,
    web,
    statements,
    counts: () => ({ cleared, accessForgotten }),
    write: async (secrets = false) => (await handlers["data.export"]({ secrets }, VIEW)).text,
    read: (text: string) => handlers["data.import"]({ text }, VIEW),
    forget: () => handlers["data.delete"]({}, VIEW),
  };
}

/** A registry with Bob, who has variables, and Anonymous. */
async function filled() {
  const durable = memoryDurableStore();
  const secret = memorySecretStore();
  const scene: Scene = await openScene(server.url, { durable, secret });
  const bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
  const nobody = await scene.create({ label: "Nobody", namespace: "app", database: "tenant_a" });
  const session = scene.registry.session(bob);
  await session.set("colour", encodeValue("blue"));
  await session.set("api_token", encodeValue("hush"));
  await session.set("note", encodeValue({ text: "surreal-refresh-abcdefgh", size: 5 }));
  const own = await withHandlers(scene.registry);
  return { ...own, scene, bob, nobody, durable, secret };
}

const empty = async () => withHandlers(await loadRegistry());

describe("the file", () => {
  it("has everything but secrets, which are in it only where they are asked for", async () => {
    const { write, scene, bob, world } = await filled();
    world.page();
    await world.control.set(7, { to: bob });
    await world.control.always(7, { on: true });
    const family = scene.registry.session(bob).family;
    const secrets = [family?.tokens.access, family?.tokens.refresh, "hush", "abcdefgh"];
    const text = await write();
    for (const secret of secrets) expect(text).not.toContain(secret);
    const file = JSON.parse(text) as KeptFile;
    expect(file).toMatchObject({
      format: "switchyard-data",
      secrets: false,
      connections: [{ url: server.url }],
      sessions: [{ label: "Bob", auth: { user: "user:bob" } }, { label: "Nobody" }],
      always: [{ origin: APP, to: bob }],
      access: [{ origin: APP, granted: ["bob"] }],
      settings: { abandonAfter: expect.any(Number) },
    });
    const whole = await write(true);
    expect(whole).toContain(family?.tokens.access);
    // A refresh token has one owner: with a copy of it both would lose it.
    expect(family?.tokens.refresh).toBeTruthy();
    expect(whole).not.toContain(family?.tokens.refresh);
  });

  it("read elsewhere lists the same, connected to nothing before the person says so", async () => {
    const { write, bob } = await filled();
    const other = await empty();
    expect(await other.read(await write())).toEqual({ connections: 1, sessions: 2, statements: 0 });
    const { registry } = other;
    expect(registry.connections).toMatchObject([{ url: server.url, state: { kind: "closed" } }]);
    expect(registry.sessions).toMatchObject([
      { key: bob, label: "Bob", number: 1, status: "expired", needsSignIn: true },
      { label: "Nobody", status: "active", namespace: "app", database: "tenant_a" },
    ]);
    const variables = registry.session(bob).record.variables;
    expect(variables.map(({ name, value }) => [name, decodeValue(value)])).toEqual([
      ["colour", "blue"],
      ["note", { text: COVERED, size: 5 }],
    ]);
    await registry.retryConnection(registry.connections[0]?.id ?? "");
    const scene = sceneOf(registry, registry.connections[0]?.id ?? "");
    await scene.connected();
    await registry.session(bob).signIn(SIGN_INS.bob);
    expect(await scene.whoIs(bob)).toContain("user:bob");
  });

  it("with secrets brings sessions back signed in", async () => {
    const { write, bob } = await filled();
    const other = await empty();
    await other.read(await write(true));
    const { registry } = other;
    const scene = sceneOf(registry, registry.connections[0]?.id ?? "");
    await registry.retryConnection(scene.connectionId);
    await scene.connected();
    expect(await scene.whoIs(bob)).toContain("user:bob");
    expect(await scene.ask(bob, "RETURN $api_token")).toBe("hush");
  });

  it("read where everything is there already changes nothing", async () => {
    const { write, read, scene } = await filled();
    const text = await write(true);
    const before = structuredClone(scene.registry.sessions);
    await scene.registry.edit(before[0]?.key ?? "", { label: "Robert" });
    expect(await read(text)).toEqual({ connections: 0, sessions: 0, statements: 0 });
    expect(scene.registry.sessions.map(({ label }) => label)).toEqual(["Robert", "Nobody"]);
  });

  it("has the saved web sessions too, and comes in where there are none", async () => {
    const { write, web } = await filled();
    await web.savedAll("alice", "bob");
    const text = await write();
    expect(text).not.toContain("alice-1 1");
    const other = await empty();
    expect(await other.read(text)).toEqual({ connections: 1, sessions: 4, statements: 0 });
    expect(other.web.saved("alice")).toMatchObject({ status: "expired" });
    expect(await other.read(text)).toEqual({ connections: 0, sessions: 0, statements: 0 });
    // A file of before there were any.
    const { web: _web, ...older } = JSON.parse(text);
    const third = await empty();
    expect(await third.read(JSON.stringify(older))).toEqual({
      connections: 1,
      sessions: 2,
      statements: 0,
    });
    const broken = JSON.stringify({ ...older, web: [{}] });
    expect((await failureOf(third.read(broken))).message).toContain("Saved sign-in 1");
  });

  it("can send no page's requests to another computer, nor give a page any session", async () => {
    const { write, bob } = await filled();
    const file = JSON.parse(await write()) as KeptFile;
    file.always = [{ origin: APP, to: bob, scope: { kind: "page" } }];
    const far = structuredClone(file);
    for (const each of far.connections) each.url = "wss://evil.example/rpc";
    const first = await empty();
    await first.read(JSON.stringify(far));
    expect(first.world.routes.always).toEqual([]);
    const second = await empty();
    await second.read(JSON.stringify(file));
    expect(second.world.routes.always).toEqual(file.always);
    expect(second.counts().accessForgotten).toBe(0);
  });
});

describe("a file that anybody may have written", () => {
  it("is refused with the place of what is wrong, and nothing of it is taken", async () => {
    const { write } = await filled();
    const file = JSON.parse(await write(true)) as KeptFile;
    const other = await empty();
    const refused = async (change: (file: KeptFile) => unknown) => {
      const copy = structuredClone(file);
      change(copy);
      const { name, message } = await failureOf(other.read(JSON.stringify(copy)));
      expect(name).toBe("KeptFileError");
      return message;
    };
    const first = (copy: KeptFile) => copy.sessions[0] as unknown as Record<string, unknown>;
    expect(await refused((copy) => Object.assign(first(copy), { key: "default@x" }))).toContain(
      "Session 1 can't be read: key",
    );
    expect(await refused((copy) => Object.assign(first(copy), { colour: "red;}" }))).toContain(
      "colour",
    );
    expect(
      await refused((copy) => Object.assign(first(copy), { connectionId: "nowhere" })),
    ).toContain("connectionId");
    expect(
      await refused((copy) => Object.assign(first(copy), { variables: [{ name: "auth" }] })),
    ).toContain("A variable can't be read: name");
    expect(
      await refused((copy) =>
        Object.assign(first(copy), { variables: [{ name: "a", value: "/w==" }] }),
      ),
    ).toContain("value");
    expect(await refused((copy) => Object.assign(copy.connections[0] ?? {}, { url: "x y" }))).toBe(
      "Connection 1 can't be read: url isn't what it should be.",
    );
    expect(
      await refused((copy) =>
        copy.always.push({ origin: "null", to: "x", scope: { kind: "page" } }),
      ),
    ).toContain("origin");
    expect(await refused((copy) => Object.assign(copy, { version: 2 }))).toContain("version");
    expect((await failureOf(other.read("{"))).message).toContain("isn't JSON");
    expect((await failureOf(other.read("[]"))).message).toContain("no object");
    expect(other.registry.connections).toEqual([]);
  });

  it("never breaks the reader, whatever is put in any of its places", async () => {
    const { write } = await filled();
    const file: unknown = JSON.parse(await write(true));
    const paths = pathsIn(file);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const text = JSON.stringify(broken(file, path, value));
        try {
          for (const each of readKeptFile(text).sessions)
            expect(each.label.length).toBeLessThan(81);
        } catch (error) {
          expect(error).toMatchObject({ name: "KeptFileError" });
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("saved statements", () => {
  const QUERY = { method: "query", bindings: "{ pass: 'hush', n: 1 }" };

  it("go out without what can be told as a secret, or with it, and come in beside what is there", async () => {
    const { write, statements } = await filled();
    const text = "CREATE user SET password = 'hush', name = 'Bob'";
    await statements.saved.save({ ...QUERY, text, name: "Make Bob" });
    const plain = JSON.parse(await write()).statements;
    expect(plain).toMatchObject([{ name: "Make Bob", method: "query" }]);
    expect(JSON.stringify(plain)).not.toContain("hush");
    expect(plain[0].text).toContain("name = 'Bob'");
    const file = await write(true);
    expect(JSON.parse(file).statements[0]).toMatchObject({ ...QUERY, text });

    const other = await withHandlers(await loadRegistry());
    await other.statements.saved.save({ ...QUERY, text: "RETURN 1", name: "Make Bob" });
    expect(await other.read(file)).toMatchObject({ statements: 1 });
    expect((await other.statements.saved.all()).map(({ name, text }) => [name, text])).toEqual([
      ["Make Bob", "RETURN 1"],
      ["Make Bob 2", text],
    ]);
    // The same file once more brings its statement under the name that is free, and no third.
    const again = { ...JSON.parse(file) };
    again.statements[0].name = "Make Bob 2";
    expect(await other.read(JSON.stringify(again))).toMatchObject({ statements: 0 });
  });

  it("of an older file are none; of one that anybody wrote, refused with their place", async () => {
    const { write, statements } = await filled();
    await statements.saved.save({ ...QUERY, text: "RETURN 1", name: "One" });
    const file = JSON.parse(await write());
    const { statements: _, ...older } = file;
    expect(readKeptFile(JSON.stringify(older)).statements).toEqual([]);
    for (const wrong of [
      { name: "" },
      { name: "x".repeat(81) },
      { method: "signin-all" },
      { text: 7 },
      { text: "x".repeat(1_000_001) },
      { text: "é".repeat(600_000) },
      { savedAt: "now" },
    ]) {
      const text = JSON.stringify({ ...file, statements: [{ ...file.statements[0], ...wrong }] });
      expect(() => readKeptFile(text)).toThrow("Statement 1 can't be read");
    }
    const many = Array.from({ length: 201 }, () => file.statements[0]);
    expect(() => readKeptFile(JSON.stringify({ ...file, statements: many }))).toThrow("statements");
  });

  it("are deleted with everything, and so is what was run", async () => {
    const { forget, statements } = await filled();
    await statements.saved.save({ ...QUERY, text: "RETURN 1", name: "One" });
    await statements.past.add({ ...QUERY, text: "RETURN 1", id: "p", at: 1, sessions: [] });
    await forget();
    expect(await statements.saved.heads()).toEqual([]);
    expect(await statements.past.all()).toEqual([]);
    expect(statements.area.items).toEqual({});
  });
});

it("deleting leaves nothing: no session, sign-in, history, route or grant", async () => {
  const { forget, scene, bob, world, web, durable, secret, counts } = await filled();
  await web.savedAll("alice");
  world.page();
  await world.control.set(7, { to: bob });
  await world.control.always(7, { on: true });
  await scene.registry.changeSettings({ abandonAfter: 120_000 });
  await forget();
  expect(scene.registry.sessions).toEqual([]);
  expect(scene.registry.connections).toEqual([]);
  expect(scene.registry.settings.abandonAfter).toBe(7 * 24 * 60 * 60 * 1000);
  const kept = await durable.load();
  expect([kept.profiles, kept.sessions, kept.remembered.size]).toEqual([[], [], 0]);
  await until(async () => (await secret.load()).size === 0);
  expect(world.view()).toEqual([]);
  expect([web.stores.records.size, web.stores.snapshots.size]).toEqual([0, 0]);
  expect(world.store.kept).toEqual({ always: [], agreed: [] });
  expect(counts()).toEqual({ cleared: 1, accessForgotten: 1 });
});

/** Every place in a value, as the path to it. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}

function broken(value: unknown, path: string[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[step] = broken(copy[step], rest, by);
  return copy;
}
