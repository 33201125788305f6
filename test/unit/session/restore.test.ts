/** What comes back after a cut, a restarted server, the worker's death and the browser's end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { SessionView } from "../../../src/session/model.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { type RpcProxy, startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

/** What a person sees of a session that must be the same afterwards. */
function lasting({ key, id, label, colour, number, namespace, database, ...view }: SessionView) {
  const { variables, auth, createdAt, order } = view as SessionView & { order?: number };
  return { key, id, label, colour, number, namespace, database, variables, auth, createdAt, order };
}

interface Stage extends Scene {
  proxy: RpcProxy;
  durable: ReturnType<typeof memoryDurableStore>;
  secret: ReturnType<typeof memorySecretStore>;
  keys: { alice: string; bob: string; root: string; anonymous: string };
}

async function stage(server: DemoServer): Promise<Stage> {
  const proxy = await startProxy(server.url);
  const durable = memoryDurableStore();
  const secret = memorySecretStore();
  const scene = await openScene(proxy.url, { durable, secret });
  const [alice, bob, root, anonymous] = await Promise.all([
    scene.create({ signIn: SIGN_INS.alice, label: "Alice" }),
    scene.create({ signIn: SIGN_INS.bob, label: "Bob" }),
    scene.create({ signIn: SIGN_INS.root, namespace: "app", database: "tenant_a" }),
    scene.create({ label: "Nobody", namespace: "app", database: "tenant_b" }),
  ]);
  await scene.registry.session(alice).use("app", "tenant_b");
  await scene.registry.session(alice).set("colour", encodeValue("red"));
  await scene.registry.session(anonymous).set("colour", encodeValue("grey"));
  return { ...scene, proxy, durable, secret, keys: { alice, bob, root, anonymous } };
}

async function checkAll(scene: Scene, { keys }: Pick<Stage, "keys">): Promise<void> {
  expect(await scene.whoIs(keys.alice)).toBe("user:alice app tenant_b");
  expect(await scene.whoIs(keys.bob)).toBe("user:bob app tenant_b");
  expect(await scene.whoIs(keys.root)).toBe("root app tenant_a");
  expect(await scene.ask(keys.alice, "RETURN [$colour, $session.id]")).toMatchObject(["red", {}]);
  expect(String(await scene.ask(keys.alice, "RETURN $session.id"))).toBe(keys.alice);
  expect((await failureOf(scene.ask(keys.anonymous, "RETURN 1"))).message).toContain("Anonymous");
  for (const key of Object.values(keys)) {
    expect(scene.view(key)).toMatchObject({
      status: "active",
      truth: { state: "agrees" },
      gate: { open: true },
      needsSignIn: false,
    });
  }
}

describe("with a server in memory", () => {
  let server: DemoServer;
  beforeAll(async () => {
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it("brings all sessions back on a fresh socket after a cut, under the same ids", async () => {
    const scene = await stage(server);
    const before = scene.registry.sessions.map(lasting);
    scene.proxy.cut();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    expect(scene.registry.connections[0]?.state).toMatchObject({ failure: { code: "lost" } });
    await scene.connected();
    await checkAll(scene, scene);
    expect(scene.registry.sessions.map(lasting)).toEqual(before);
    await scene.registry.dispose();
    await scene.proxy.close();
  });

  it("sets up in the order attach, authenticate, use, let, and sessions side by side", async () => {
    const scene = await stage(server);
    const { proxy, keys } = scene;
    const begun = proxy.seen.length;
    proxy.cut();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    await scene.connected();
    const sent = proxy.seen.slice(begun);
    const steps = sent.filter(({ session }) => session === keys.alice).map(({ method }) => method);
    expect(steps).toEqual(["attach", "authenticate", "use", "let", "query"]);
    const [version, ...attaches] = sent.slice(0, 5).map(({ method }) => method);
    expect([version, ...attaches]).toEqual(["version", "attach", "attach", "attach", "attach"]);
    for (const { params } of proxy.of("use")) {
      if (typeof params[1] === "string") expect(params[0]).toBeTypeOf("string");
    }
    await scene.registry.dispose();
    await proxy.close();
  });

  it("takes a stale id on a fresh socket anew", async () => {
    const scene = await stage(server);
    const { proxy, keys } = scene;
    const refused = new Set<string>();
    proxy.onRequest = ({ method, session }) => {
      if (method !== "attach" || session === undefined || refused.has(session)) return undefined;
      refused.add(session);
      return {
        error: {
          code: -32000,
          message: "Session already exists",
          kind: "AlreadyExists",
          details: { kind: "Session", details: { id: session } },
        },
      };
    };
    const begun = proxy.seen.length;
    proxy.cut();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    await scene.connected();
    await checkAll(scene, scene);
    const steps = proxy.seen.slice(begun).filter(({ session }) => session === keys.alice);
    expect(steps.slice(0, 4).map(({ method }) => method)).toEqual([
      "attach",
      "detach",
      "attach",
      "authenticate",
    ]);
    await scene.registry.dispose();
    await proxy.close();
  });

  it("restores a session that the server lost behind our back", async () => {
    const scene = await stage(server);
    const { keys } = scene;
    await scene.registry.connection(scene.connectionId).request("detach", undefined, keys.alice);
    expect((await failureOf(scene.ask(keys.alice, "RETURN 1"))).kind).toBe("NotFound");
    // The next one waits for the restore.
    expect(await scene.whoIs(keys.alice)).toBe("user:alice app tenant_b");
    expect(scene.view(keys.alice).status).toBe("active");
    await scene.registry.connection(scene.connectionId).request("detach", undefined, keys.bob);
    await scene.registry.session(keys.bob).check();
    await until(() => scene.view(keys.bob).gate.open);
    await checkAll(scene, scene);
    await scene.registry.connection(scene.connectionId).request("detach", undefined, keys.bob);
    expect((await failureOf(scene.registry.session(keys.bob).use("app", "tenant_a"))).kind).toBe(
      "NotFound",
    );
    await until(() => scene.view(keys.bob).gate.open);
    await checkAll(scene, scene);
    await scene.registry.dispose();
    await scene.proxy.close();
  });

  it("is whole again after the worker's death, from what is stored", async () => {
    const scene = await stage(server);
    await scene.registry.session(scene.keys.bob).set("size", encodeValue(5));
    const before = scene.registry.sessions.map(lasting);
    const { durable, secret, keys } = scene;
    await scene.registry.dispose();
    const again = await openScene(scene.proxy.url, { durable, secret });
    await until(() => again.view(keys.alice).gate.open);
    expect(again.registry.sessions.map(lasting)).toEqual(before);
    await checkAll(again, scene);
    expect(await again.ask(keys.bob, "RETURN $size")).toBe(5);
    const lines = (await again.history(keys.alice)).map(({ event }) => event);
    expect(lines).toEqual(["created", "auth", "using", "variable"]);
    // New ones come behind the old.
    const next = await again.create({ label: "Next" });
    expect(again.registry.sessions.at(-1)?.key).toBe(next);
    await again.registry.dispose();
    await scene.proxy.close();
  });

  it("asks for a new sign-in after the browser's end, but not where it was to be remembered", async () => {
    const scene = await stage(server);
    const { durable, keys } = scene;
    await scene.registry.remember(keys.bob, true);
    const fork = await scene.registry.fork(keys.bob, "Bob's copy");
    await scene.registry.dispose();
    const again = await openScene(scene.proxy.url, { durable, secret: memorySecretStore() });
    await until(() => again.view(keys.bob).gate.open);
    for (const key of [keys.alice, keys.root]) {
      expect(again.view(key)).toMatchObject({
        status: "expired",
        cause: "Sign-in not kept.",
        needsSignIn: true,
        gate: { open: false },
        auth: { renewable: false },
      });
    }
    expect(again.view(keys.alice)).toMatchObject({
      auth: { user: "user:alice" },
      signInForm: { way: "record", variables: { name: "alice", password: "" } },
      variables: [{ name: "colour" }],
    });
    expect(await again.whoIs(keys.bob)).toBe("user:bob app tenant_b");
    expect(await again.whoIs(fork)).toBe("user:bob app tenant_b");
    expect(again.view(keys.anonymous).gate.open).toBe(true);
    await again.registry.session(keys.alice).signIn(SIGN_INS.alice);
    // Signing in selects where Alice is defined; her variables are still there.
    expect(again.view(keys.alice)).toMatchObject({ id: keys.alice, status: "active" });
    expect(await again.ask(keys.alice, "RETURN $colour")).toBe("red");
    await again.registry.dispose();
    await scene.proxy.close();
  });

  it("keeps no secret of a sign-in that is no longer to be remembered", async () => {
    const scene = await stage(server);
    const { registry, durable, secret, keys } = scene;
    const remembered = async () => (await durable.load()).remembered.size;
    for (const key of [keys.alice, keys.bob, keys.root]) await registry.remember(key, true);
    expect(await remembered()).toBe(3);
    await registry.remember(keys.alice, false);
    expect(await remembered()).toBe(2);
    await registry.session(keys.bob).end();
    expect(await remembered()).toBe(1);
    await registry.session(keys.root).close();
    await registry.dispose();
    // Closed, then forgotten by a worker that came later.
    const later = await openScene(scene.proxy.url, { durable, secret });
    await later.registry.forget(keys.root);
    expect(await remembered()).toBe(0);
    expect((await secret.load()).size).toBe(1);
    await later.registry.dispose();
    await scene.proxy.close();
  });

  it("opens a closed session again after the worker's death, signed in and remembered as it was", async () => {
    const scene = await stage(server);
    const { registry, durable, secret, keys } = scene;
    await registry.remember(keys.alice, true);
    await registry.session(keys.alice).close();
    await registry.dispose();
    const later = await openScene(scene.proxy.url, { durable, secret });
    const again = await later.registry.reopen(keys.alice);
    expect(await later.whoIs(again)).toBe("user:alice app tenant_b");
    expect(later.view(again).remembered).toBe(true);
    await later.registry.remember(again, false);
    expect((await durable.load()).remembered.size).toBe(0);
    await later.registry.dispose();
    await scene.proxy.close();
  });

  it("doesn't restore what a session's own server refuses to know as anybody, and hurts no other", async () => {
    const scene = await stage(server);
    const { proxy, keys } = scene;
    proxy.onRequest = ({ method, session }) =>
      method === "attach" && session === keys.bob
        ? { error: { code: -32000, message: "Too many sessions", kind: "Internal" } }
        : undefined;
    proxy.cut();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    await scene.connected();
    expect(scene.view(keys.bob)).toMatchObject({
      status: "active",
      truth: { state: "failed", error: { message: "Too many sessions" } },
      gate: { open: false, reason: "setting it up failed: Too many sessions" },
    });
    expect(await scene.whoIs(keys.alice)).toBe("user:alice app tenant_b");
    proxy.onRequest = () => undefined;
    await scene.registry.session(keys.bob).touch();
    await checkAll(scene, scene);
    await scene.registry.dispose();
    await proxy.close();
  });

  it("says what a server below 3.0 can't hold any more", async () => {
    const scene = await stage(server);
    const { proxy, keys } = scene;
    proxy.onRequest = ({ method }) =>
      method === "version" ? { result: "surrealdb-2.3.0" } : undefined;
    const begun = proxy.seen.length;
    proxy.cut();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    await scene.connected();
    expect(scene.view(keys.alice).truth.error).toMatchObject({
      name: "SessionsNotSupportedError",
    });
    expect(proxy.seen.slice(begun).map(({ method }) => method)).not.toContain("attach");
    await scene.registry.dispose();
    await proxy.close();
  });

  it("comes back after many cuts in the middle of its restore", async () => {
    const scene = await stage(server);
    for (const pause of [0, 3, 10, 20, 40, 5, 15]) {
      scene.proxy.cut();
      await until(() => scene.registry.connections[0]?.state.kind !== "open");
      await scene.registry.retryConnection(scene.connectionId);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    await scene.connected();
    await checkAll(scene, scene);
    await scene.registry.dispose();
    await scene.proxy.close();
  });
});

describe("after a restart of the server", () => {
  it("with its data in a folder: all back, tokens still good", async () => {
    const path = await mkdtemp(join(tmpdir(), "switchyard-restore-"));
    let server = await startServer({ port: 0, path });
    const { port } = server;
    const scene = await openScene(server.url);
    const access = async (signIn: typeof SIGN_INS.alice) => {
      const key = await scene.create({ signIn });
      return scene.registry.session(key).family?.tokens.access ?? "";
    };
    const key = await scene.create({
      signIn: { way: "token", access: await access(SIGN_INS.alice) },
    });
    await server.close();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    server = await startServer({ port, path });
    await scene.connected();
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    await scene.registry.dispose();
    await server.close();
    await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  it("in memory: its keys are new, so tokens are refused and credentials sign in again", async () => {
    let server = await startServer({ port: 0 });
    const { port } = server;
    const scene = await openScene(server.url);
    const credentials = await scene.create({ signIn: SIGN_INS.alice });
    const tokens = scene.registry.session(credentials).family?.tokens;
    const token = await scene.create({
      signIn: { way: "token", access: tokens?.access ?? "" },
    });
    const anonymous = await scene.create();
    await server.close();
    await until(() => scene.registry.connections[0]?.state.kind === "waiting");
    server = await startServer({ port });
    await scene.connected();
    expect(await scene.whoIs(credentials)).toBe("user:alice app tenant_a");
    expect(scene.view(token)).toMatchObject({
      status: expect.stringMatching(/expired|revoked/),
      needsSignIn: true,
      gate: { open: false },
    });
    expect(scene.view(anonymous)).toMatchObject({ status: "active", gate: { open: true } });
    await scene.registry.dispose();
    await server.close();
  });
});
