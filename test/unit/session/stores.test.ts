/** Stored before told, whatever the store does; and a store that is broken takes no session along. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { RegistryDelta } from "../../../src/session/change-feed.ts";
import type { SessionKey } from "../../../src/session/model.ts";
import type { DurableStore, SecretStore, SessionRecord } from "../../../src/session/store.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { failureOf, openScene, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(() => server.close());

/** What makes up a session for whoever restores it. */
type Stored = Pick<SessionRecord, "namespace" | "database" | "status" | "label"> & {
  user?: string;
  variables: string[];
};

function storedPart(record: Pick<SessionRecord, "auth" | "variables"> & Partial<SessionRecord>) {
  const { namespace, database, status, label, auth, variables } = record;
  const names = variables.map(({ name }) => name);
  return { namespace, database, status, label, user: auth.user, variables: names } as Stored;
}

/** A store as slow as a disk can be, and a log of what was written and told, in order. */
function watched(delay: number) {
  const durable = memoryDurableStore();
  const log: { what: "stored" | "told"; key: SessionKey; state: Stored }[] = [];
  const slow: DurableStore = {
    ...durable,
    saveSessions: async (records) => {
      const written = structuredClone(records);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await durable.saveSessions(written);
      for (const record of written) {
        log.push({ what: "stored", key: record.key, state: storedPart(record) });
      }
    },
  };
  const listener = {
    changed: ({ sessions = [] }: RegistryDelta) => {
      for (const view of sessions)
        log.push({ what: "told", key: view.key, state: storedPart(view) });
    },
  };
  return { slow, log, listener };
}

describe("the order of a change", () => {
  it.each([0, 40])("is: stored, then told (writes take %i ms)", async (delay) => {
    const { slow, log, listener } = watched(delay);
    const scene = await openScene(server.url, { durable: slow, listener });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    await session.set("colour", encodeValue("red"));
    await session.use("app", "tenant_b");
    await scene.registry.edit(key, { label: "Renamed" });
    await session.signIn(SIGN_INS.bob);
    await session.unset("colour");
    await session.end();
    await session.close();
    await until(() => log.at(-1)?.what === "told" && log.at(-1)?.state.status === "removed");
    const written = new Set<string>();
    for (const { what, state } of log) {
      const text = JSON.stringify(state);
      if (what === "stored") written.add(text);
      else expect(written, `told before it was stored: ${text}`).toContain(text);
    }
    expect(log.filter(({ what }) => what === "told").length).toBeGreaterThan(2);
    await scene.registry.dispose();
  });

  it("holds for the answer of the command too: what it says is stored already", async () => {
    const { slow, listener } = watched(20);
    const scene = await openScene(server.url, { durable: slow, listener });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const stored = async () =>
      (await slow.load()).sessions.find((record) => record.key === key) as SessionRecord;
    expect((await stored()).auth.user).toBe("user:alice");
    await scene.registry.session(key).use("app", "tenant_b");
    expect((await stored()).database).toBe("tenant_b");
    await scene.registry.session(key).set("x", encodeValue(1));
    expect((await stored()).variables).toHaveLength(1);
    await scene.registry.session(key).close();
    expect((await stored()).status).toBe("removed");
    await scene.registry.dispose();
  });

  it("holds for a line of the history", async () => {
    const durable = memoryDurableStore();
    const log: string[] = [];
    const slow: DurableStore = {
      ...durable,
      addHistory: async (key, entry) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await durable.addHistory(key, entry);
        log.push(`stored ${entry.text}`);
      },
    };
    const listener = {
      history: (_key: SessionKey, { text }: { text?: string }) => void log.push(`told ${text}`),
    };
    const scene = await openScene(server.url, { durable: slow, listener });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await until(() => log.includes("told Signed in."));
    for (const line of log.filter((one) => one.startsWith("told "))) {
      const text = line.slice("told ".length);
      expect(log.indexOf(`stored ${text}`)).toBeLessThan(log.indexOf(line));
      expect(log).toContain(`stored ${text}`);
    }
    expect((await scene.history(key)).map(({ text }) => text)).toEqual([
      "New session.",
      "Signed in.",
    ]);
    await scene.registry.dispose();
  });

  it("puts tokens into the secret store before anybody hears of the sign-in", async () => {
    const secret = memorySecretStore();
    const log: string[] = [];
    const slow: SecretStore = {
      ...secret,
      save: async (id, secrets) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        await secret.save(id, secrets);
        log.push("kept");
      },
    };
    const listener = {
      changed: ({ sessions = [] }: RegistryDelta) => {
        if (sessions.some(({ auth }) => auth.user === "user:alice")) log.push("told");
      },
    };
    const scene = await openScene(server.url, { secret: slow, listener });
    await scene.create({ signIn: SIGN_INS.alice });
    await until(() => log.includes("told"));
    expect(log[0]).toBe("kept");
    await scene.registry.dispose();
  });

  it("writes what changes together in few transactions, and use only now and then", async () => {
    const durable = memoryDurableStore();
    let writes = 0;
    const counting: DurableStore = {
      ...durable,
      saveSessions: async (records) => {
        writes += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        await durable.saveSessions(records);
      },
    };
    const scene = await openScene(server.url, { durable: counting });
    const keys = await Promise.all(Array.from({ length: 30 }, () => scene.create()));
    const before = writes;
    await Promise.all(keys.map((key) => scene.registry.session(key).set("x", encodeValue(1))));
    expect(writes - before).toBeLessThan(15);
    const alice = await scene.create({ signIn: SIGN_INS.alice });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const quiet = writes;
    for (let index = 0; index < 20; index += 1) await scene.ask(alice, "RETURN 1");
    expect(writes).toBe(quiet);
    await scene.registry.dispose();
  });
});

describe("a store that fails", () => {
  const full = () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));

  it("is told once, and everything goes on in memory", async () => {
    const durable: DurableStore = {
      load: full,
      saveProfile: full,
      removeProfile: full,
      saveSessions: full,
      removeSession: full,
      saveSettings: full,
      addHistory: full,
      history: full,
      saveRemembered: full,
      removeRemembered: full,
    };
    const secret: SecretStore = { load: full, save: full, remove: full };
    const told: string[][] = [];
    const listener = {
      changed: ({ problems }: RegistryDelta) => {
        if (problems) told.push(problems);
      },
    };
    const scene = await openScene(server.url, { durable, secret, listener });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.session(key).set("x", encodeValue(1));
    await scene.registry.session(key).use("app", "tenant_b");
    await scene.registry.session(key).renew("you");
    await scene.registry.remember(key, true);
    await scene.registry.changeSettings({ abandonAfter: 120_000 });
    const fork = await scene.registry.fork(key);
    expect(await scene.whoIs(fork)).toBe("user:alice app tenant_b");
    expect(await scene.ask(fork, "RETURN $x")).toBe(1);
    await scene.registry.session(fork).close();
    await scene.registry.forget(fork);
    await until(() => told.length > 0);
    const { problems } = scene.registry;
    expect(new Set(problems).size).toBe(problems.length);
    expect(problems).toContain(
      "Could not store a session (QuotaExceededError: The disk is full.). It goes on in memory, until the browser closes.",
    );
    // Nothing that was told is told again.
    const lengths = told.map(({ length }) => length);
    expect(new Set(lengths).size).toBe(lengths.length);
    await scene.registry.dispose();
  });

  it("at the start loses nothing that could still be read", async () => {
    const secret = memorySecretStore();
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable, secret });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.dispose();
    const broken = await openScene(server.url, {
      durable: { ...durable, load: full },
      secret,
    });
    expect(broken.registry.sessions).toEqual([]);
    expect(broken.registry.problems).toHaveLength(1);
    await broken.registry.dispose();
    // The sign-ins of the sessions that could not be read are still there when it works again.
    const again = await openScene(server.url, { durable, secret });
    await until(() => again.view(key).gate.open);
    expect(await again.whoIs(key)).toBe("user:alice app tenant_a");
    await again.registry.dispose();
  });

  it("with a sign-in that isn't one asks for it again", async () => {
    const secret = memorySecretStore();
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable, secret });
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await scene.registry.dispose();
    for (const id of (await secret.load()).keys()) {
      await secret.save(id, { tokens: { access: "torn" } });
    }
    const again = await openScene(server.url, { durable, secret });
    expect(again.view(key)).toMatchObject({ status: "expired", needsSignIn: true });
    expect(again.registry.problems[0]).toContain("read a sign-in");
    await again.registry.dispose();
  });
});

describe("edits", () => {
  it("keep labels short, colours whole and numbers apart", async () => {
    const scene = await openScene(server.url);
    const [a, b] = [await scene.create(), await scene.create()];
    await scene.registry.edit(a, { label: `  ${"x".repeat(200)}  `, colour: "#ABCDEF", number: 3 });
    expect(scene.view(a)).toMatchObject({ label: "x".repeat(80), colour: "#ABCDEF", number: 3 });
    await scene.registry.edit(b, { label: " ", colour: "red; }", number: 3 });
    expect(scene.view(b).number).toBe(3);
    expect(scene.view(a).number).toBeUndefined();
    expect(scene.view(b).label).not.toBe("");
    expect(scene.view(b).colour).toMatch(/^#[0-9a-f]{6}$/);
    await scene.registry.edit(b, { number: 42 });
    expect(scene.view(b).number).toBe(3);
    await scene.registry.edit(b, { number: null });
    expect(scene.view(b).number).toBeUndefined();
    expect(await failureOf(scene.registry.edit("nobody", {}))).toMatchObject({
      name: "UnknownSessionError",
    });
    await scene.registry.dispose();
  });
});
