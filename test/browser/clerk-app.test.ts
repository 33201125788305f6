/** The application with Clerk: what the tests of web sessions take for granted of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import {
  type ClerkApp,
  type ClerkAppOptions,
  startClerkApp,
} from "../support/web/clerk/app-server.ts";

describeInBrowsers("the application with Clerk", ({ launch }) => {
  const apps: ClerkApp[] = [];
  let browser: ExtensionBrowser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
  });

  async function start(options?: ClerkAppOptions): Promise<[ClerkApp, Page]> {
    const app = await startClerkApp(options);
    apps.push(app);
    const page = await browser.openPage(app.url);
    // Without the focus the SDK keeps a switch from its server.
    await page.bringToFront();
    await clerkLoaded(page);
    return [app, page];
  }

  test("the real SDK signs two people in, switches between them, and ends a session", async () => {
    const [app, page] = await start();
    expect(await page.evaluate("app.me()")).toBe(401);
    const alice = await page.evaluate<string, []>("app.signIn('alice')");
    await page.evaluate("app.signIn('bob')");
    expect(await page.text("#me")).toBe("Bob Baker");
    await page.evaluate(`Clerk.setActive({ session: "${alice}" })`);
    expect(await page.text("#me")).toBe("Alice Archer");
    const asAlice = { userId: "user_alice", sessionId: alice };
    expect(await page.evaluate("app.me()")).toEqual(asAlice);
    expect(app.api.of("touch").at(-1)?.body).toMatchObject({ intent: "select_session" });
    await page.reload();
    await clerkLoaded(page);
    expect(await page.evaluate("app.me()")).toEqual(asAlice);
    await page.evaluate("Clerk.session.end().then(() => undefined)");
    expect(await page.text("#me")).toBe("nobody");
    expect(app.api.sessions().map(({ person, status }) => [person, status])).toEqual([
      ["alice", "ended"],
      ["bob", "active"],
    ]);
  });

  test("it loads degraded where Clerk's environment lacks a part", async () => {
    const [, page] = await start({ degraded: true, sessions: [{ person: "carol" }] });
    expect(await page.evaluate("Clerk.status")).toBe("degraded");
    expect(await page.text("#me")).toBe("Carol Cook");
  });
});

function clerkLoaded(page: Page): Promise<boolean> {
  return page.waitFor(() => {
    const { state, error } = document.documentElement.dataset;
    if (state === "failed") throw new Error(error);
    return state === "loaded";
  });
}
