/** Renewing a sign-in: once for all that share it, in time, and so that a crash costs little. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ACCESSES } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { FamilySecrets } from "../../../src/session/store.ts";
import { TokenFamily } from "../../../src/session/token-family.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { latch, type RpcProxy, startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, recordSignIn, type Scene, SIGN_INS } from "../../support/scene.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** A token with these times; nobody checks its signature here. */
function token(issuedAt: number | undefined, expireAt: number | undefined, id = "user:alice") {
  const claims = {
    ID: id,
    iat: issuedAt === undefined ? undefined : issuedAt / SECOND,
    exp: expireAt === undefined ? undefined : expireAt / SECOND,
  };
  return `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
}

describe("a token family", () => {
  const NOW = Date.UTC(2026, 0, 1);
  afterEach(() => vi.useRealTimers());

  function family(access: string, refresh: string | null = "r1") {
    vi.useFakeTimers({ now: NOW });
    const saved: FamilySecrets[] = [];
    const made = new TokenFamily<string>(
      "id",
      { tokens: refresh === null ? { access } : { access, refresh } },
      { save: async (_id, secrets) => void saved.push(structuredClone(secrets)) },
    );
    return { made, saved };
  }

  it.each([
    ["an hour: a minute before its end", HOUR, HOUR - 60 * SECOND],
    ["two minutes: thirty seconds before", 120 * SECOND, 90 * SECOND],
    ["two seconds: half a second before", 2 * SECOND, 5 * SECOND],
  ])(
    "renews a token of %s, and never within five seconds of the last time",
    async (_w, life, due) => {
      const { made } = family(token(NOW, NOW + life));
      await made.renewWhenDue(async () => undefined);
      expect(made.renewAt).toBe(NOW + due);
    },
  );

  it("renews nothing without a refresh token, or without an end", () => {
    expect(family(token(NOW, NOW + HOUR), null).made.renewAt).toBeUndefined();
    expect(family(token(NOW, undefined)).made.renewAt).toBeUndefined();
    // A token that doesn't tell its beginning is taken for a long one.
    expect(family(token(undefined, NOW + HOUR)).made.renewAt).toBe(NOW + HOUR - 60 * SECOND);
  });

  it("runs one renewal at a time and gives its result to everybody", async () => {
    const { made } = family(token(NOW, NOW + HOUR));
    let sent = 0;
    const send = async () => {
      sent += 1;
      return { access: token(NOW, NOW + 2 * HOUR), refresh: "r2" };
    };
    const winners = await Promise.all(["a", "b", "c"].map((member) => made.renew(member, send)));
    expect(sent).toBe(1);
    expect(winners).toEqual(["a", "a", "a"]);
    expect(made.tokens.refresh).toBe("r2");
  });

  it("notes that the token may be burnt before it is sent, and stores the new pair before all else", async () => {
    const { made, saved } = family(token(NOW, NOW + HOUR));
    const order: string[] = [];
    made.onTokens = () => order.push(`told after ${saved.length} writes`);
    await made.renew("a", async () => {
      order.push(`sent after ${saved.length} writes`);
      return { access: token(NOW, NOW + 2 * HOUR), refresh: "r2" };
    });
    expect(order).toEqual(["sent after 1 writes", "told after 2 writes"]);
    expect(saved.map(({ tokens, refreshUncertain }) => [tokens.refresh, refreshUncertain])).toEqual(
      [
        ["r1", true],
        ["r2", false],
      ],
    );
  });

  it("knows what a refusal means: a revocation, or a renewal that was interrupted", async () => {
    const refusal = Object.assign(new Error("Invalid"), { kind: "NotAllowed", code: -32002 });
    const { made } = family(token(NOW, NOW + HOUR));
    await failureOf(made.renew("a", async () => Promise.reject(refusal)));
    expect(made.wasInterrupted).toBe(false);
    await failureOf(made.renew("a", async () => Promise.reject(new Error("socket lost"))));
    expect(made.wasInterrupted).toBe(true);
    await failureOf(made.renew("a", async () => Promise.reject(refusal)));
    expect(made.wasInterrupted).toBe(true);
  });
});

describe.concurrent("renewal at the server", () => {
  let server: DemoServer;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startServer({ port: 0 });
  });
  afterAll(async () => {
    for (const close of open) await close();
    await server.close();
  });

  async function stage(url = server.url): Promise<
    Scene & {
      proxy: RpcProxy;
      durable: ReturnType<typeof memoryDurableStore>;
      secret: ReturnType<typeof memorySecretStore>;
      /** Renewals that reached the server. */
      renewals: () => number;
    }
  > {
    const proxy = await startProxy(url);
    const durable = memoryDurableStore();
    const secret = memorySecretStore();
    const scene = await openScene(proxy.url, { durable, secret });
    open.push(async () => {
      await scene.registry.dispose();
      await proxy.close();
    });
    return { ...scene, proxy, durable, secret, renewals: () => proxy.of("refresh").length };
  }

  const BRIEF = recordSignIn("alice", "tenant_a", ACCESSES.briefRenewable);

  it("is counted by the server itself: two forks renew once", async () => {
    const own = await startServer({ port: 0 });
    const scene = await stage(own.url);
    const parent = await scene.create({ signIn: SIGN_INS.alice });
    const fork = await scene.registry.fork(parent);
    const before = own.stats().requests.refresh ?? 0;
    await Promise.all([
      scene.registry.session(parent).renew("you"),
      scene.registry.session(fork).renew("you"),
    ]);
    expect(own.stats().requests.refresh).toBe(before + 1);
    const { family } = scene.registry.session(parent);
    expect(scene.registry.session(fork).family).toBe(family);
    expect(scene.view(fork).tokenExpireAt).toBe(scene.view(parent).tokenExpireAt);
    expect(await scene.whoIs(parent)).toBe("user:alice app tenant_a");
    expect(await scene.whoIs(fork)).toBe("user:alice app tenant_a");
    open.push(() => own.close());
  });

  it("happens once for a session that is asked twice at once", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    await Promise.all([session.renew("you"), session.renew("clock"), session.renew("you")]);
    expect(scene.renewals()).toBe(1);
    await session.renew("you");
    expect(scene.renewals()).toBe(2);
  });

  it("comes by itself before the token's end, for all forks, and goes on coming", async () => {
    const scene = await stage();
    const parent = await scene.create({ signIn: BRIEF });
    const fork = await scene.registry.fork(parent);
    const first = scene.view(parent).tokenExpireAt ?? 0;
    await until(() => scene.renewals() === 1);
    expect(Date.now()).toBeLessThan(first);
    await until(() => scene.view(fork).tokenExpireAt !== first);
    expect(scene.view(parent).tokenExpireAt).toBeGreaterThan(first);
    const renewed = (await scene.history(parent)).concat(await scene.history(fork));
    expect(renewed.filter(({ text }) => text === "Token renewed.")).toMatchObject([
      { by: "clock" },
    ]);
    // At most once per five seconds.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(scene.renewals()).toBe(1);
    await until(() => scene.renewals() === 2);
    expect(await scene.whoIs(fork)).toBe("user:alice app tenant_a");
    expect(scene.view(parent).status).toBe("active");
  }, 15_000);

  it("comes before the first request after a sleep, once however many requests there are", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const fork = await scene.registry.fork(key);
    const { family } = scene.registry.session(key);
    // As after a night: its time is over, and no timer has run yet.
    const renewAt = vi
      .spyOn(family as TokenFamily, "renewAt", "get")
      .mockReturnValue(Date.now() - 1);
    const begun = scene.proxy.seen.length;
    const asked = [key, fork, key, fork, key].map((one) => scene.ask(one, "RETURN <string> $auth"));
    await until(() => scene.renewals() > 0);
    renewAt.mockRestore();
    expect(await Promise.all(asked)).toEqual(Array(5).fill("user:alice"));
    expect(scene.renewals()).toBe(1);
    const methods = scene.proxy.seen.slice(begun).map(({ method }) => method);
    expect(methods.indexOf("refresh")).toBe(0);
  });

  it("waits for no request that runs: the identity stays", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const { opened, open: letGo } = latch();
    const text = "RETURN <string> $auth";
    scene.proxy.onRequest = ({ params }) => (params[0] === text ? opened : undefined);
    const running = scene.ask(key, text);
    await until(() => scene.proxy.seen.some(({ params }) => params[0] === text));
    await scene.registry.session(key).renew("you");
    expect(scene.renewals()).toBe(1);
    letGo();
    expect(await running).toBe("user:alice");
  });

  it("is tried a second time after a conflict, and a second conflict revokes nothing", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    let conflicts = 1;
    scene.proxy.onRequest = ({ method }) => {
      if (method !== "refresh" || conflicts === 0) return undefined;
      conflicts -= 1;
      return {
        error: {
          code: -32000,
          message: "Transaction conflict: Resource busy. This transaction can be retried",
          kind: "Internal",
        },
      };
    };
    await session.renew("you");
    expect(scene.renewals()).toBe(2);
    conflicts = 2;
    expect((await failureOf(session.renew("you"))).message).toContain("can be retried");
    expect(scene.view(key)).toMatchObject({ status: "active", gate: { open: true } });
    await session.renew("you");
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });

  it("interrupted in the middle costs the renewal, not the session", async () => {
    const scene = await stage();
    const { proxy, durable, secret } = scene;
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const before = session.family?.tokens;
    proxy.onRequest = ({ method }) => (method === "refresh" ? "lose answer" : undefined);
    expect((await failureOf(session.renew("you"))).name).toBe("OutcomeUnknownError");
    proxy.onRequest = () => undefined;
    // And the worker dies with it.
    await scene.registry.dispose();
    const later = await openScene(proxy.url, { durable, secret });
    await until(() => later.view(key).gate.open);
    expect(await later.whoIs(key)).toBe("user:alice app tenant_a");
    expect(later.registry.session(key).family?.tokens).toEqual(before);
    // The token is burnt: found out at the next renewal, and no revocation.
    await failureOf(later.registry.session(key).renew("you"));
    expect(later.view(key)).toMatchObject({ status: "active", gate: { open: true } });
    expect(await later.whoIs(key)).toBe("user:alice app tenant_a");
    expect(later.registry.session(key).family?.tokens.refresh).toBeUndefined();
    expect((await later.history(key)).at(-1)).toMatchObject({
      event: "note",
      text: "An interrupted renewal used the token up.",
    });
    await later.registry.dispose();
  });

  it("that never left because the connection was gone leaves no doubt behind", async () => {
    const scene = await stage();
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    await scene.registry.disconnect(scene.connectionId);
    expect((await failureOf(session.renew("you"))).name).toBe("NotConnectedError");
    expect(session.family?.wasInterrupted).toBe(false);
    expect(scene.view(key).gate).toMatchObject({
      reason: "the connection is closed. You disconnected it.",
    });
    await scene.registry.retryConnection(scene.connectionId);
    await scene.connected();
    await session.renew("you");
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });

  it("at a restore: an expired token is renewed once for all forks", async () => {
    const scene = await stage();
    const parent = await scene.create({ signIn: BRIEF });
    const forks = await Promise.all([1, 2, 3].map(() => scene.registry.fork(parent)));
    const { opened, open: letGo } = latch();
    scene.proxy.refusing = true;
    scene.proxy.cut();
    await until(() => !scene.view(parent).gate.open);
    void new Promise((resolve) => setTimeout(resolve, 2_600)).then(letGo);
    await opened;
    scene.proxy.refusing = false;
    await scene.registry.retryConnection(scene.connectionId);
    await scene.connected();
    expect(scene.renewals()).toBe(1);
    for (const key of [parent, ...forks]) {
      expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
    }
  }, 15_000);

  it("gives a refresh token to one family only", async () => {
    const scene = await stage();
    const parent = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.fork(parent);
    await scene.create({ signIn: SIGN_INS.alice });
    const kept = [...(await scene.secret.load()).values()].map(({ tokens }) => tokens.refresh);
    expect(kept).toHaveLength(2);
    expect(new Set(kept).size).toBe(2);
  });

  it("outlives the one who signed in: a fork renews after its parent closed", async () => {
    const scene = await stage();
    const parent = await scene.create({ signIn: SIGN_INS.alice });
    const fork = await scene.registry.fork(parent);
    await scene.registry.session(parent).close();
    await scene.registry.forget(parent);
    await scene.registry.session(fork).renew("you");
    expect(await scene.whoIs(fork)).toBe("user:alice app tenant_a");
    expect((await scene.secret.load()).size).toBe(1);
    await scene.registry.session(fork).end();
    expect((await scene.secret.load()).size).toBe(0);
  });
});
