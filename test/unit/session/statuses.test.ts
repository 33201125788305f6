/** How sessions come to each of their statuses, what is told about it, and how they come back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCESSES } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { SessionKey, SessionStatus } from "../../../src/session/model.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { startProxy } from "../../support/rpc-proxy.ts";
import {
  atOnce,
  failureOf,
  openScene,
  recordSignIn,
  type Scene,
  SIGN_INS,
} from "../../support/scene.ts";

let server: DemoServer;
const open: { dispose(): Promise<void> }[] = [];

/** A scene behind a proxy of its own, so that cutting it off cuts nobody else off. */
async function stage() {
  const proxy = await startProxy(server.url);
  const durable = memoryDurableStore();
  const secret = memorySecretStore();
  const scene = await openScene(proxy.url, { durable, secret });
  open.push({
    dispose: async () => {
      await scene.registry.dispose();
      await proxy.close();
    },
  });
  return { proxy, durable, secret, ...scene };
}

async function reconnect(scene: Scene & { proxy: { cut(): void } }, key: string): Promise<void> {
  const before = scene.registry.connections[0]?.since;
  scene.proxy.cut();
  await until(() => scene.registry.connections[0]?.since !== before);
  await until(() => scene.registry.connections[0]?.state.kind === "open");
  await until(() => scene.view(key).truth.state !== "checking");
}

async function statuses(scene: Scene, key: string): Promise<[SessionStatus, string, string][]> {
  return (await scene.history(key))
    .filter(({ event }) => event === "status")
    .map(({ after, by, text }) => [after as SessionStatus, by, text ?? ""]);
}

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const scene of open) await scene.dispose();
  await server.close();
});

describe.concurrent("expired", () => {
  it("when the session's time at the server is over", async () => {
    const scene = await stage();
    const signIn = recordSignIn("alice", "tenant_a", ACCESSES.briefSession);
    const asked = Date.now();
    const key = await scene.create({ signIn });
    const { expireAt = 0 } = scene.view(key);
    // Two seconds from when it was signed in.
    expect(expireAt).toBeGreaterThan(asked + 500);
    expect(expireAt).toBeLessThan(Date.now() + 3_500);
    await until(() => scene.view(key).status === "expired");
    expect(scene.view(key)).toMatchObject({
      cause: "The session's time at the server is over.",
      needsSignIn: true,
      gate: { open: false },
      signInForm: { way: "record", variables: { name: "alice", password: "" } },
    });
    expect(await failureOf(scene.ask(key, "RETURN 1"))).toMatchObject({
      name: "GateClosedError",
      advice: "Sign in again.",
    });
    // Touch brings it back: the access token is good for an hour.
    await scene.registry.session(key).touch();
    expect(scene.view(key)).toMatchObject({ status: "active", gate: { open: true } });
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    expect(await statuses(scene, key)).toMatchObject([
      ["expired", expect.stringMatching(/clock|server/), expect.any(String)],
      ["active", expect.any(String), expect.any(String)],
    ]);
  });

  it("not with its token: a session without end stays active with a warning until it is cut off", async () => {
    const scene = await stage();
    const brief = await scene.create({
      signIn: recordSignIn("bob", "tenant_a", ACCESSES.briefToken),
    });
    const byToken = (of: SessionKey) => {
      const access = scene.registry.session(of).family?.tokens.access ?? "";
      return scene.create({ signIn: { way: "token", access } });
    };
    const key = await byToken(brief);
    const other = await scene.create({ signIn: SIGN_INS.alice });
    // Of hers the token is good for an hour.
    expect(scene.view(await byToken(other)).warnings).toEqual([
      expect.stringMatching(/Token until \d\d:\d\d/),
    ]);
    await until(() => scene.view(key).warnings[0]?.startsWith("Token expired"));
    expect(scene.view(key)).toMatchObject({
      status: "active",
      warnings: ["Token expired: works until the connection drops. Sign in again to keep it."],
    });
    // The server tolerates a moment more.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await scene.whoIs(key)).toBe("user:bob app tenant_a");
    expect(scene.view(key).status).toBe("active");
    await reconnect(scene, key);
    expect(scene.view(key)).toMatchObject({
      status: "expired",
      cause: "The access token has expired.",
      needsSignIn: true,
    });
    // With what is kept of the credentials the other is signed in again by itself.
    expect(await scene.whoIs(brief)).toBe("user:bob app tenant_a");
    expect(await scene.whoIs(other)).toBe("user:alice app tenant_a");
    const error = await failureOf(scene.registry.session(key).touch());
    expect(error).toMatchObject({
      name: "SessionNotRestoredError",
      message: "The access token has expired.",
      advice: "Sign in again.",
    });
    await scene.registry.session(key).signIn(SIGN_INS.bob);
    expect(scene.view(key)).toMatchObject({ status: "active", warnings: [], needsSignIn: false });
  });

  it("can be signed out, reset, used as a pattern for a fork, and closed", async () => {
    const scene = await stage();
    const signIn = recordSignIn("alice", "tenant_a", ACCESSES.briefSession);
    const keys = await Promise.all([1, 2, 3, 4].map(() => scene.create({ signIn })));
    await until(() => keys.every((key) => scene.view(key).status === "expired"));
    const [ended = "", reset = "", forked = "", closed = ""] = keys;
    await scene.registry.session(ended).end();
    expect(scene.view(ended)).toMatchObject({ status: "ended", auth: { level: "anonymous" } });
    await scene.registry.session(reset).reset();
    expect(scene.view(reset)).toMatchObject({
      status: "active",
      auth: { level: "anonymous" },
      truth: { state: "agrees" },
      gate: { open: true },
    });
    const fork = await scene.registry.fork(forked);
    expect(await scene.whoIs(fork)).toBe("user:alice app tenant_a");
    await scene.registry.session(closed).close();
    expect(scene.view(closed).status).toBe("removed");
    await scene.registry.session(ended).signIn(SIGN_INS.bob);
    expect(await scene.whoIs(ended)).toBe("user:bob app tenant_b");
  });
});

describe.concurrent("revoked", () => {
  it("when the system user was removed: found at the next restore", async () => {
    const scene = await stage();
    await server.query("DEFINE USER temp ON ROOT PASSWORD 'temp' ROLES OWNER");
    const signIn = { way: "root", username: "temp", password: "temp" } as const;
    const key = await scene.create({ signIn, namespace: "app", database: "tenant_a" });
    await server.query("REMOVE USER temp ON ROOT");
    // The running session goes on: nobody asked the server for its sign-in again.
    expect(scene.view(key).status).toBe("active");
    await reconnect(scene, key);
    expect(scene.view(key)).toMatchObject({
      status: "revoked",
      cause: expect.stringMatching(/^The server refused the sign-in: /),
      needsSignIn: true,
      gate: { open: false },
    });
    expect((await failureOf(scene.registry.session(key).touch())).name).toBe(
      "SessionNotRestoredError",
    );
    await scene.registry.session(key).signIn(SIGN_INS.root);
    expect(scene.view(key)).toMatchObject({ status: "active", gate: { open: true } });
    expect((await statuses(scene, key)).map(([status, by]) => [status, by])).toEqual([
      ["revoked", "server"],
      ["active", "you"],
    ]);
  });

  it("when the access was removed: found at the next restore", async () => {
    const scene = await stage();
    const where = { namespace: "app", database: "tenant_b" };
    await server.query(
      `DEFINE ACCESS gone ON DATABASE TYPE RECORD
        SIGNIN ( SELECT * FROM user WHERE name = $name )
        DURATION FOR TOKEN 1h, FOR SESSION NONE`,
      {},
      where,
    );
    const key = await scene.create({ signIn: recordSignIn("bob", "tenant_b", "gone") });
    await server.query("REMOVE ACCESS gone ON DATABASE", {}, where);
    expect(await scene.whoIs(key)).toBe("user:bob app tenant_b");
    await reconnect(scene, key);
    expect(scene.view(key)).toMatchObject({ status: "revoked", needsSignIn: true });
  });

  it("when the refresh grant was revoked elsewhere: found at the next renewal", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const tokens = scene.registry.session(key).family?.tokens;
    const other = await scene.create();
    await scene.registry.connection(scene.connectionId).request("revoke", [tokens], other);
    const error = await failureOf(scene.registry.session(key).renew("you"));
    expect(error).toMatchObject({ kind: "NotAllowed" });
    expect(scene.view(key)).toMatchObject({
      status: "revoked",
      cause: expect.stringMatching(/^The server refused the renewal: /),
      gate: { open: false },
    });
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(key);
  });

  it("not while the server still accepts the token of a deleted record user", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: recordSignIn("leaver"), signUp: true });
    await server.query("DELETE user:leaver", {}, { namespace: "app", database: "tenant_a" });
    await reconnect(scene, key);
    expect(scene.view(key)).toMatchObject({
      status: "active",
      auth: { user: "user:leaver" },
      truth: { state: "agrees" },
    });
  });
});

describe.concurrent("abandoned", () => {
  it("when nobody used it for as long as the settings say; touch brings it back", async () => {
    const scene = await stage();
    const idle = await scene.create({ signIn: SIGN_INS.alice });
    const used = await scene.create({ signIn: SIGN_INS.bob });
    const { registry } = scene;
    // The shortest time that may be set is a minute: so both were last used almost a minute ago.
    registry.session(idle).record.lastActiveAt -= 59_500;
    registry.session(used).record.lastActiveAt -= 59_500;
    await registry.changeSettings({ abandonAfter: 60_000 });
    await scene.ask(used, "RETURN 1");
    await until(() => scene.view(idle).status === "abandoned");
    expect(scene.view(idle)).toMatchObject({
      cause: "Not used for as long as the settings allow.",
      gate: { open: false },
      needsSignIn: false,
    });
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(idle);
    expect(scene.view(used).status).toBe("active");
    await reconnect(scene, used);
    expect(scene.view(idle).status).toBe("abandoned");
    await registry.session(idle).touch();
    expect(scene.view(idle)).toMatchObject({ status: "active", gate: { open: true } });
    expect(await scene.whoIs(idle)).toBe("user:alice app tenant_a");
    expect((await statuses(scene, idle)).map(([status, by]) => [status, by])).toMatchObject([
      ["abandoned", "clock"],
      ["active", expect.any(String)],
    ]);
  });

  it("not after less than a minute, whatever the settings", async () => {
    const scene = await stage();
    for (const abandonAfter of [0, -1, 59_999, Number.NaN]) {
      expect(await failureOf(scene.registry.changeSettings({ abandonAfter }))).toMatchObject({
        name: "InvalidRequestError",
      });
    }
  });

  it("can be renewed: refresh brings it back too", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).abandon();
    await scene.registry.session(key).renew("you");
    expect(scene.view(key)).toMatchObject({ status: "active", gate: { open: true } });
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });
});

describe.concurrent("ended", () => {
  it("stays ended over a restore, and refuses requests at once", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).end();
    expect((await failureOf(scene.registry.session(key).touch())).name).toBe("SessionEndedError");
    await reconnect(scene, key);
    expect(scene.view(key)).toMatchObject({ status: "ended", cause: "Signed out." });
    const refused = await atOnce(failureOf(scene.ask(key, "RETURN 1")));
    expect(refused.message).toContain("it is ended");
  });
});

describe.concurrent("removed and replaced", () => {
  it("opens a closed session again, set up the same way under a new id", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice, label: "Alice", colour: "#112233" });
    await scene.registry.session(key).use("app", "tenant_b");
    await scene.registry.session(key).close();
    expect(scene.view(key)).toMatchObject({ status: "removed", cause: "Closed." });
    const again = await scene.registry.reopen(key);
    expect(again).not.toBe(key);
    expect(scene.view(again)).toMatchObject({
      label: "Alice",
      colour: "#112233",
      status: "active",
    });
    expect(await scene.whoIs(again)).toBe("user:alice app tenant_b");
    expect(() => scene.view(key)).toThrow();
    expect(await failureOf(scene.registry.reopen(again))).toMatchObject({
      name: "InvalidRequestError",
    });
  });

  it("gives a replaced session's number to the one that takes its place", async () => {
    const scene = await stage();
    const old = await scene.create({ signIn: SIGN_INS.alice });
    const by = await scene.create({ signIn: SIGN_INS.bob, label: "Bob" });
    await scene.registry.edit(old, { number: 7 });
    await scene.registry.edit(by, { number: null });
    await scene.registry.replace(old, by);
    expect(scene.view(old)).toMatchObject({
      status: "replaced",
      replacedBy: by,
      cause: "Replaced by “Bob”.",
    });
    expect(scene.view(by).number).toBe(7);
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(old);
    expect((await failureOf(scene.ask(old, "RETURN 1"))).name).toBe("SessionClosedError");
    expect((await failureOf(scene.registry.replace(by, by))).name).toBe("InvalidRequestError");
    expect((await failureOf(scene.registry.replace(by, old))).name).toBe("SessionClosedError");
    expect(scene.view(by).status).toBe("active");
  });

  it("forgets a closed session for good, and an open one never", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    expect((await failureOf(scene.registry.forget(key))).name).toBe("InvalidRequestError");
    await scene.registry.session(key).close();
    await scene.registry.forget(key);
    expect(() => scene.registry.session(key)).toThrow(/Unknown session/);
    expect((await scene.secret.load()).size).toBe(0);
    expect((await scene.durable.load()).sessions).toEqual([]);
  });

  it("keeps the last fifty closed sessions", async () => {
    const scene = await stage();
    const keys: string[] = [];
    for (let index = 0; index < 53; index += 1) {
      const key = await scene.create({ label: `No. ${index}` });
      await scene.registry.session(key).close();
      keys.push(key);
    }
    await until(() => scene.registry.sessions.length === 50);
    expect(scene.registry.sessions.map(({ key }) => key)).not.toContain(keys[0]);
    expect(scene.registry.sessions.map(({ key }) => key)).toContain(keys[52]);
  });

  it("isn't brought back by a restore that was already under way", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    await Promise.all([session.close(), session.restore()]);
    expect(scene.view(key).status).toBe("removed");
    expect(server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(key);
  });
});

describe.concurrent("times", () => {
  it("tell when it was made, changed and last used", async () => {
    const scene = await stage();
    const before = Date.now();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const made = scene.view(key);
    expect(made.createdAt).toBeGreaterThanOrEqual(before);
    expect(made.updatedAt).toBeGreaterThanOrEqual(made.createdAt);
    expect(made.abandonAt - made.lastActiveAt).toBe(7 * 24 * 3600 * 1000);
    expect(made.expireAt).toBeUndefined();
    const hour = (made.tokenExpireAt ?? 0) - Date.now();
    expect(hour).toBeGreaterThan(3_590_000);
    expect(hour).toBeLessThan(3_610_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await scene.ask(key, "RETURN 1");
    const used = scene.view(key);
    expect(used.lastActiveAt).toBeGreaterThan(made.lastActiveAt);
    expect(used.updatedAt).toBe(made.updatedAt);
    await scene.registry.session(key).use("app", "tenant_b");
    expect(scene.view(key).updatedAt).toBeGreaterThan(used.updatedAt);
  });
});
