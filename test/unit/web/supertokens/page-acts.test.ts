/** What is done with the session that a page runs as, through its own SDK, and checked. */
import { describe, expect, it } from "vitest";
import { superTokens } from "../../../../src/web/supertokens/supertokens.ts";
import {
  CookiesRefusedError,
  SessionRefusedError,
  WebError,
} from "../../../../src/web/web-error.ts";
import { FakeWebPage } from "../../../support/web/fake-web-page.ts";
import {
  openScene,
  recipeForm,
  type SceneOptions,
  type SuperTokensScene,
} from "../../../support/web/supertokens-scene.ts";

async function signedIn(options: SceneOptions = {}): Promise<SuperTokensScene> {
  const scene = await openScene(options);
  await scene.signIn("alice");
  return scene;
}

function cookieValue({ jar }: SuperTokensScene, name: string): string | undefined {
  return jar.kept.find((cookie) => cookie.name === name)?.value;
}

/** The same page where the SDK hasn't been loaded. */
function withoutSdk({ jar, server }: SuperTokensScene): FakeWebPage {
  return new FakeWebPage({ jar, server: server.serve });
}

const MODES = [
  ["cookie", "NONE"],
  ["cookie", "VIA_TOKEN"],
  ["header", "NONE"],
] as const;

describe("touch", () => {
  it.each(MODES)("renews through the page's SDK (%s, %s)", async (mode, antiCsrf) => {
    const scene = await signedIn({ mode, antiCsrf });
    const session = await scene.current();
    const front = cookieValue(scene, "sFrontToken");
    await superTokens.touch(scene.page, session);
    expect(cookieValue(scene, "sFrontToken")).not.toBe(front);
    expect((await scene.current()).id).toBe(session.id);
    // One renewal and nothing else left the page, and it works on.
    expect(scene.server.requests.slice(1)).toEqual(["POST /auth/session/refresh"]);
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "alice" });
  });

  it.each(MODES)(
    "renews where the SDK's status for the end isn't 401 (%s, %s)",
    async (mode, antiCsrf) => {
      const scene = await signedIn({ mode, antiCsrf, expiredStatus: 440 });
      const session = await scene.current();
      await superTokens.touch(scene.page, session);
      expect(scene.server.requests.slice(1)).toEqual(["POST /auth/session/refresh"]);
      expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "alice" });
    },
  );

  it("says that the server refused, and what became of the session", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.server.revoke(session.id);
    const error = await superTokens.touch(scene.page, session).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SessionRefusedError);
    expect(error.status).toBe("revoked");
  });

  it("doesn't say that the server refused where the page signs in otherwise meanwhile", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.server.instead = ({ url }) => {
      if (!url.pathname.endsWith("/session/refresh")) return undefined;
      scene.server.instead = undefined;
      void scene.signIn("bob");
      return { status: 503 };
    };
    const error = await superTokens.touch(scene.page, session).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WebError);
    expect(error.message).toContain("signed in otherwise meanwhile, as bob");
  });

  it("says what the server answered where it can't renew now; the session stays", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.server.instead = () => ({ status: 503, text: "Down for a while" });
    await expect(superTokens.touch(scene.page, session)).rejects.toThrow(
      "The session wasn't renewed. The server answered 503.",
    );
    scene.server.instead = undefined;
    expect((await scene.current()).id).toBe(session.id);
    expect(await scene.ask("GET", "/me")).toMatchObject({ status: 200, user: "alice" });
  });

  it("sends nothing where there is no SDK to keep what comes", async () => {
    const scene = await signedIn();
    const page = withoutSdk(scene);
    const asked = scene.server.requests.length;
    await expect(superTokens.touch(page, await scene.current())).rejects.toThrow(
      /only it keeps what a renewal brings\. Nothing was sent/,
    );
    expect(scene.server.requests).toHaveLength(asked);
  });

  it("does nothing to another session than the one that is meant", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    await scene.signIn("bob");
    const before = scene.jar.kept;
    for (const act of ["touch", "end", "remove"] as const) {
      await expect(superTokens[act](scene.page, session)).rejects.toThrow(
        /has this session no more/,
      );
    }
    expect(scene.jar.kept).toEqual(before);
  });
});

describe("end", () => {
  it.each(MODES)("signs out at the server and in the page (%s, %s)", async (mode, antiCsrf) => {
    const scene = await signedIn({ mode, antiCsrf });
    await superTokens.end(scene.page, await scene.current());
    expect(scene.server.sessions.size).toBe(0);
    expect((await scene.look())?.sessions).toEqual([]);
  });

  it.each(MODES)(
    "signs out without an SDK, and takes the leftovers away (%s, %s)",
    async (mode, antiCsrf) => {
      const scene = await signedIn({ mode, antiCsrf });
      await superTokens.end(withoutSdk(scene), await scene.current());
      expect(scene.server.sessions.size).toBe(0);
      expect((await scene.look())?.sessions).toEqual([]);
    },
  );

  it("says what is left in the page where cookies may not be used", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.jar.refused = "permission";
    await expect(superTokens.end(withoutSdk(scene), session)).rejects.toThrow(
      /signed out at the server, but its cookies are still in the page/,
    );
  });

  it("says why where the server refuses; the session stays", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.server.instead = () => ({ status: 500, text: "Oops" });
    await expect(superTokens.end(scene.page, session)).rejects.toThrow(
      "Signing out at the server failed: the server answered 500.",
    );
    expect((await scene.current()).id).toBe(session.id);
  });

  it("counts as done where the page went elsewhere as it was signed out", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    const run = scene.page.run.bind(scene.page);
    scene.page.run = async (fn, args, options) => {
      const told = await run(fn, args, options);
      if (fn.name === "signOutBySdk") throw new WebError("The page is gone.");
      return told;
    };
    await superTokens.end(scene.page, session);
  });
});

describe("remove", () => {
  it.each(MODES)(
    "is out of the page only: the server still knows it (%s, %s)",
    async (mode, antiCsrf) => {
      const scene = await signedIn({ mode, antiCsrf });
      const session = await scene.current();
      await superTokens.remove(scene.page, session);
      expect((await scene.look())?.sessions).toEqual([]);
      expect(scene.server.sessions.has(session.id)).toBe(true);
      const asked = scene.server.requests.length;
      expect((await scene.ask("GET", "/me")).status).toBe(401);
      // The SDK knows that it is signed out, and asks for no renewal.
      expect(scene.server.requests.slice(asked)).toEqual(["GET /me"]);
    },
  );

  it("takes duplicates along", async () => {
    const scene = await signedIn();
    const [access] = scene.jar.kept.filter(({ name }) => name === "sAccessToken");
    if (access) scene.jar.put({ ...access, path: "/app" });
    await superTokens.remove(scene.page, await scene.current());
    expect(scene.jar.kept.map(({ name }) => name)).toEqual(["st-last-access-token-update"]);
  });

  it("needs the permission, and says so", async () => {
    const scene = await signedIn({ mode: "header" });
    const session = await scene.current();
    scene.jar.refused = "permission";
    await expect(superTokens.remove(scene.page, session)).rejects.toThrow(CookiesRefusedError);
    expect((await scene.current()).id).toBe(session.id);
  });

  it("isn't half done where the tokens are another host's cookies", async () => {
    const scene = await signedIn({ apiBase: "http://api.example.test/auth" });
    await expect(superTokens.remove(scene.page, await scene.current())).rejects.toThrow(
      /cookies of api\.example\.test.*Nothing was changed/,
    );
  });
});

describe("reveal", () => {
  it("gives one token, as the server made it", async () => {
    const scene = await signedIn({ antiCsrf: "VIA_TOKEN" });
    const session = await scene.current();
    expect(await superTokens.reveal(scene.page, session, "refresh")).toBe(`${session.id}+/=1`);
    expect(await superTokens.reveal(scene.page, session, "access")).toMatch(/^e30\./);
    expect(await superTokens.reveal(scene.page, session, "front")).toBe(
      cookieValue(scene, "sFrontToken"),
    );
    expect(await superTokens.reveal(scene.page, session, "anti-csrf")).toMatch(/^csrf-/);
    expect(await superTokens.reveal(scene.page, session, "constructor")).toBeUndefined();
  });

  it("gives none where scripts can't read it and cookies may not be used", async () => {
    const scene = await signedIn();
    const session = await scene.current();
    scene.jar.refused = "permission";
    expect(await superTokens.reveal(scene.page, session, "access")).toBeUndefined();
    expect(await superTokens.reveal(scene.page, session, "front")).toBeDefined();
  });
});

describe("sign in", () => {
  const signIn = (
    scene: SuperTokensScene,
    form: Parameters<NonNullable<typeof superTokens.signIn>>[1],
  ) => superTokens.signIn?.(scene.page, form);

  it.each(MODES)("as the page does it (%s, %s)", async (mode, antiCsrf) => {
    const scene = await signedIn({ mode, antiCsrf });
    await signIn(scene, recipeForm("bob"));
    expect(await scene.current()).toMatchObject({ user: "bob", warnings: [] });
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "bob" });
    // Alice's session goes on living at the server.
    expect(scene.server.sessions.size).toBe(2);
  });

  it("at the application's own endpoint, flat, on a named tenant in the path or in a field", async () => {
    const scene = await openScene();
    const fields = [
      { name: "email", value: "carol@{tenant}", secret: false },
      { name: "password", value: "right", secret: true },
      { name: "tenant", value: "{tenant}", secret: false },
    ];
    const form = { endpoint: "/login", shape: "flat", tenant: "acme", fields } as const;
    await signIn(scene, recipeForm("carol", { ...form, fields }));
    expect(await scene.current()).toMatchObject({ user: "carol@acme", tenant: "acme" });
  });

  it.each<[string, Parameters<typeof recipeForm>[1], RegExp]>([
    [
      "wrong credentials, answered with 200",
      { fields: [{ name: "password", value: "wrong", secret: true }] },
      /^Nobody was signed in\. The server said: WRONG_CREDENTIALS_ERROR\. The page's session is as it was\.$/,
    ],
    [
      "an endpoint that isn't there",
      { endpoint: "/nowhere" },
      /^Nobody was signed in\. The server answered 404: Not found\. /,
    ],
  ])("says what the server said: %s", async (_what, form, words) => {
    const scene = await signedIn();
    const before = scene.jar.kept;
    await expect(signIn(scene, recipeForm("bob", form))).rejects.toThrow(words);
    expect(scene.jar.kept).toEqual(before);
  });

  it.each(MODES)(
    "sends a wrong password once, although the server says 401 (%s, %s)",
    async (mode, antiCsrf) => {
      const scene = await signedIn({ mode, antiCsrf });
      const before = scene.jar.kept;
      const asked = scene.server.requests.length;
      scene.server.instead = ({ url }) =>
        url.pathname === "/login"
          ? { status: 401, text: '{"message":"Wrong password"}' }
          : undefined;
      await expect(
        signIn(scene, recipeForm("bob", { endpoint: "/login", shape: "flat" })),
      ).rejects.toThrow(
        "Nobody was signed in. The server answered 401: Wrong password. The page's session is as it was.",
      );
      expect(scene.server.requests.slice(asked)).toEqual(["POST /login"]);
      expect(scene.jar.kept).toEqual(before);
    },
  );

  it("shows no more of an answer than 200 characters", async () => {
    const scene = await signedIn();
    scene.server.instead = () => ({ status: 500, text: "long ".repeat(100_000) });
    const error = await signIn(scene, recipeForm("bob"))?.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WebError);
    expect((error as WebError).message.length).toBeLessThan(320);
  });

  it("isn't taken in by a server that says OK and signs nobody in", async () => {
    const scene = await signedIn();
    scene.server.instead = () => ({ status: 200, text: '{"status":"OK"}' });
    await expect(signIn(scene, recipeForm("bob"))).rejects.toThrow(
      /Nobody was signed in.*as it was/,
    );
  });

  it("counts where the application goes elsewhere at once", async () => {
    const scene = await signedIn();
    const run = scene.page.run.bind(scene.page);
    scene.page.run = async (fn, args, options) => {
      const told = await run(fn, args, options);
      if (fn.name === "signInBySdk") throw new WebError("The page is gone.");
      return told;
    };
    await signIn(scene, recipeForm("bob"));
    expect((await scene.current()).user).toBe("bob");
  });

  it.each<[string, Parameters<typeof recipeForm>[1], RegExp]>([
    ["another server", { endpoint: "https://evil.example/signin" }, /evil\.example is neither/],
    ["no URL", { endpoint: "http://" }, /no URL and no path/],
    ["nothing", { endpoint: " " }, /no URL and no path/],
    ["no web server", { endpoint: "javascript:alert(1)" }, /http or https/],
    ["a URL with a password", { endpoint: "http://a:b@localhost:3000/" }, /http or https/],
    [
      "a tenant that isn't filled in",
      { endpoint: "/auth/{tenant}/signin" },
      /no tenant is filled in/,
    ],
    [
      "a field without value",
      { fields: [{ name: "password", secret: true }] },
      /password .* no value/,
    ],
    ["a field without name", { fields: [{ name: "", value: "x", secret: false }] }, /no name/],
  ])("sends no credentials to %s", async (_what, form, words) => {
    const scene = await openScene();
    const error = await signIn(scene, recipeForm("bob", form))?.catch((thrown) => thrown);
    expect((error as WebError).message).toMatch(words);
    expect((error as WebError).message).toContain("Nothing was sent.");
    expect(scene.server.requests).toEqual([]);
  });

  it("may go to a server that the page itself asks", async () => {
    const scene = await openScene({ apiBase: "http://api.example.test/auth" });
    const form = recipeForm("bob", { endpoint: "http://api.example.test/auth/signin" });
    await expect(signIn(scene, form)).rejects.toThrow(/is neither/);
    await scene.ask("GET", "/me");
    await signIn(scene, form);
    expect((await scene.current()).user).toBe("bob");
  });
});
