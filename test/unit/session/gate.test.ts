/** The gate: nothing reaches the server as somebody whom the server has not confirmed. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ACCESSES } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { Gate } from "../../../src/session/gate.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { until } from "../../support/registry.ts";
import { latch, type RpcProxy, type SeenRequest, startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, recordSignIn, type Scene, SIGN_INS } from "../../support/scene.ts";

describe("a gate", () => {
  afterEach(() => vi.useRealTimers());

  it("lets nothing pass before it is opened, and everything after", async () => {
    const gate = new Gate(() => "Alice");
    const passed: number[] = [];
    for (const number of [1, 2, 3]) void gate.pass().then(() => passed.push(number));
    await Promise.resolve();
    expect(passed).toEqual([]);
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed).toEqual([1, 2, 3]);
    expect(gate.view).toEqual({ open: true });
  });

  it("holds requests for five seconds, then fails them with the reason and nothing sent", async () => {
    vi.useFakeTimers();
    const gate = new Gate(() => "Alice");
    gate.close("the connection is lost.");
    let failed: Error | undefined;
    void gate.pass().catch((error: Error) => {
      failed = error;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(failed).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(failed).toMatchObject({
      name: "GateClosedError",
      message: "“Alice” can't run this now: the connection is lost. Nothing was sent.",
    });
  });

  it("fails at once when barred, those that wait too, with the advice", async () => {
    const gate = new Gate(() => "Alice");
    const waiting = failureOf(gate.pass());
    gate.bar("it is expired: over.", "Sign in again.");
    expect(await waiting).toMatchObject({ name: "GateClosedError", advice: "Sign in again." });
    expect(await failureOf(gate.pass())).toMatchObject({ advice: "Sign in again." });
    gate.close("it is being set up.");
    const again = gate.pass();
    gate.open();
    await again;
  });

  it("keeps waiting those for whom it closed again before their turn", async () => {
    const gate = new Gate(() => "Alice");
    let passed = false;
    void gate.pass().then(() => {
      passed = true;
    });
    gate.open();
    gate.close("again.");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed).toBe(false);
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed).toBe(true);
  });
});

for (const guests of [false, true]) {
  describe(`the gate of a session, ${guests ? "with" : "without"} guest access at the server`, () => {
    let server: DemoServer;
    let proxy: RpcProxy;
    let scene: Scene;

    beforeAll(async () => {
      server = await startServer({ port: 0, guests });
      proxy = await startProxy(server.url);
      scene = await openScene(proxy.url);
    });
    afterEach(() => {
      proxy.onRequest = () => undefined;
    });
    afterAll(async () => {
      await scene.registry.dispose();
      await proxy.close();
      await server.close();
    });

    const PROBE = "RETURN <string> $auth";
    /** Requests with the person's own query that reached the server as this session. */
    const probes = (key: string) =>
      proxy.of("query").filter(({ session, params }) => session === key && params[0] === PROBE);

    async function lost(key: string): Promise<void> {
      proxy.cut();
      await until(() => !scene.view(key).gate.open);
    }

    it("is closed while the session is set up, and then lets through who waited", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const { opened, open } = latch();
      proxy.onRequest = ({ method, session }) =>
        method === "authenticate" && session === key ? opened : undefined;
      await lost(key);
      const answer = scene.ask(key, PROBE);
      await until(() => proxy.of("authenticate").some(({ session }) => session === key));
      expect(scene.view(key).gate.open).toBe(false);
      expect(probes(key)).toEqual([]);
      open();
      expect(await answer).toBe("user:alice");
      const order = proxy.seen.filter(({ session }) => session === key).map(({ method }) => method);
      expect(order.slice(-5)).toEqual(["attach", "authenticate", "use", "query", "query"]);
    });

    const failures: [string, (request: SeenRequest) => boolean][] = [
      ["the access token", ({ method }) => method === "authenticate"],
      ["every sign-in", ({ method }) => /^(authenticate|refresh|signin)$/.test(method)],
    ];
    it.each(failures)(
      "lets nothing through after a restore that failed for %s",
      async (_w, refuses) => {
        const access = scene.registry.session(await scene.create({ signIn: SIGN_INS.alice })).family
          ?.tokens.access;
        const key = await scene.create({ signIn: { way: "token", access: access ?? "" } });
        const bob = await scene.create({ signIn: SIGN_INS.bob });
        proxy.onRequest = (request) =>
          request.session === key && refuses(request)
            ? {
                error: {
                  code: -32002,
                  message: "There was a problem with authentication",
                  kind: "NotAllowed",
                  details: { kind: "Auth", details: { kind: "InvalidAuth" } },
                },
              }
            : undefined;
        const before = proxy.seen.length;
        proxy.cut();
        await until(() => scene.view(key).status === "revoked");
        const waiting = [1, 2, 3].map(() => failureOf(scene.ask(key, PROBE)));
        for (const error of await Promise.all(waiting)) expect(error.name).toBe("GateClosedError");
        expect(probes(key)).toEqual([]);
        const sent = proxy.seen.slice(before).filter(({ session }) => session === key);
        expect(sent.at(-1)?.method).toBe("detach");
        expect(sent.map(({ method }) => method)).not.toContain("use");
        // It hurt nobody else.
        expect(await scene.ask(bob, PROBE)).toBe("user:bob");
        await failureOf(scene.registry.session(key).touch());
        await failureOf(scene.ask(key, PROBE));
        expect(probes(key)).toEqual([]);
      },
    );

    it("lets nothing through when the server holds the session for somebody else", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      // Behind our back: as if the server had forgotten the sign-in.
      await scene.registry.connection(scene.connectionId).request("invalidate", undefined, key);
      await scene.registry.session(key).check();
      expect(scene.view(key)).toMatchObject({
        status: "active",
        truth: {
          state: "differs",
          differences: [{ field: "user", shown: "user:alice", server: "anonymous" }],
        },
        gate: { open: false, reason: "the server says anonymous, not user:alice." },
      });
      const before = probes(key).length;
      expect((await failureOf(scene.ask(key, PROBE))).name).toBe("GateClosedError");
      expect(probes(key).length).toBe(before);
      await scene.registry.session(key).restoreTruth();
      expect(scene.view(key)).toMatchObject({ truth: { state: "agrees" }, gate: { open: true } });
      expect(await scene.ask(key, PROBE)).toBe("user:alice");
    });

    it("opens for what the server says, once the person takes it over", async () => {
      const key = await scene.create({ signIn: SIGN_INS.root });
      const link = scene.registry.connection(scene.connectionId);
      await link.request("use", ["app", "tenant_b"], key);
      await scene.registry.session(key).check();
      expect(scene.view(key).truth.differences).toEqual([
        { field: "namespace", shown: "none", server: "app" },
        { field: "database", shown: "none", server: "tenant_b" },
      ]);
      await scene.registry.session(key).acceptTruth();
      expect(scene.view(key)).toMatchObject({
        namespace: "app",
        database: "tenant_b",
        truth: { state: "agrees" },
        gate: { open: true },
      });
      await link.request(
        "signin",
        [{ NS: "app", DB: "tenant_a", user: "editor", pass: "editor" }],
        key,
      );
      await scene.registry.session(key).check();
      expect(scene.view(key).gate.open).toBe(false);
      await scene.registry.session(key).restoreTruth();
      expect(await scene.whoIs(key)).toBe("root app tenant_b");
    });

    it("is closed while the sign-in changes: who waits is answered as the new user", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const { opened, open } = latch();
      proxy.onRequest = ({ method, session }) =>
        method === "signin" && session === key ? opened : undefined;
      const change = scene.registry.session(key).signIn(SIGN_INS.bob);
      await until(() => proxy.of("signin").some(({ session }) => session === key));
      const answer = scene.ask(key, PROBE);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(probes(key)).toEqual([]);
      open();
      await change;
      expect(await answer).toBe("user:bob");
    });

    it("lets what runs finish as the old user before the sign-in changes", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const { opened, open } = latch();
      proxy.onRequest = ({ method, params }) =>
        method === "query" && params[0] === PROBE ? opened : undefined;
      const running = scene.ask(key, PROBE);
      await until(() => probes(key).length === 1);
      const signIns = proxy.of("signin").length;
      const change = scene.registry.session(key).signIn(SIGN_INS.bob);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(proxy.of("signin").length).toBe(signIns);
      open();
      expect(await running).toBe("user:alice");
      await change;
      expect(await scene.ask(key, PROBE)).toBe("user:bob");
    });

    it("mixes nobody up, however requests and sign-ins are crossed", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const session = scene.registry.session(key);
      const answers: Promise<void>[] = [];
      let asking = true;
      const ask = async () => {
        while (asking) {
          const { result, identity } = await session.requests.query(PROBE);
          expect(JSON.stringify(Buffer.from(result).toString("latin1"))).toContain(identity);
        }
      };
      for (let index = 0; index < 4; index += 1) answers.push(ask());
      for (const person of [SIGN_INS.bob, SIGN_INS.alice, SIGN_INS.bob, SIGN_INS.alice]) {
        await session.signIn(person);
      }
      asking = false;
      await Promise.all(answers);
    });

    it("never lets an anonymous answer through between wrong tokens and old sign-in", async () => {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const session = scene.registry.session(key);
      let asking = true;
      const seen = new Set<unknown>();
      const ask = (async () => {
        while (asking) {
          await scene
            .ask(key, PROBE)
            .then((user) => seen.add(user))
            // Refused at the gate: nothing was sent.
            .catch((error: Error) => seen.add(error.name));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
      for (let index = 0; index < 3; index += 1) {
        await failureOf(session.signIn({ way: "token", access: "a.b.c" }));
      }
      asking = false;
      await ask;
      seen.delete("GateClosedError");
      expect([...seen]).toEqual(["user:alice"]);
    });

    it("stays open for the others when one session's variable can't be set", async () => {
      const bad = await scene.create({ signIn: SIGN_INS.alice });
      const good = await scene.create({ signIn: SIGN_INS.bob });
      await scene.registry.session(bad).set("x", encodeValue(1));
      proxy.onRequest = ({ method, session }) =>
        method === "let" && session === bad
          ? { error: { code: -32000, message: "No.", kind: "Internal" } }
          : undefined;
      await lost(bad);
      await scene.connected();
      expect(scene.view(bad)).toMatchObject({
        status: "active",
        truth: { state: "failed", error: { message: "No." } },
        gate: { open: false, reason: "setting it up failed: No." },
      });
      expect(await scene.ask(good, PROBE)).toBe("user:bob");
      proxy.onRequest = () => undefined;
      await scene.registry.session(bad).touch();
      expect(await scene.ask(bad, "RETURN $x")).toBe(1);
    });
  });
}

describe.concurrent("the gate over time", () => {
  const PROBE = "RETURN <string> $auth";

  async function stage(guests: boolean) {
    const server = await startServer({ port: 0, guests });
    const proxy = await startProxy(server.url);
    const scene = await openScene(proxy.url);
    const close = async () => {
      await scene.registry.dispose();
      await proxy.close();
      await server.close();
    };
    return { ...scene, proxy, close };
  }

  it("fails what waits for a server that stays away, unsent, after five seconds", async () => {
    const scene = await stage(true);
    const key = await scene.create({ signIn: SIGN_INS.alice });
    scene.proxy.refusing = true;
    scene.proxy.cut();
    await until(() => !scene.view(key).gate.open);
    const started = Date.now();
    const error = await failureOf(scene.ask(key, PROBE));
    expect(Date.now() - started).toBeGreaterThan(4_900);
    expect(Date.now() - started).toBeLessThan(7_000);
    expect(error.message).toContain("the connection is lost. Nothing was sent.");
    expect(scene.proxy.seen.filter(({ params }) => params[0] === PROBE)).toEqual([]);
    scene.proxy.refusing = false;
    await scene.registry.retryConnection(scene.connectionId);
    expect(await scene.ask(key, PROBE)).toBe("user:alice");
    await scene.close();
  }, 15_000);

  it.each([false, true])(
    "stays shut for a session that expired, also for who asks in that moment (guests: %s)",
    async (guests) => {
      const scene = await stage(guests);
      const signIn = recordSignIn("alice", "tenant_a", ACCESSES.briefSession);
      const key = await scene.create({ signIn });
      const seen = new Set<unknown>();
      while (scene.view(key).status === "active") {
        await scene
          .ask(key, PROBE)
          .then((user) => seen.add(user))
          // Refused by the server or at the gate: either way nothing came of it.
          .catch((error: Error & { kind?: string }) => seen.add(error.kind ?? error.name));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect((await failureOf(scene.ask(key, PROBE))).name).toBe("GateClosedError");
      for (const refusal of ["NotAllowed", "GateClosedError"]) seen.delete(refusal);
      expect([...seen]).toEqual(["user:alice"]);
      await scene.close();
    },
  );
});
