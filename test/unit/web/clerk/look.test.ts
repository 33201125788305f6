/** What is seen of Clerk in a page. */
import { expect, test } from "vitest";
import { clerk } from "../../../../src/web/clerk/clerk.ts";
import { ClerkPage, ClerkServer, jwt, serverSession, T0 } from "../../../support/web/clerk-fake.ts";

async function lookAt(...sessions: ConstructorParameters<typeof ClerkServer>) {
  const look = await clerk.look(await ClerkPage.of(new ClerkServer(...sessions)));
  if (!look) throw new Error("Clerk isn't there.");
  return look;
}

test("a page without Clerk", async () => {
  const page = new ClerkPage();
  expect(await clerk.look(page)).toBeUndefined();
  page.evaluate(`window.Clerk = { nodeType: 1, id: "Clerk" }`);
  expect(await clerk.look(page), "an element with that id").toBeUndefined();
});

test("Clerk that comes late", async () => {
  const page = new ClerkPage();
  const server = new ClerkServer(serverSession("alice"));
  expect(await clerk.look(page)).toBeUndefined();

  page.installClerk(server);
  page.evaluate(`Clerk.status = "loading"`);
  expect(await clerk.look(page)).toEqual({
    system: { state: "loading", words: "Clerk 6.40.0 is loading in this page.", signsIn: false },
    sessions: [],
  });

  await page.evaluate(`Clerk.load().then(() => { Clerk.status = "ready"; })`);
  const look = await clerk.look(page);
  expect(look?.system).toEqual({ state: "ready", signsIn: false, multiSession: true });
  expect(look?.sessions.map(({ id }) => id)).toEqual(["sess_alice"]);
});

test("all that a session tells, the current one first", async () => {
  const bob = serverSession("bob", { last_active_organization_id: "org_1" });
  const server = new ClerkServer(serverSession("alice"), bob);
  server.lastActive = bob.id;
  const page = await ClerkPage.of(server);

  const look = await clerk.look(page);

  expect(look?.sessions.map(({ id, current }) => [id, current])).toEqual([
    ["sess_bob", true],
    ["sess_alice", false],
  ]);
  expect(look?.sessions[0]).toEqual({
    kind: "clerk",
    id: "sess_bob",
    user: "user_bob",
    userName: "bob X",
    current: true,
    status: "active",
    cause: "Clerk says it is active.",
    createdAt: bob.created_at,
    updatedAt: T0,
    lastActiveAt: T0,
    expireAt: bob.expire_at,
    abandonAt: bob.abandon_at,
    tokenExpireAt: T0 + 60_000,
    claims: { sid: "sess_bob", sub: "user_bob", iat: T0 / 1000, exp: T0 / 1000 + 60 },
    facts: [
      { name: "primaryEmailAddress", value: "bob@example.com" },
      { name: "lastActiveOrganizationId", value: "org_1" },
      { name: "factorVerificationAge", value: "first factor 0 min ago, second never" },
    ],
    tokens: [
      {
        name: "session",
        title: "Session token",
        place: "page memory · lastActiveToken",
        present: true,
      },
    ],
    warnings: [],
    operations: {
      switch: "The page runs as it already.",
      touch: true,
      end: true,
      remove: true,
    },
  });
  expect(look?.sessions[1]?.operations).toEqual({
    switch: true,
    touch: true,
    end: true,
    remove: true,
  });
});

test("looking asks no server and writes no cookie", async () => {
  const server = new ClerkServer(serverSession("alice"), serverSession("bob"));
  const page = await ClerkPage.of(server);
  page.cookie = "as it was";
  const asked = server.requests.length;
  await clerk.look(page);
  expect(server.requests).toHaveLength(asked);
  expect(page.cookie).toBe("as it was");
});

test("single-session mode", async () => {
  const server = new ClerkServer(serverSession("alice"));
  server.singleSession = true;
  const look = await clerk.look(await ClerkPage.of(server));
  expect(look?.system.multiSession).toBe(false);
});

test("the mode as older versions tell it, or not at all", async () => {
  const page = await ClerkPage.of(new ClerkServer(serverSession("alice")));
  page.evaluate(`
    delete Clerk.__internal_environment;
    Clerk.__unstable__environment = { authConfig: { singleSessionMode: true } };
  `);
  expect((await clerk.look(page))?.system.multiSession).toBe(false);
  page.evaluate("delete Clerk.__unstable__environment");
  expect((await clerk.look(page))?.system).toEqual({ state: "ready", signsIn: false });
});

test("degraded, and failed to start", async () => {
  const page = await ClerkPage.of(new ClerkServer(serverSession("alice")));
  page.evaluate(`Clerk.status = "degraded"`);
  const degraded = await clerk.look(page);
  expect(degraded?.system.state).toBe("degraded");
  expect(degraded?.system.words).toMatch(/^Clerk 6\.40\.0 says “degraded”: .*out of date\.$/);
  expect(degraded?.sessions).toHaveLength(1);

  page.evaluate(`Clerk.status = "error"; Clerk.client = undefined; Clerk.session = undefined`);
  expect(await clerk.look(page)).toMatchObject({
    system: { state: "degraded", words: expect.stringContaining("couldn't start") },
    sessions: [],
  });
});

test("loaded twice", async () => {
  const page = await ClerkPage.of(new ClerkServer(serverSession("alice")));
  const ui = {
    src: "https://x/npm/@clerk/ui@1/dist/ui.browser.js",
    attributes: ["data-clerk-ui-script"],
  };
  const chunk = { src: "https://x/dist/321_clerk.browser_a68c22_6.40.0.js" };
  page.scripts = [{ src: "https://x/clerk-js@6/dist/clerk.browser.js?v=1" }, ui, chunk];
  expect((await clerk.look(page))?.system.state).toBe("ready");

  page.scripts.push({ src: "https://x/bundle.js", attributes: ["data-clerk-js-script"] });
  expect((await clerk.look(page))?.system).toMatchObject({
    state: "degraded",
    words: "The page loads Clerk's script 2 times: the first one works, the others don't count.",
  });
});

test.each([
  ["active", "Clerk says it is active."],
  ["pending", "Clerk says that the user is signed in, but has something to do first."],
  ["ended", "Clerk says that the user signed out of it."],
  ["expired", "Clerk says that its time is over."],
  ["removed", "Clerk says that the user signed out of it, and that it was removed."],
  ["replaced", "Clerk says that another session took its place."],
  ["revoked", "Clerk says that the application ended it."],
  ["abandoned", "Clerk says that it was abandoned: not used for too long."],
])("the status %s is shown as it is", async (status, cause) => {
  const { system, sessions } = await lookAt(serverSession("alice", { status }));
  expect(system.state).toBe("ready");
  expect(sessions).toMatchObject([{ status, cause }]);
});

test("what can be done with a session that is over, and why the rest can't", async () => {
  const { sessions } = await lookAt(
    serverSession("alice"),
    serverSession("bob", { status: "ended" }),
  );
  expect(sessions[1]?.operations).toEqual({
    switch: "It is ended: sign in again in the page.",
    touch: "It is ended: sign in again in the page.",
    end: "It is ended already.",
    remove: true,
  });
  expect(sessions[1]?.warnings).toEqual([]);
});

test("a session with a task", async () => {
  const tasks = [{ key: "choose-organization" }, { key: "setup-mfa" }];
  const pending = serverSession("bob", { status: "pending", tasks });
  const { sessions } = await lookAt(serverSession("alice"), pending);
  expect(sessions[1]).toMatchObject({
    status: "pending",
    cause:
      "Clerk says that the user is signed in, but has to do this first: choose-organization, setup-mfa.",
    tasks: ["choose-organization", "setup-mfa"],
    warnings: [expect.stringContaining("If you switch to it, Clerk may send the page to its task")],
  });
  expect(sessions[1]?.operations.switch).toBe(true);
  expect(sessions[1]?.facts).toContainEqual({ name: "currentTask", value: "choose-organization" });
});

test("impersonation", async () => {
  const { sessions } = await lookAt(
    serverSession("alice", { actor: { sub: "user_admin", iss: "dashboard" } }),
    serverSession("bob", { actor: { sub: "agent_7", type: "agent" } }),
    serverSession("carol", { actor: {} }),
  );
  expect(sessions.map(({ cause }) => cause)).toEqual([
    "Clerk says it is active. user_admin acts as alice X.",
    "Clerk says it is active. The agent agent_7 acts as bob X.",
    "Clerk says it is active. Somebody acts as carol X.",
  ]);
  expect(sessions[0]?.actor).toEqual({ sub: "user_admin", iss: "dashboard" });
});

test("a time that has passed is no status, but is said", async () => {
  const past = Date.now() - 1000;
  const { sessions } = await lookAt(
    serverSession("alice", { expire_at: past }),
    serverSession("bob", { abandon_at: past }),
    serverSession("carol", { expire_at: past, status: "expired" }),
  );
  expect(sessions.map(({ status, warnings }) => [status, warnings])).toEqual([
    ["active", ["Its time (expireAt) is over, but Clerk in this page still says active."]],
    ["active", ["Its abandonAt has passed, but Clerk in this page still says active."]],
    ["expired", []],
  ]);
});

test.each([
  ["no.jwt", "Its last token can't be read: it is no JWT."],
  ["a.!!!.c", "Its last token can't be read: it is no JWT."],
  [jwt([1]), "Its last token can't be read: it is no JWT."],
  [jwt({ sid: "sess_bob", exp: "soon" }), "Its last token names another session."],
  [jwt({ sid: "sess_alice", more: "x".repeat(5000) }), "Its last token is too long to be read."],
])("a token that isn't as it should be: %.20s", async (token, warning) => {
  const { sessions } = await lookAt(serverSession("alice", { token }));
  expect(sessions[0]?.warnings).toEqual([warning]);
  expect(sessions[0]?.tokenExpireAt).toBeUndefined();
  expect(sessions[0]?.tokens[0]?.present).toBe(true);
});

test("a session without a token", async () => {
  const { sessions } = await lookAt(serverSession("alice", { token: null }));
  expect(sessions[0]).not.toHaveProperty("claims");
  expect(sessions[0]?.tokens[0]?.present).toBe(false);
  expect(sessions[0]?.warnings).toEqual([]);
});

test("the page runs as a session that Clerk doesn't list any more", async () => {
  const server = new ClerkServer(serverSession("alice"), serverSession("bob"));
  const page = await ClerkPage.of(server);
  server.sessions.shift();
  server.lastActive = "sess_bob";
  await page.evaluate("Clerk.client.reload()");

  const look = await clerk.look(page);

  expect(look?.sessions[0]).toMatchObject({
    id: "sess_alice",
    current: true,
    warnings: ["The page runs as it, but Clerk doesn't list it any more."],
    operations: { touch: "Clerk doesn't list it any more: reload the page." },
  });
  expect(look?.sessions[1]?.warnings).toEqual([
    "After a reload the page would run as this session: Clerk has it as the one used last.",
  ]);
});
