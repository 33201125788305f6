/** Signing in and up in every way that SurrealDB knows, on new sessions and on those that are there. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCESSES, mintKey } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { AuthLevel, SignIn } from "../../../src/session/model.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { type RpcProxy, startProxy } from "../../support/rpc-proxy.ts";
import {
  atOnce,
  failureOf,
  openScene,
  recordSignIn,
  type Scene,
  SIGN_INS,
} from "../../support/scene.ts";

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
const durable = memoryDurableStore();
const secret = memorySecretStore();

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  scene = await openScene(proxy.url, { durable, secret });
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

async function tokensOf(person: SignIn): Promise<{ access: string; refresh: string }> {
  const key = await scene.create({ signIn: person });
  const tokens = scene.registry.session(key).family?.tokens;
  if (!tokens?.refresh) throw new Error("No refresh token");
  // It would renew them, and so burn the refresh token.
  await scene.registry.session(key).close();
  await scene.registry.forget(key);
  return { access: tokens.access, refresh: tokens.refresh };
}

describe("every way of signing in", () => {
  const ways: [string, () => Promise<SignIn> | SignIn, AuthLevel, string][] = [
    ["root", () => SIGN_INS.root, "root", "root - -"],
    ["namespace user", () => SIGN_INS.operator, "namespace", "operator app -"],
    ["database user", () => SIGN_INS.editor, "database", "editor app tenant_a"],
    ["record user", () => SIGN_INS.alice, "record", "user:alice app tenant_a"],
    [
      "bearer key of a database user",
      async () => ({
        way: "bearer",
        namespace: "app",
        database: "tenant_a",
        access: ACCESSES.userKey,
        key: await mintKey(server.query, { user: "viewer" }),
      }),
      "bearer",
      "viewer app tenant_a",
    ],
    [
      "bearer key of a record user",
      async () => ({
        way: "bearer",
        namespace: "app",
        database: "tenant_a",
        access: ACCESSES.recordKey,
        key: await mintKey(server.query, { record: "user:bob" }),
      }),
      "bearer",
      "user:bob app tenant_a",
    ],
    [
      "access token",
      async () => ({ way: "token", access: ` ${(await tokensOf(SIGN_INS.alice)).access}\n` }),
      "record",
      "user:alice app tenant_a",
    ],
    [
      "access and refresh token",
      async () => ({ way: "tokens", ...(await tokensOf(SIGN_INS.bob)) }),
      "record",
      "user:bob app tenant_b",
    ],
  ];

  it.each(ways)("%s", async (_way, signIn, level, identity) => {
    const wanted = await signIn();
    const key = await scene.create({ signIn: wanted });
    const view = scene.view(key);
    expect(view).toMatchObject({
      status: "active",
      auth: { level, user: identity.split(" ")[0] },
      truth: { state: "agrees" },
      gate: { open: true },
      // Only a mere token can't be had again.
      warnings:
        wanted.way === "token" ? [expect.stringMatching(/Token until .* Sign in to keep it/)] : [],
      signInForm: { way: wanted.way },
    });
    const place = [view.namespace ?? "-", view.database ?? "-"].join(" ");
    expect(`${view.auth.user} ${place}`).toBe(identity);
    const [user, ...where] = identity.split(" ");
    if (where[1] !== "-") expect(await scene.whoIs(key)).toBe(identity);
    else expect(JSON.stringify(await scene.ask(key, "RETURN $token"))).toContain(`"${user}"`);
  });

  it("is restored after a cut as it was", async () => {
    const keys = await Promise.all(
      ways.map(async ([, signIn]) => scene.create({ signIn: await signIn() })),
    );
    const before = keys.map((key) => {
      const { status, auth, namespace, database } = scene.view(key);
      return { status, level: auth.level, user: auth.user, namespace, database };
    });
    proxy.cut();
    await until(() => keys.every((key) => !scene.view(key).gate.open));
    await scene.connected();
    for (const [index, key] of keys.entries()) {
      const { auth, ...view } = scene.view(key);
      expect({ ...view, level: auth.level, user: auth.user }, ways[index]?.[0]).toMatchObject({
        ...before[index],
        truth: { state: "agrees" },
        gate: { open: true },
      });
    }
  });

  it("anonymous, by choice", async () => {
    const key = await scene.create({ signIn: { way: "anonymous" } });
    expect(scene.view(key)).toMatchObject({
      status: "active",
      auth: { level: "anonymous", renewable: false },
      truth: { state: "agrees" },
      needsSignIn: false,
    });
    const refused = await failureOf(scene.ask(key, "SELECT * FROM note"));
    expect(refused).toMatchObject({ kind: "NotAllowed" });
    expect(refused.message).toContain("Anonymous access not allowed");
  });

  it("keeps the refresh token, or doesn't, as asked", async () => {
    const kept = await scene.create({ signIn: SIGN_INS.alice });
    const dropped = await scene.create({ signIn: SIGN_INS.alice, refresh: false });
    expect(scene.registry.session(kept).family?.tokens.refresh).toBeTypeOf("string");
    expect(scene.registry.session(dropped).family?.tokens.refresh).toBeUndefined();
    expect(await scene.whoIs(dropped)).toBe("user:alice app tenant_a");
  });

  it("signs up, with and without refresh token", async () => {
    for (const refresh of [true, false]) {
      const name = `new_${refresh}`;
      const key = await scene.create({ signIn: recordSignIn(name), signUp: true, refresh });
      expect(await scene.whoIs(key)).toBe(`user:${name} app tenant_a`);
      const { family } = scene.registry.session(key);
      expect(family?.tokens.refresh !== undefined).toBe(refresh);
    }
    expect(
      (await failureOf(scene.create({ signIn: recordSignIn("alice"), signUp: true }))).message,
    ).toBeTruthy();
  });

  it("goes where it was told, not only where the user is defined", async () => {
    const key = await scene.create({
      signIn: SIGN_INS.operator,
      namespace: "app",
      database: "tenant_b",
    });
    expect(await scene.whoIs(key)).toBe("operator app tenant_b");
  });
});

describe("a sign-in that fails", () => {
  const wrong: [string, SignIn][] = [
    ["wrong password of root", { way: "root", username: "root", password: "wrong" }],
    ["wrong password", recordSignIn("alice", "tenant_a", ACCESSES.account, "wrong")],
    ["unknown access", recordSignIn("alice", "tenant_a", "nowhere")],
    ["unknown database", recordSignIn("alice", "nowhere")],
    [
      "wrong key",
      { way: "bearer", namespace: "app", database: "tenant_a", access: "user_key", key: "no" },
    ],
    ["no token", { way: "token", access: "nonsense" }],
    ["a token of another server", { way: "token", access: foreignToken() }],
    ["tokens that aren't", { way: "tokens", access: foreignToken(), refresh: "surreal-refresh-x" }],
  ];

  it.each(wrong)("leaves no new session behind: %s", async (_what, signIn) => {
    const before = scene.registry.sessions.length;
    const stored = (await durable.load()).sessions.length;
    const attached = () => server.stats().sockets.flatMap(({ sessions }) => sessions).length;
    const listed = attached();
    const families = (await secret.load()).size;
    const error = await failureOf(scene.create({ signIn }));
    expect(error.message).toBeTruthy();
    expect(scene.registry.sessions.length).toBe(before);
    expect((await durable.load()).sessions.length).toBe(stored);
    expect((await secret.load()).size).toBe(families);
    expect(attached()).toBe(listed);
  });

  it.each(wrong)("leaves an existing session who it was: %s", async (_what, signIn) => {
    const key = await scene.create({ signIn: SIGN_INS.bob });
    await scene.registry.session(key).use("app", "tenant_a");
    const before = scene.view(key);
    const error = await failureOf(scene.registry.session(key).signIn(signIn));
    expect(error.message).toBeTruthy();
    const { status, auth, namespace, database, gate } = scene.view(key);
    expect({ status, auth, namespace, database, gate }).toEqual({
      status: before.status,
      auth: before.auth,
      namespace: before.namespace,
      database: before.database,
      gate: { open: true },
    });
    expect(await scene.whoIs(key)).toBe("user:bob app tenant_a");
  });

  it("leaves an anonymous session anonymous", async () => {
    const key = await scene.create();
    await failureOf(scene.registry.session(key).signIn({ way: "token", access: foreignToken() }));
    expect(scene.view(key)).toMatchObject({
      status: "active",
      auth: { level: "anonymous" },
      gate: { open: true },
    });
  });

  it("refuses to remember a sign-in of a server elsewhere before anything is sent", async () => {
    const elsewhere = await scene.registry.addConnection({ url: "wss://db.invalid/rpc" });
    const before = proxy.seen.length;
    expect(
      await failureOf(
        scene.registry.create({
          connectionId: elsewhere.id,
          remember: true,
          signIn: SIGN_INS.root,
        }),
      ),
    ).toMatchObject({
      name: "InvalidRequestError",
      message: expect.stringContaining("remembered"),
    });
    expect(proxy.seen.length).toBe(before);
    await scene.registry.removeConnection(elsewhere.id);
  });
});

describe("changing who a session is", () => {
  it("signs in as somebody else, and the place follows the user", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).signIn(SIGN_INS.bob);
    expect(await scene.whoIs(key)).toBe("user:bob app tenant_b");
    expect(scene.view(key)).toMatchObject({ namespace: "app", database: "tenant_b" });
    const auth = (await scene.history(key)).filter(({ event }) => event === "auth");
    expect(auth).toMatchObject([
      { before: "anonymous", after: "user:alice", by: "you" },
      { before: "user:alice", after: "user:bob", by: "you" },
    ]);
  });

  it("signs out: ended, still attached, and nothing runs until a sign-in", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).end();
    expect(scene.view(key)).toMatchObject({
      status: "ended",
      cause: "Signed out.",
      auth: { level: "anonymous" },
    });
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).toContain(key);
    const sent = proxy.seen.length;
    const refused = await atOnce(failureOf(scene.ask(key, "RETURN 1")));
    expect(refused).toMatchObject({ name: "GateClosedError" });
    expect(proxy.seen.length).toBe(sent);
    await scene.registry.session(key).signIn(SIGN_INS.alice);
    expect(scene.view(key).status).toBe("active");
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });

  it("forgets the secrets of a sign-in that nobody belongs to any more", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = scene.registry.session(key).family?.id ?? "";
    expect((await secret.load()).has(id)).toBe(true);
    await scene.registry.session(key).end();
    expect((await secret.load()).has(id)).toBe(false);
  });

  it("renews: another access token, the same user", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const before = session.family?.tokens;
    await session.renew("you");
    expect(session.family?.tokens.access).not.toBe(before?.access);
    expect(session.family?.tokens.refresh).not.toBe(before?.refresh);
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    expect((await secret.load()).get(session.family?.id ?? "")?.tokens).toEqual(
      session.family?.tokens,
    );
  });

  it("revokes the refresh token, and the session goes on", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const { access, refresh } = session.family?.tokens ?? { access: "" };
    await session.revoke();
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    expect(session.family?.tokens.refresh).toBeUndefined();
    expect(await failureOf(session.revoke())).toMatchObject({ name: "InvalidRequestError" });
    const link = scene.registry.connection(scene.connectionId);
    const other = await scene.create();
    expect(await failureOf(link.request("refresh", [{ access, refresh }], other))).toMatchObject({
      kind: "NotAllowed",
    });
  });

  it("tells no view a secret", async () => {
    const signIn = recordSignIn("alice");
    signIn.variables.api_key = "s3cr3t-k3y";
    const key = await scene.create({ signIn });
    const { access, refresh } = scene.registry.session(key).family?.tokens ?? {};
    const told = JSON.stringify([scene.view(key), await scene.history(key)]);
    const stored = JSON.stringify((await durable.load()).sessions);
    for (const hidden of [access, refresh, "s3cr3t-k3y", '"password":"alice"']) {
      expect(told).not.toContain(hidden);
      expect(stored).not.toContain(hidden);
    }
    expect(scene.view(key).signInForm?.variables).toEqual({
      name: "alice",
      password: "",
      api_key: "",
    });
  });
});

describe.concurrent("after some time", () => {
  it("signs in where the access token is past, with the refresh token", async () => {
    const { access, refresh } = await tokensOf(
      recordSignIn("alice", "tenant_a", ACCESSES.briefRenewable),
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const key = await scene.create({ signIn: { way: "tokens", access, refresh } });
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    expect(scene.registry.session(key).family?.tokens.refresh).not.toBe(refresh);
  });

  it("detaches an expired session that it would have brought back", async () => {
    const key = await scene.create({
      signIn: recordSignIn("alice", "tenant_a", ACCESSES.briefSession),
    });
    await until(() => scene.view(key).status === "expired");
    await failureOf(
      scene.registry.session(key).signIn({ way: "root", username: "root", password: "wrong" }),
    );
    expect(scene.view(key)).toMatchObject({ status: "expired", needsSignIn: true });
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(key);
    await scene.registry.session(key).signIn(SIGN_INS.alice);
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });
});

function foreignToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { ID: "user:alice", NS: "app", DB: "tenant_a", AC: "account", exp: 4e9 };
  return `${part({ alg: "HS512", typ: "JWT" })}.${part(claims)}.${"x".repeat(86)}`;
}
