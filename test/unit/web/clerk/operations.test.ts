/** Touching, ending, removing and switching: what the page, its cookie and the server have afterwards. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clerk } from "../../../../src/web/clerk/clerk.ts";
import type { SeenSession } from "../../../../src/web/web-model.ts";
import {
  answer,
  ClerkPage,
  ClerkServer,
  refusal,
  serverSession,
} from "../../../support/web/clerk-fake.ts";

let server: ClerkServer;
let page: ClerkPage;
let alice: SeenSession;
let bob: SeenSession;

beforeEach(async () => {
  server = new ClerkServer(serverSession("alice"), serverSession("bob"));
  page = await ClerkPage.of(server);
  [alice, bob] = (await sessions()) as [SeenSession, SeenSession];
  server.requests.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  // The document answers for itself again, whatever happened.
  expect(page.evaluate(`Object.getOwnPropertyNames(document)`)).toEqual([]);
});

async function sessions(): Promise<SeenSession[]> {
  return (await clerk.look(page))?.sessions ?? [];
}

/** The ids of whom the page runs as: by Clerk, by the cookie, and after a reload. */
async function runsAs(): Promise<(string | null)[]> {
  const inPage = page.evaluate("Clerk.session?.id ?? null") as string | null;
  const inCookie = subjectOf(page.cookie);
  const reloaded = await ClerkPage.of(server);
  return [inPage, inCookie, subjectOf(reloaded.cookie)];
}

function subjectOf(token: string | null): string | null {
  const payload = token?.split(".")[1];
  return payload ? JSON.parse(Buffer.from(payload, "base64url").toString()).sid : null;
}

const AS_ALICE = ["sess_alice", "sess_alice", "sess_alice"];

test("touching another session notes its activity, and the page stays who it is", async () => {
  const before = Date.now();
  await clerk.touch(page, bob);
  expect((await sessions())[1]?.lastActiveAt).toBeGreaterThanOrEqual(before);
  expect(server.requests).toEqual([
    "POST /client/sessions/sess_bob/touch",
    "GET /client",
    // The server would take Bob after a reload otherwise.
    "POST /client/sessions/sess_alice/touch",
    "GET /client",
  ]);
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("touching the current session", async () => {
  const before = Date.now();
  await clerk.touch(page, alice);
  expect((await sessions())[0]?.lastActiveAt).toBeGreaterThanOrEqual(before);
  expect(server.requests).toEqual(["POST /client/sessions/sess_alice/touch", "GET /client"]);
});

test("an operation shows what was done elsewhere", async () => {
  server.sessions.push(serverSession("carol"));
  await clerk.touch(page, alice);
  expect((await sessions()).map(({ id }) => id)).toContain("sess_carol");
});

test("touching a session that the server knows no more", async () => {
  server.sessions.pop();
  await expect(clerk.touch(page, bob)).rejects.toMatchObject({
    name: "WebError",
    message: "Clerk's server refused it: “No session was found”.",
  });
  expect(await sessions()).toHaveLength(1);
});

test.each([
  ["another session", () => answer({ response: { id: "sess_x" } }), "answered for another session"],
  ["nothing", () => answer(null), "answered for another session"],
  ["no status", () => ({}), "refused it."],
  ["an error without words", () => refusal(500, ""), "refused it."],
])("touching where the server answers %s", async (_, given, words) => {
  server.override = (request) => (request.endsWith("touch") ? given() : undefined);
  await expect(clerk.touch(page, bob)).rejects.toThrow(words);
});

test("a server that can't be reached", async () => {
  server.override = () => Promise.reject(new Error("Network error"));
  await expect(clerk.touch(page, bob)).rejects.toThrow(
    "Clerk in this page failed: “Network error”.",
  );
  await expect(clerk.end(page, bob)).rejects.toThrow("Clerk's server refused it: “Network error”.");
  await expect(clerk.activate?.(page, bob)).rejects.toThrow(
    "The page can't reach Clerk's server: “Network error”. Nothing was changed.",
  );
  server.override = undefined;
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("a server that is away after it was done", async () => {
  server.override = (request) =>
    request.startsWith("GET") ? Promise.reject(new Error("Network error")) : undefined;
  const words =
    "It was done, but the page couldn't ask Clerk's server what became of it: “Network error”.";
  await expect(clerk.touch(page, alice)).rejects.toThrow(words);
  await expect(clerk.end(page, bob)).rejects.toThrow(words);
});

test("the server doesn't let the former session be the last again", async () => {
  server.override = (request) => {
    if (!request.includes("sess_alice")) return undefined;
    return answer({ response: { id: "sess_alice" } });
  };
  await expect(clerk.touch(page, bob)).rejects.toThrow(
    "takes another session for the one used last",
  );
});

test("ending another session", async () => {
  await clerk.end(page, bob);
  expect(await sessions()).toMatchObject([
    { id: "sess_alice", current: true },
    { id: "sess_bob", status: "ended", cause: "Clerk says that the user signed out of it." },
  ]);
  expect(await runsAs()).toEqual(AS_ALICE);
  await expect(clerk.end(page, bob)).rejects.toThrow("Clerk says that this session is “ended”.");
});

test("removing another session, also one that was ended", async () => {
  await clerk.end(page, bob);
  await clerk.remove(page, bob);
  expect((await sessions()).map(({ id }) => id)).toEqual(["sess_alice"]);
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("ending the current session signs the page out, and says what a reload would do", async () => {
  await clerk.end(page, alice);
  expect(await runsAs()).toEqual([null, null, "sess_bob"]);
  expect(await sessions()).toMatchObject([
    { id: "sess_alice", status: "ended", current: false, warnings: [] },
    {
      id: "sess_bob",
      current: false,
      operations: { switch: true },
      warnings: [
        "The page is signed out until it is reloaded; then Clerk takes this session, unless the application chooses another.",
      ],
    },
  ]);

  await clerk.activate?.(page, bob);
  expect(await runsAs()).toEqual(["sess_bob", "sess_bob", "sess_bob"]);
});

test("ending what was over already, as the page didn't know", async () => {
  server.sessions.pop();
  await clerk.end(page, bob);
  expect((await sessions()).map(({ id }) => id)).toEqual(["sess_alice"]);
  expect(server.requests).toEqual(["POST /client/sessions/sess_bob/end", "GET /client"]);
});

test("a server that refuses to end or remove", async () => {
  server.override = (request) => (request.startsWith("POST") ? refusal(403, "Not you") : undefined);
  await expect(clerk.end(page, bob)).rejects.toThrow("Clerk's server refused it: “Not you”.");
  await expect(clerk.remove(page, bob)).rejects.toThrow("Clerk's server refused it: “Not you”.");
});

test("a server that says that it ended, and didn't", async () => {
  server.override = (request) =>
    request.endsWith("end") ? answer({ response: { ...server.sessions[1] } }) : undefined;
  await expect(clerk.end(page, bob)).rejects.toThrow(
    "Clerk took the request, but still says that the session is active.",
  );
});

test("switching while DevTools have the focus lasts over a reload", async () => {
  await clerk.activate?.(page, bob);
  expect(await runsAs()).toEqual(["sess_bob", "sess_bob", "sess_bob"]);
  expect((await sessions())[0]).toMatchObject({ id: "sess_bob", current: true, warnings: [] });
  expect(page.evaluate("document.hasFocus()")).toBe(false);
});

test("after a switch the page renews the new session's cookie without the focus", async () => {
  await clerk.activate?.(page, bob);
  page.cookie = "out of date";
  await page.evaluate("Clerk.session.getToken()");
  expect(subjectOf(page.cookie)).toBe("sess_bob");
});

test("ten switches lose nobody", async () => {
  for (let at = 0; at < 5; at++) {
    await clerk.activate?.(page, bob);
    await clerk.activate?.(page, alice);
  }
  expect(await runsAs()).toEqual(AS_ALICE);
  expect((await sessions()).map(({ status }) => status)).toEqual(["active", "active"]);
});

test("switching to a session made elsewhere", async () => {
  server.sessions.push(serverSession("carol"));
  await clerk.activate?.(page, { ...bob, id: "sess_carol" });
  expect(await runsAs()).toEqual(["sess_carol", "sess_carol", "sess_carol"]);
});

test("switching to a session that Clerk doesn't know calls nothing", async () => {
  page.evaluate(`Clerk.setActive = () => { throw new Error("was called"); }`);
  await expect(clerk.activate?.(page, { ...bob, id: "sess_x" })).rejects.toThrow(
    "Clerk has no such session in this page any more. Nothing was changed.",
  );
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("switching to a session that only the server knows to be over", async () => {
  Object.assign(server.sessions[1] ?? {}, { status: "expired" });
  await expect(clerk.activate?.(page, bob)).rejects.toThrow(
    "Clerk says that this session is “expired”. Nothing was changed.",
  );
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("switching to a session that ends at that very moment puts the former one back", async () => {
  server.override = (request) => {
    if (request.endsWith("sess_bob/touch"))
      Object.assign(server.sessions[1] ?? {}, { status: "ended" });
    return undefined;
  };
  // clerk-js takes the refusal of a session for a sign-out.
  page.evaluate(`
    const { setActive } = Clerk;
    Clerk.setActive = (to) => setActive(to).catch(() => { Clerk.session = null; });
  `);
  await expect(clerk.activate?.(page, bob)).rejects.toThrow(
    "Clerk switched to no such session, and gave no reason. The page runs as its former session.",
  );
  expect(await runsAs()).toEqual(AS_ALICE);
});

test("a switch that throws", async () => {
  page.evaluate(`Clerk.setActive = async () => { throw new Error("not today"); }`);
  await expect(clerk.activate?.(page, bob)).rejects.toThrow(
    "Clerk in this page failed: “not today”. The page runs as its former session.",
  );
});

test("a switch that signs out, and can't be undone", async () => {
  page.evaluate(`Clerk.setActive = async () => { Clerk.session = null; throw {}; }`);
  await expect(clerk.activate?.(page, bob)).rejects.toThrow("The page is signed out.");
});

test("a switch that says it is done, and isn't", async () => {
  page.evaluate("Clerk.setActive = async () => {}");
  await expect(clerk.activate?.(page, bob)).rejects.toThrow("The page runs as its former session.");
  page.evaluate("Clerk.setActive = async () => { Clerk.session = Clerk.client.sessions[1]; }");
  await expect(clerk.activate?.(page, bob)).rejects.toThrow(
    "after a reload the page would run as that one",
  );
});

test("a switch while the page is switching", async () => {
  page.evaluate("Clerk.__internal_setActiveInProgress = true");
  await expect(clerk.activate?.(page, bob)).rejects.toThrow("is switching sessions itself");
});

test("what never settles is given up, and the document's own answer is back", async () => {
  vi.useFakeTimers();
  page.evaluate(`
    const never = () => new Promise(() => {});
    Clerk.setActive = never;
    Clerk.session.end = never;
    Clerk.client.sessions[1].remove = never;
    Clerk.client.reload = async () => {};
    Clerk.getFapiClient = () => ({ request: never });
  `);
  const works = [clerk.activate, clerk.remove, clerk.touch];
  for (const [session, work] of [
    ...works.map((each) => [bob, each] as const),
    [alice, clerk.end] as const,
  ]) {
    const failed = expect(work?.(page, session)).rejects.toThrow(
      "Clerk in this page didn't answer in time; it may still do it.",
    );
    await vi.advanceTimersByTimeAsync(8_100);
    await failed;
    expect(page.evaluate("document.hasFocus()")).toBe(false);
  }
});

test("a page that has its own hasFocus gets it back as it was", async () => {
  page.evaluate(`
    Object.defineProperty(document, "hasFocus", { get: () => () => "mine", configurable: true });
  `);
  const own = `JSON.stringify(Object.getOwnPropertyDescriptor(document, "hasFocus"))`;
  const before = page.evaluate(own);
  await clerk.activate?.(page, bob);
  expect(page.evaluate(own)).toBe(before);
  expect(page.evaluate("document.hasFocus()")).toBe("mine");

  page.evaluate("Clerk.setActive = () => { throw 1; }");
  await expect(clerk.activate?.(page, alice)).rejects.toThrow("Clerk in this page failed.");
  expect(page.evaluate("document.hasFocus()")).toBe("mine");
  page.evaluate("delete document.hasFocus");
});

test("the token as it is, and none where there is none", async () => {
  expect(await clerk.reveal(page, bob, "session")).toBe(server.sessions[1]?.token);
  expect(await clerk.reveal(page, bob, "refresh")).toBeUndefined();
  page.evaluate("Clerk.client.sessions[1].lastActiveToken = null");
  expect(await clerk.reveal(page, bob, "session")).toBeUndefined();
  expect(server.requests, "none is asked for").toEqual([]);
  expect(await runsAs()).toEqual(AS_ALICE);
});
