/**
 * What is done from the panel in a session of the page: the server's state changes, as the page's own
 * SDK finds when it asks, and the page sees none of the answers.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const clients: PageWorld["clients"];
declare const kept: PageWorld["kept"];
declare const makeClient: PageWorld["makeClient"];
/** All messages that reached the page: `<number of its socket>/<id>`, live notifications as `live`. */
declare const seen: string[];
declare const UsualWebSocket: typeof WebSocket;

const ALICE = signInOf(DEMO_PEOPLE.alice);
const ACCOUNT = { way: "record", namespace: "app", access: "account" } as const;

describeInBrowsers("acting in a page's session", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  beforeAll(async () => {
    scene = await openPageScene(underTest);
    page = await scene.open({ clients: [] });
    // The page looks at everything that comes: its own WebSocket is a subclass of the browser's.
    await page.evaluate(() => {
      const codec = new sdk.CborCodec({});
      const messages: string[] = [];
      let sockets = 0;
      class Watched extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(url, protocols);
          const socket = ++sockets;
          this.addEventListener("message", ({ data }) => {
            const read =
              typeof data === "string" ? JSON.parse(data) : codec.decode(new Uint8Array(data));
            const { id } = read as { id?: unknown };
            messages.push(id === undefined ? "live" : `${socket}/${id}`);
          });
        }
      }
      const UsualWebSocket = WebSocket;
      Object.assign(globalThis, { WebSocket: Watched, UsualWebSocket, seen: messages });
    });
    await page.evaluate(async (auth) => {
      const client = await makeClient("sdk-2");
      Object.assign(globalThis, { db: client });
      await client.signin(auth);
    }, ALICE);
    panel = await scene.panelOf(page, { width: 1000, height: 1000 });
  });
  afterAll(() => scene?.close());

  /** Waits until the server tells the page that its default session is this. */
  async function isNow(who: string): Promise<void> {
    await expect.poll(() => told(page, "db")).toEqual([`default: ${who}`]);
    await panel.showsSessions([`default: ${who}`]);
  }

  /** The page has seen the answers to its own requests, and nothing else. */
  async function pageSawNothing(): Promise<void> {
    const ids = await page.evaluate(() => seen);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => id.includes("switchyard"))).toEqual([]);
    expect(ids.filter((id, index) => id !== "live" && ids.indexOf(id) !== index)).toEqual([]);
  }

  const ask = (text: string) =>
    page.evaluate(async (statement) => String((await db.query(statement))[0]), text);

  test("use: the server's session is elsewhere, the SDK believes what it did", async () => {
    await panel.openSession("default");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.page.see("text*=The page's SDK isn't aware of it.");
    await panel.writePlace("app", "tenant_b");
    await panel.submitPlace();
    await panel.confirms("user:alice, app/tenant_b");
    await isNow("user:alice, app/tenant_b");
    await panel.historyHas("using", "app/tenant_b");
    await pageSawNothing();
  });

  test("variables: set as SurrealQL and unset", async () => {
    await panel.writeVariable("tenant", "{ since: d'2026-01-02T03:04:05Z' }");
    await panel.page.see('[data-variable="tenant"] >> text*=since');
    expect(await ask("RETURN <string> $tenant.since")).toBe("2026-01-02T03:04:05Z");
    await panel.press("Remove $tenant");
    await panel.page.gone('[data-variable="tenant"]');
    expect(await ask("RETURN $tenant = NONE")).toBe("true");
    await pageSawNothing();
  });

  test("sign in, sign up, authenticate, sign out", async () => {
    const token = await page.evaluate<string, []>("db.accessToken");
    const variables = { name: "bob", password: "bob" };
    await panel.signIn({ ...ACCOUNT, database: "tenant_b", variables });
    await panel.confirms("user:bob, app/tenant_b");
    await isNow("user:bob, app/tenant_b");

    const erin = { name: `erin_${underTest.name}`, password: "erin" };
    await panel.signIn({ ...ACCOUNT, database: "tenant_a", variables: erin, signUp: true });
    await panel.confirms(`user:${erin.name}, app/tenant_a`);
    await isNow(`user:${erin.name}, app/tenant_a`);

    await panel.signIn({ way: "token", accessToken: token });
    await panel.confirms("user:alice, app/tenant_a");
    await isNow("user:alice, app/tenant_a");

    await panel.press("Sign out");
    await panel.status("ended");
    await expect.poll(() => told(page, "db")).toEqual([expect.stringContaining("anonymous")]);
    await panel.signIn({ way: "root", username: "root", password: "root" });
    await panel.status("active");
    await isNow("root, app/tenant_a");
    await pageSawNothing();
  });

  test("a refused sign-in says so, and leaves the session as the server has it", async () => {
    await panel.signIn({ way: "root", username: "root", password: "wrong" });
    await panel.page.see(`${panel.section("sign-in")} form [data-error]`);
    await isNow("root, app/tenant_a");
    await panel.press("Cancel", `${panel.section("sign-in")} form`);
  });

  test("a query in the page's session, marked as ours in the log", async () => {
    const { head, outcomes } = await panel.run("RETURN [1 + 1, $auth]", { as: "Default session" });
    expect(head).toContain("Ran as root in app/tenant_a");
    expect(outcomes[0]?.text).toMatch(/2/);
    const refused = await panel.run("LIVE SELECT * FROM note");
    expect(refused.error?.text).toContain("Keep a copy");
    await panel.log.open();
    const row = await panel.log.row("1 + 1");
    expect(row.text).toMatch(/^you/);
    await pageSawNothing();
  });

  test("a live query of the page is killed, a transaction cancelled, another committed", async () => {
    await page.evaluate(async () => {
      const live = await db.live(new sdk.Table("note"));
      live.subscribe(() => undefined);
      const txn = await db.beginTransaction();
      await txn.query("CREATE note SET text = 'never'");
      Object.assign(globalThis, { txn });
    });
    const counts = () => {
      const [socket] = scene.server.stats().sockets;
      return [socket?.liveQueries, socket?.transactions];
    };
    await expect.poll(counts).toEqual([1, 1]);
    await panel.openSession("default");
    await panel.press("Kill", "[data-live]");
    await panel.page.gone("[data-live]");
    await panel.press("Cancel", "[data-transaction]");
    await panel.page.gone("[data-transaction]");
    await expect.poll(counts).toEqual([0, 0]);
    expect(await ask("RETURN count(SELECT * FROM note WHERE text = 'never')")).toBe("0");

    await page.evaluate(async () => {
      const txn = await db.beginTransaction();
      await txn.query("CREATE note SET text = 'for good'");
    });
    await panel.press("Commit", "[data-transaction]");
    await panel.page.gone("[data-transaction]");
    await expect.poll(counts).toEqual([0, 0]);
    expect(await ask("RETURN count(SELECT * FROM note WHERE text = 'for good')")).toBe("1");
    await pageSawNothing();
  });

  test("Expire now: simulated, the page's next request is refused as a guest's is", async () => {
    await page.evaluate((auth) => db.signin(auth), ALICE);
    await isNow("user:alice, app/tenant_a");
    await panel.menu("Expire now…");
    await panel.page.see("text*=Simulated: invalidate behind the SDK's back.");
    await panel.press("Expire now");
    await panel.status("expired");
    const refusal = page.evaluate(() => db.query("RETURN 1").then(() => "answered", String));
    expect(await refusal).toMatch(/anonymous access not allowed/i);
    await pageSawNothing();
  });

  test("Reset asks, then clears everything", async () => {
    await page.evaluate(async (auth) => {
      await db.signin(auth);
      await db.set("tenant", "a");
    }, ALICE);
    await isNow("user:alice, app/tenant_a");
    await panel.menu("Reset…");
    await panel.press("Reset");
    await panel.showsSessions(["default: anonymous, -/-"]);
    await panel.status("active");
    await panel.page.gone('[data-variable="tenant"]');
    await page.evaluate((auth) => db.signin(auth), ALICE);
    await isNow("user:alice, app/tenant_a");
    expect(await ask("RETURN $tenant = NONE")).toBe("true");
    await pageSawNothing();
  });

  test("a json socket: the same, and the page sees as little", async () => {
    await page.evaluate(async (auth) => {
      const json = await makeClient("json");
      await json.signin(auth);
    }, ALICE);
    await panel.openSession("default", 1);
    await panel.confirms("user:alice, app/tenant_a");
    await panel.writePlace("app", "tenant_b");
    await panel.submitPlace();
    await panel.confirms("user:alice, app/tenant_b");
    await panel.writeVariable("list", "[1, 'two', 3.5]");
    await panel.page.see('[data-variable="list"] >> text*=two');
    const [said] = await page.evaluate(async () => {
      const text = "RETURN [<string> $auth, $session.db, $list]";
      return (await clients[1]?.rpc("query", [text])) as { result: unknown }[];
    });
    expect(said?.result).toEqual(["user:alice", "tenant_b", [1, "two", 3.5]]);
    await pageSawNothing();
  });

  test("what the server says otherwise is shown, and taken over where a person wants it", async () => {
    // Past the extension, with the send of another window: of this request nobody hears.
    await page.evaluate(() => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const { WebSocket: Inner } = frame.contentWindow as unknown as typeof globalThis;
      const request = { id: "unheard", method: "use", params: ["app", "tenant_a"] };
      Inner.prototype.send.call(clients[1]?.socket as WebSocket, JSON.stringify(request));
    });
    await page.waitFor(() => seen.includes("2/unheard"));
    await panel.press("Check");
    await panel.page.see("[data-truth=differs] >> text*=tenant_a ≠ shown: tenant_b");
    await panel.press("Show the server's");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.place("app", "tenant_a");
  });

  test("an attached session is closed: gone at the server, and the page's next request fails", async () => {
    await page.evaluate(async () => {
      const fork = await db.forkSession();
      Object.assign(globalThis, { kept: { fork } });
    });
    const id = await page.evaluate(() => String(kept.fork?.session));
    const attached = () => scene.server.stats().sockets.flatMap(({ sessions }) => sessions);
    expect(attached()).toContain(id);
    await panel.openSession(id);
    await panel.confirms("user:alice, app/tenant_a");
    await panel.menu("Close");
    await expect.poll(attached).not.toContain(id);
    await panel.status("removed");
    const refusal = page.evaluate(() => kept.fork?.query("RETURN 1").then(String, String));
    expect(await refusal).toMatch(/session not found/i);
    await pageSawNothing();
  });

  test("a socket that delivers Blobs can't be acted on, and the panel says so", async () => {
    await page.evaluate(
      (url) =>
        new Promise((resolve, reject) => {
          const socket = new UsualWebSocket(url, "cbor");
          socket.onopen = () => resolve(true);
          socket.onerror = reject;
        }),
      scene.server.url,
    );
    await panel.openSession("default", 2);
    await panel.page.see("text*=This socket delivers Blobs; can't act on it.");
    for (const name of ["Variable", "Sign in as…"])
      expect(await panel.page.count(`[data-page=session] button:disabled >> text=${name}`)).toBe(1);
  });
});
