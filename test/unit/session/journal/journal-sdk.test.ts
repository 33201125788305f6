/**
 * The journal beside the real SDKs on the real engine: after each step it says of the session what the
 * server says of it.
 */
import { type Surreal, type SurrealSession, Table } from "surrealdb";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ACCESSES, DEMO_PEOPLE, signInOf } from "../../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import type { SessionFact } from "../../../../src/session/page/page-facts.ts";
import { claim, readToken } from "../../../../src/session/token.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { startProxy } from "../../../support/rpc-proxy.ts";
import { JournalScene } from "./journal-scene.ts";

const { alice, bob, admin, operator, editor } = DEMO_PEOPLE;

let server: DemoServer;
let scene: JournalScene;
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  scene = new JournalScene();
});

/** Who and where the server says a session is: "user:alice app/tenant_a", "anonymous -/-". */
async function truth(db: Pick<Surreal, "query">): Promise<string> {
  const [said] = await db.query<[Record<string, Record<string, unknown> | undefined>]>(
    "RETURN { session: $session, token: $token, auth: $auth }",
  );
  const { session, token, auth } = said;
  // A record user's $auth outlives the next sign-in of a system user; the token doesn't.
  return `${token?.ID ?? auth ?? "anonymous"} ${session?.ns ?? "-"}/${session?.db ?? "-"}`;
}

/** The same, as the journal tells it. */
function told(fact: SessionFact): string {
  const who = fact.access === undefined ? "anonymous" : claim(readToken(fact.access).claims, "ID");
  return `${who} ${fact.namespace ?? "-"}/${fact.database ?? "-"}`;
}

const variablesOf = (fact: SessionFact) =>
  Object.fromEntries(
    fact.variables.map(({ name, cbor, json }) => [
      name,
      cbor ? decodeValue(cbor) : JSON.parse(json ?? "null"),
    ]),
  );

describe("SDK 2.x", () => {
  test.each([admin, operator, editor, alice, bob])(
    "signs in: $name, as the server has it",
    async (person) => {
      const db = await scene.connect(server.url);
      await db.signin(signInOf(person));
      expect(told(scene.session())).toBe(await truth(db));
      await db.use({ namespace: person.namespace, database: person.database });
      expect(told(scene.session())).toBe(await truth(db));
      expect(scene.session()).toMatchObject({ auth: "signed-in", incomplete: [] });
      await db.close();
    },
  );

  test("a sign-in for another place moves the session there", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(alice));
    await db.use({ namespace: "elsewhere", database: "far" }).catch(() => undefined);
    for (const person of [bob, alice, editor, operator, admin]) {
      await db.signin(signInOf(person));
      expect(told(scene.session())).toBe(await truth(db));
    }
    await db.close();
  });

  test("sessions, forks, variables, sign-out, reset, close", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(alice));
    await db.set("tenant", "a");
    await db.set("limit", 20n);
    const made = await db.newSession();
    const forked = await db.forkSession();
    const check = async (session: SurrealSession, who: string) => {
      const fact = scene.session(session.session);
      expect(told(fact)).toBe(who);
      expect(fact.over).toBeUndefined();
      if (who.startsWith("user")) expect(await truth(session)).toBe(who);
    };
    await check(made, "anonymous -/-");
    await check(forked, "user:alice app/tenant_a");
    expect(variablesOf(scene.session(forked.session))).toEqual({ tenant: "a", limit: 20 });
    expect(scene.session(made.session).order).toBeLessThan(scene.session(forked.session).order);

    await made.signin(signInOf(bob));
    await check(made, "user:bob app/tenant_b");
    await forked.unset("limit");
    expect(variablesOf(scene.session(forked.session))).toEqual({ tenant: "a" });
    await forked.invalidate();
    expect(scene.session(forked.session)).toMatchObject({
      auth: "invalidated",
      namespace: "app",
      renewable: false,
    });
    expect(scene.session(forked.session).access).toBeUndefined();
    await made.reset();
    expect(scene.session(made.session)).toMatchObject({ auth: "reset", variables: [] });
    expect(told(scene.session(made.session))).toBe("anonymous -/-");
    await made.closeSession();
    expect(scene.session(made.session).over).toBe("detached");
    expect(told(scene.session())).toBe(await truth(db));
    await db.close();
    expect(scene.session().over).toBe("socket-closed");
    expect(scene.socket().state).toBe("closed");
  });

  test("a refresh token is never told, only that there is one", async () => {
    const db = await scene.connect(server.url);
    const tokens = await db.signin(signInOf(alice));
    expect(scene.session().renewable).toBe(true);
    const access = scene.session().access;
    expect(access).toBe(tokens.access);
    expect(JSON.stringify(scene.whole)).not.toContain(tokens.refresh);

    await db.authenticate(tokens);
    await vi.waitFor(() => expect(scene.session().auth).not.toBe("signed-in"));
    expect(scene.session().renewable).toBe(true);
    expect(told(scene.session())).toBe(await truth(db));
    await db.close();
  });

  test("a token that is refused leaves a mark, and the next sign-in takes it away", async () => {
    const db = await scene.connect(server.url);
    const { access } = await db.signin(signInOf(alice));
    const forged = access.replace(/[^.]+$/, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    await expect(db.authenticate(forged)).rejects.toThrow();
    expect(scene.session()).toMatchObject({ auth: "refused" });
    expect(scene.session().incomplete).toHaveLength(1);
    await db.signin(signInOf(alice));
    expect(scene.session()).toMatchObject({ auth: "signed-in", incomplete: [] });
    await db.close();
  });

  test("a sign-in that is refused changes nothing", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(alice));
    const wrong = { ...signInOf(bob), variables: { name: "bob", password: "no" } };
    await expect(db.signin(wrong)).rejects.toThrow();
    expect(told(scene.session())).toBe("user:alice app/tenant_a");
    expect(told(scene.session())).toBe(await truth(db));
    await db.close();
  });

  test("live queries are counted until they are killed", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(alice));
    const other = await db.forkSession();
    const live = await other.live(new Table("note"));
    const received: unknown[] = [];
    live.subscribe((event) => received.push(event));
    expect(scene.session(other.session).live).toMatchObject([
      {
        id: live.id.toString(),
        statement: expect.stringMatching(/^LIVE SELECT .* FROM note\b/),
        events: 0,
      },
    ]);
    await db.query("CREATE note SET text = 'hello', owner = $auth");
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(scene.session(other.session).live).toMatchObject([{ events: 1 }]);
    await live.kill();
    expect(scene.session(other.session).live).toEqual([]);
    await db.close();
  });

  test("live queries in a text of several, killed by a binding and by a text", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(alice));
    const text = "LET $x = 1; LIVE SELECT * FROM note; live select id from note; RETURN 'kill'";
    const [, first, second] = await db.query<[unknown, unknown, unknown]>(text);
    expect(scene.session().live.map(({ id }) => id)).toEqual([String(first), String(second)]);
    await db.query("KILL $id", { id: first });
    expect(scene.session().live.map(({ id }) => id)).toEqual([String(second)]);
    await db.query(`KILL u"${second}"`);
    expect(scene.session().live).toEqual([]);
    await db.close();
  });

  test("transactions are open until they end, well or not", async () => {
    const db = await scene.connect(server.url);
    await db.signin(signInOf(admin));
    await db.use({ namespace: "app", database: "tenant_a" });
    const first = await db.beginTransaction();
    await first.query("RETURN 1");
    expect(scene.session().transactions).toMatchObject([{ requests: 1 }]);
    const second = await db.beginTransaction();
    expect(scene.session().transactions).toHaveLength(2);
    await first.commit();
    expect(scene.session().transactions).toHaveLength(1);
    await second.cancel();
    expect(scene.session().transactions).toEqual([]);
    await db.close();
  });

  test("a session whose time is over is expired", async () => {
    const db = await scene.connect(server.url);
    const access = ACCESSES.briefSession;
    const variables = { name: "alice", password: "alice" };
    await db.signin({ namespace: "app", database: "tenant_a", access, variables });
    await vi.waitFor(() => expect(db.query("RETURN 1")).rejects.toThrow(), { timeout: 10_000 });
    expect(scene.session().auth).toBe("expired");
    await db.close();
  });

  test("after a reconnect the same client has the same sessions", async () => {
    const proxy = await startProxy(server.url);
    const db = await scene.connect(proxy.url, { reconnect: true });
    await db.signin(signInOf(alice));
    const kept = await db.forkSession();
    await kept.set("colour", "blue");
    const before = scene.session(kept.session);
    proxy.cut();
    await vi.waitFor(() => expect(scene.session(kept.session).over).toBe("socket-closed"));
    await vi.waitFor(() => expect(scene.socket()).toMatchObject({ state: "open", reconnects: 1 }), {
      timeout: 20_000,
    });
    await vi.waitFor(async () => expect(await truth(kept)).toBe("user:alice app/tenant_a"), {
      timeout: 20_000,
    });
    const after = scene.session(kept.session);
    expect(after).toMatchObject({ order: before.order, createdAt: before.createdAt });
    expect(after.over).toBeUndefined();
    expect(told(after)).toBe("user:alice app/tenant_a");
    expect(variablesOf(after)).toEqual({ colour: "blue" });
    expect(scene.whole.sockets).toHaveLength(1);
    await db.close();
    await proxy.close();
  });
});

describe("SDK 1.3.x", () => {
  test("its default session is followed from sign-in to sign-out", async () => {
    const db = await scene.connectOld(server.url);
    const { namespace, database } = alice;
    await db.signin({
      namespace,
      database,
      access: "account",
      variables: { name: "alice", password: "alice" },
    });
    expect(told(scene.session())).toBe("user:alice app/tenant_a");
    await db.let("x", 1);
    expect(variablesOf(scene.session())).toEqual({ x: 1 });
    await db.unset("x");
    expect(scene.session().variables).toEqual([]);
    const live = await db.live("note");
    expect(scene.session().live).toMatchObject([{ id: live.toString() }]);
    await db.kill(live);
    expect(scene.session().live).toEqual([]);
    await db.invalidate();
    expect(scene.session().auth).toBe("invalidated");
    await db.close();
    expect(scene.socket()).toMatchObject({ state: "closed", strayFrames: 0 });
  });
});
