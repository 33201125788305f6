/** The stand-in of Clerk, asked as the SDK asks, and the application's own back end. */
import type { ClientJSON, SessionJSON } from "@clerk/shared/types";
import { afterEach, expect, test } from "vitest";
import { latch } from "../../support/rpc-proxy.ts";
import {
  type ClerkApp,
  type ClerkAppOptions,
  startClerkApp,
} from "../../support/web/clerk/app-server.ts";
import { credentialsOf, type PersonName } from "../../support/web/clerk/people.ts";

// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever was sent, and is looked at here.
type Body = any;
type Ask = (
  path: string,
  form?: Record<string, string>,
  verb?: string,
) => Promise<{ status: number; body: Body }>;

const open: ClerkApp[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function start(options: ClerkAppOptions = {}): Promise<ClerkApp> {
  const app = await startClerkApp(options);
  open.push(app);
  return app;
}

/** A browser that is new to Clerk, as the SDK makes one known. */
async function newBrowser({ origin }: ClerkApp): Promise<Ask> {
  let browser = "";
  const ask: Ask = async (path, form, verb) => {
    const url = new URL(`/__clerk/v1${path}`, origin);
    url.searchParams.set("__clerk_db_jwt", browser);
    if (verb) url.searchParams.set("_method", verb);
    const body = new URLSearchParams(form);
    const response = await fetch(url, form || verb ? { method: "POST", body } : {});
    return { status: response.status, body: await response.json() };
  };
  browser = (await ask("/dev_browser", {})).body.id;
  return ask;
}

async function signIn(ask: Ask, person: PersonName): Promise<string> {
  const { status, body } = await ask("/client/sign_ins", { ...credentialsOf(person) });
  expect(status).toBe(200);
  expect(body.response.status).toBe("complete");
  return body.response.created_session_id;
}

async function clientOf(ask: Ask): Promise<ClientJSON> {
  return (await ask("/client")).body.response;
}

async function statusesOf(ask: Ask): Promise<Record<string, string>> {
  const { sessions } = await clientOf(ask);
  return Object.fromEntries(sessions.map(({ user, status }) => [user.first_name, status]));
}

async function meWith(app: ClerkApp, token: string): Promise<[number, unknown]> {
  const response = await fetch(`${app.origin}/me`, {
    headers: { cookie: `other=1; __session=${token}` },
  });
  return [response.status, await response.json()];
}

test("a new browser has no client; signing in makes one, with a session", async () => {
  const app = await start();
  const ask = await newBrowser(app);
  expect((await ask("/client")).body).toEqual({ response: null, client: null });
  const before = Date.now();
  const id = await signIn(ask, "alice");
  const client = await clientOf(ask);
  expect(client.last_active_session_id).toBe(id);
  const [session] = client.sessions as [SessionJSON];
  expect(session).toMatchObject({
    object: "session",
    id,
    status: "active",
    actor: null,
    tasks: null,
    factor_verification_age: [0, -1],
    last_active_organization_id: null,
    user: { id: "user_alice", first_name: "Alice" },
    public_user_data: { identifier: "alice@example.com" },
    last_active_token: { object: "token" },
  });
  expect(session).not.toHaveProperty("person");
  for (const time of ["created_at", "updated_at", "last_active_at"] as const) {
    expect(session[time]).toBeGreaterThanOrEqual(before);
    expect(session[time]).toBeLessThanOrEqual(Date.now());
  }
  expect(session.expire_at).toBeGreaterThan(before);
  expect(session.abandon_at).toBeGreaterThan(before);
});

test("refuses unknown browsers, people, passwords and paths in Clerk's words", async () => {
  const app = await start();
  const ask = await newBrowser(app);
  const codeOf = async (answer: ReturnType<Ask>) => {
    const { status, body } = await answer;
    return [status, body.errors[0].code];
  };
  const form = { identifier: "alice@example.com", password: "wrong" };
  expect(await codeOf(ask("/client/sign_ins", form))).toEqual([422, "form_password_incorrect"]);
  expect(await codeOf(ask("/client/sign_ins", { identifier: "eve@example.com" }))).toEqual([
    422,
    "form_identifier_not_found",
  ]);
  expect(await codeOf(ask("/client/sessions/sess_none/touch", {}))).toEqual([
    404,
    "resource_not_found",
  ]);
  expect(await codeOf(ask("/client/nothing"))).toEqual([404, "resource_not_found"]);
  const other = await newBrowser(await start());
  expect((await other("/client")).status).toBe(200);
  const foreign = await fetch(`${app.origin}/__clerk/v1/client?__clerk_db_jwt=dvb_of_another`);
  expect([foreign.status, (await foreign.json()).errors[0].code]).toEqual([
    401,
    "dev_browser_unauthenticated",
  ]);
});

test("several sessions in one client: the last one touched is the active one", async () => {
  const app = await start();
  const ask = await newBrowser(app);
  const alice = await signIn(ask, "alice");
  const bob = await signIn(ask, "bob");
  expect((await clientOf(ask)).last_active_session_id).toBe(bob);
  const again = await ask("/client/sign_ins", { ...credentialsOf("alice") });
  expect(again.body.errors[0]).toMatchObject({
    code: "identifier_already_signed_in",
    meta: { session_id: alice },
  });
  const touched = await ask(`/client/sessions/${alice}/touch`, { intent: "select_session" });
  expect(touched.body.response.id).toBe(alice);
  expect(touched.body.client.last_active_session_id).toBe(alice);
  expect(app.api.of("touch")).toEqual([
    {
      action: "touch",
      method: "POST",
      path: `/client/sessions/${alice}/touch`,
      body: { intent: "select_session" },
      status: 200,
    },
  ]);
});

test("ended stays in the client, removed goes; signing out removes all", async () => {
  const app = await start({ sessions: [{ person: "alice" }, { person: "bob" }] });
  const ask = await newBrowser(app);
  const [alice, bob] = (await clientOf(ask)).sessions as [SessionJSON, SessionJSON];
  const ended = await ask(`/client/sessions/${bob.id}/end`, {});
  expect(ended.body.response).toMatchObject({ status: "ended", last_active_token: null });
  expect(ended.body.client.last_active_session_id).toBe(null);
  expect(await statusesOf(ask)).toEqual({ Alice: "active", Bob: "ended" });
  for (const action of ["touch", "tokens", "end"]) {
    const late = await ask(`/client/sessions/${bob.id}/${action}`, {});
    expect([late.status, late.body.errors[0].code]).toEqual([401, "authentication_invalid"]);
  }
  await ask(`/client/sessions/${bob.id}/remove`, {});
  expect(await statusesOf(ask)).toEqual({ Alice: "active" });
  const out = await ask("/client/sessions", undefined, "DELETE");
  expect(out.body.client.sessions).toEqual([]);
  expect(app.api.sessions().map(({ id, status }) => [id, status])).toEqual([
    [alice.id, "removed"],
    [bob.id, "removed"],
  ]);
  expect(app.api.of("remove-all")[0]?.method).toBe("DELETE");
});

test("single-session mode: the new sign-in replaces the former session, or is refused", async () => {
  const ask = await newBrowser(await start({ singleSession: true }));
  expect((await ask("/environment")).body.auth_config.single_session_mode).toBe(true);
  await signIn(ask, "alice");
  const bob = await signIn(ask, "bob");
  expect(await statusesOf(ask)).toEqual({ Alice: "replaced", Bob: "active" });
  expect((await clientOf(ask)).last_active_session_id).toBe(bob);
  const strict = await newBrowser(await start({ singleSession: true, secondSignIn: "refused" }));
  await signIn(strict, "alice");
  const second = await strict("/client/sign_ins", { ...credentialsOf("bob") });
  expect([second.status, second.body.errors[0].code]).toEqual([400, "session_exists"]);
});

test("changes from outside, and sessions from elsewhere", async () => {
  const app = await start();
  expect(() => app.api.add({ person: "bob" })).toThrow("no page");
  const ask = await newBrowser(app);
  await signIn(ask, "alice");
  const actor = { sub: "user_carol" };
  const bob = app.api.add({ person: "bob", actor, expire_at: Date.now() + 1000 });
  const carol = app.api.add({ person: "carol", tasks: [{ key: "setup-mfa" }] });
  const client = await clientOf(ask);
  expect(client.sessions.map(({ status, actor }) => [status, actor])).toEqual([
    ["active", null],
    ["active", actor],
    ["pending", null],
  ]);
  for (const status of ["expired", "abandoned", "ended", "replaced"] as const) {
    app.api.setStatus(bob.id, status);
    expect(await statusesOf(ask)).toMatchObject({ Bob: status });
  }
  for (const status of ["revoked", "removed"] as const) {
    app.api.setStatus(bob.id, status);
    expect(await statusesOf(ask)).toEqual({ Alice: "active", Carol: "pending" });
  }
  app.api.setStatus(carol.id, "active");
  expect(await statusesOf(ask)).toMatchObject({ Carol: "active" });
  app.api.add({ person: "bob", expire_at: Date.now() - 1 });
  expect(await statusesOf(ask)).toMatchObject({ Bob: "expired" });
  expect(() => app.api.setStatus("sess_none", "ended")).toThrow("sess_none");
});

test("the back end judges by the token alone: signed here, alive, nothing left to do", async () => {
  const app = await start({ sessions: [{ person: "alice", actor: { sub: "user_carol" } }] });
  const ask = await newBrowser(app);
  const [session] = (await clientOf(ask)).sessions as [SessionJSON];
  const { jwt } = (await ask(`/client/sessions/${session.id}/tokens`, {})).body;
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString());
  expect(claims).toMatchObject({ sid: session.id, sub: "user_alice", act: { sub: "user_carol" } });
  expect(claims.exp - claims.iat).toBe(60);
  const asAlice = [200, { userId: "user_alice", sessionId: session.id }];
  expect(await meWith(app, jwt)).toEqual(asAlice);
  app.api.setStatus(session.id, "revoked");
  expect(await meWith(app, jwt)).toEqual(asAlice);
  const nobody = [401, { userId: null }];
  expect(await meWith(app, `${jwt}x`)).toEqual(nobody);
  expect(await meWith(app, "nonsense")).toEqual(nobody);
  expect(await meWith(await start(), jwt)).toEqual(nobody);
  const pending = app.api.add({ person: "bob", status: "pending" });
  const left = (await ask(`/client/sessions/${pending.id}/tokens`, {})).body.jwt;
  expect(await meWith(app, left)).toEqual(nobody);
});

test("the next request is held, fails, or is cut off, as a test decides", async () => {
  const app = await start({ sessions: [{ person: "alice" }] });
  const ask = await newBrowser(app);
  const [session] = (await clientOf(ask)).sessions as [SessionJSON];
  const touch = () => ask(`/client/sessions/${session.id}/touch`, {});
  app.api.next("touch", { status: 500, code: "internal" });
  expect((await touch()).status).toBe(500);
  expect((await touch()).status).toBe(200);
  app.api.next("touch", { delayMs: 60 });
  const before = performance.now();
  await touch();
  expect(performance.now() - before).toBeGreaterThan(50);
  app.api.next("touch", "cut");
  await expect(touch()).rejects.toThrow("fetch failed");
  app.api.next("end", "lose answer");
  await expect(ask(`/client/sessions/${session.id}/end`, {})).rejects.toThrow("fetch failed");
  expect(await statusesOf(ask)).toEqual({ Alice: "ended" });
  const { opened, open: letGo } = latch();
  app.api.next("client", opened);
  const held = ask("/client");
  await expect.poll(() => app.api.seen.at(-1)?.status).toBe(undefined);
  letGo();
  expect((await held).status).toBe(200);
});

test("the environment, whole and degraded; the pages and the SDK's files", async () => {
  const ask = await newBrowser(await start());
  expect((await ask("/environment", undefined, "PATCH")).body.commerce_settings).toHaveProperty(
    "billing",
  );
  const app = await start({ degraded: true });
  const degraded = await newBrowser(app);
  expect((await degraded("/environment")).body.commerce_settings).toEqual({});
  for (const path of ["/", "/twice", "/fake", "/page/app.js", "/sdk/clerk.browser.js"]) {
    const response = await fetch(app.origin + path);
    expect([path, response.status]).toEqual([path, 200]);
    await response.text();
  }
  expect((await fetch(`${app.origin}/sdk/nothing.js`)).status).toBe(404);
  expect((await fetch(`${app.origin}/sdk/..%2Fpackage.json`)).status).toBe(404);
});
