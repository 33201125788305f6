/** Pages that make up a `window.Clerk`, or answer something else. */
import { expect, test } from "vitest";
import { clerk } from "../../../../src/web/clerk/clerk.ts";
import type { SeenSession } from "../../../../src/web/web-model.ts";
import { ClerkPage, ClerkServer, serverSession } from "../../../support/web/clerk-fake.ts";

async function faked(script: string): Promise<ClerkPage> {
  const page = await ClerkPage.of(new ClerkServer(serverSession("alice"), serverSession("bob")));
  page.evaluate(script);
  return page;
}

/** A page that answers anything to whatever is run in it. */
function answering(answer: unknown): ClerkPage {
  const page = new ClerkPage();
  page.run = async () => answer;
  return page;
}

const SEEN = { id: "sess_bob" } as SeenSession;

test.each([
  ["no object", `window.Clerk = "Clerk"`, "it has no setActive"],
  ["an empty one", "window.Clerk = {}", "it has no setActive"],
  ["a class", "window.Clerk = class Clerk {}", "it has no setActive"],
  [
    "a getter that throws",
    `Object.defineProperty(window, "Clerk", { get() { throw new Error("no"); } })`,
    "reading its “Clerk” threw",
  ],
  [
    "a Proxy that throws at everything",
    `window.Clerk = new Proxy({}, new Proxy({}, { get() { throw 1; } }))`,
    "reading its “nodeType” threw",
  ],
  [
    "a revoked Proxy",
    `{ const made = Proxy.revocable({}, {}); made.revoke(); window.Clerk = made.proxy; }`,
    "reading its “nodeType” threw",
  ],
])("window.Clerk is %s", async (_, script, why) => {
  expect(await clerk.look(await faked(script))).toEqual({
    system: {
      state: "broken",
      words: `The page has a window.Clerk that isn't Clerk's: ${why}.`,
      signsIn: false,
    },
    sessions: [],
  });
});

test.each([
  ["is missing", "Clerk.client = {}", "."],
  ["is text", `Clerk.client = { sessions: "many" }`, "."],
  ["throws", `Clerk.client = { get sessions() { throw {}; } }`, ": reading “sessions” threw."],
])("the list of sessions %s", async (_, script, why) => {
  const look = await clerk.look(await faked(script));
  expect(look?.system).toMatchObject({
    state: "broken",
    words: `Clerk 6.40.0 says that it is loaded, but lists no sessions${why}`,
  });
});

test("fields that throw are left out, and it is said", async () => {
  const look = await clerk.look(
    await faked(`
      for (const name of ["user", "lastActiveAt", "actor", "lastActiveToken", "tasks"]) {
        Object.defineProperty(Clerk.client.sessions[1], name, { get() { throw null; } });
      }
    `),
  );
  expect(look?.system).toMatchObject({
    state: "degraded",
    words: expect.stringMatching(/^Reading “\w+” threw, so something may be missing\.$/),
  });
  expect(look?.sessions[1]).toMatchObject({ id: "sess_bob", status: "active" });
  expect(look?.sessions[1]).not.toHaveProperty("lastActiveAt");
});

test("endless texts, lists and things that contain themselves end", async () => {
  const page = await faked(`
    const endless = "x".repeat(50_000_000);
    const self = { list: [] };
    self.self = self;
    for (let at = 0; at < 1000; at++) { self["key" + at] = self; self.list[at] = self; }
    const tasks = Array.from({ length: 1000 }, () => ({ key: endless }));
    const list = [];
    for (let at = 0; at < 100_000; at++) {
      list[at] = {
        id: "sess_" + at, status: "active", user: { id: endless, fullName: endless }, actor: self,
        publicUserData: self, tasks,
        factorVerificationAge: [NaN, 1], lastActiveAt: 1e300, expireAt: new Date(NaN),
        createdAt: { getTime: () => "soon" }, updatedAt: { getTime() { throw 1; } },
        lastActiveOrganizationId: endless, lastActiveToken: { getRawString: () => endless },
      };
    }
    Clerk.client = { sessions: list, lastActiveSessionId: endless };
  `);
  const answer = await page.run(
    (await import("../../../../src/web/clerk/look-in-page.ts")).lookInPage,
    [],
  );
  expect(JSON.stringify(answer).length).toBeLessThan(1_500_000);

  const look = await clerk.look(page);

  expect(look?.system.words).toMatch(/It lists 100000 sessions; 51 are shown\./);
  // The current one too, which isn't among the first fifty.
  expect(look?.sessions).toHaveLength(51);
  const first = look?.sessions.find(({ id }) => id === "sess_0");
  expect(first?.user).toHaveLength(300);
  for (const field of ["lastActiveAt", "expireAt", "createdAt", "updatedAt"]) {
    expect(first).not.toHaveProperty(field);
  }
});

test("entries that make no sense are left out, and counted", async () => {
  const look = await clerk.look(
    await faked(`
      const { sessions } = Clerk.client;
      sessions.push(null, 7, {}, { id: "x".repeat(5000), status: "active" }, { id: 5, status: "active" });
      sessions.push({ id: "sess_alice", status: "ended" }, { id: "sess_new", status: "frozen" });
    `),
  );
  expect(look?.sessions.map(({ id, status }) => [id, status])).toEqual([
    ["sess_alice", "active"],
    ["sess_bob", "active"],
  ]);
  expect(look?.system).toMatchObject({
    state: "degraded",
    words:
      "6 of its entries made no sense and are left out. " +
      "A session is left out whose status isn't known to Switchyard: “frozen”.",
  });
});

test("keys that would reach a prototype", async () => {
  const look = await clerk.look(
    await faked(`
      Clerk.client.sessions[0].actor = JSON.parse('{"sub": "a", "__proto__": {"polluted": true}}');
    `),
  );
  expect(look?.sessions[0]?.actor).toEqual({ sub: "a" });
});

test.each([
  undefined,
  null,
  7,
  "yes",
  [],
  {},
  { there: "yes" },
  { there: true },
  { there: true, isClerk: true, loaded: true, hasList: true, sessions: { length: 3 } },
  {
    there: true,
    isClerk: true,
    loaded: true,
    hasList: true,
    sessions: [[], { id: [] }],
    scripts: {},
  },
])("a forged answer to a look: %j", async (answer) => {
  const look = await clerk.look(answering(answer));
  expect(look?.sessions).toEqual([]);
});

test.each([undefined, null, 7, "ok", [], {}, { ok: "true" }, { ok: 1 }])(
  "a forged answer to an operation: %j",
  async (answer) => {
    const page = answering(answer);
    const words = "What the page answered made no sense, so it isn't known what Clerk did.";
    await expect(clerk.touch(page, SEEN)).rejects.toMatchObject({
      name: "WebError",
      message: words,
    });
    await expect(clerk.end(page, SEEN)).rejects.toThrow(words);
    await expect(clerk.activate?.(page, SEEN)).rejects.toThrow(words);
    await expect(clerk.reveal(page, SEEN, "session")).rejects.toThrow(words);
  },
);

test("a forged reason is no sentence of ours, and is cut", async () => {
  const page = answering({ ok: false, reason: {}, words: "y".repeat(10_000), isFormer: "yes" });
  const error = await clerk.touch(page, SEEN).catch((thrown) => thrown);
  expect(error.message).toMatch(/^Clerk in this page failed: “y{300}”\.$/);
  await expect(
    clerk.end(answering({ ok: false, reason: "status", words: {} }), SEEN),
  ).rejects.toThrow("Clerk says that this session is in no state that it knows.");
});

test("a forged token", async () => {
  expect(await clerk.reveal(answering({ ok: true, token: {} }), SEEN, "session")).toBeUndefined();
});

test.each([
  ["throwing everywhere", "window.Clerk = new Proxy({}, new Proxy({}, { get() { throw 1; } }))"],
  ["listing without end", "Clerk.client = { sessions: { length: 1e15 }, reload: async () => {} }"],
  ["without a client", "Clerk.client = undefined"],
  [
    "without methods",
    `Clerk.client.reload = Clerk.setActive = Clerk.getFapiClient = 1;
     Clerk.client.sessions[1].end = Clerk.client.sessions[1].remove = {};`,
  ],
])("operations with a Clerk %s fail with words", async (_, script) => {
  const page = await faked(script);
  for (const work of [clerk.touch, clerk.end, clerk.remove, clerk.activate]) {
    await expect(work?.(page, SEEN)).rejects.toMatchObject({ name: "WebError" });
  }
});
