/**
 * A session whose sign-in the server refuses never answers as somebody else.
 *
 * After a failed `authenticate` a server would answer the session's next query as anonymous. So the
 * answer to `authenticate` is held back here while a person runs a query, and then refused: the query
 * ends with words and never reaches the server. With guest access it would have had rows.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import type { WorkerLink } from "../../demo/start/worker-link.ts";
import type { SignIn } from "../../src/session/model.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { attachedAt, connectionIs, eventually } from "../support/browser/restored.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { latch, startProxy } from "../support/rpc-proxy.ts";
import { SIGN_INS } from "../support/scene.ts";

/** Anybody may read this table. */
const QUERY = "SELECT text FROM notice";
const NOTICE = "text*=Welcome to tenant_a";

describeInBrowsers("gate", (underTest) => {
  let scene: Scene;
  let guests: DemoServer;
  beforeAll(async () => {
    [scene, guests] = await Promise.all([
      openScene(underTest),
      startServer({ port: 0, guests: true }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([scene?.close(), guests?.close()]);
  });

  for (const open of [false, true]) {
    const title = open ? "even where guests may query" : "where anonymous sessions may not query";
    test(`a refused sign-in answers nothing, ${title}`, async () => {
      const { panel, link } = scene;
      const server = open ? guests : scene.server;
      const proxy = await startProxy(server.url);
      const label = open ? "Guest's friend" : "Alice";
      const { id } = await link.call("connection.add", { name: label, url: proxy.url });
      const { key } = await link.call("session.new", {
        connectionId: id,
        label,
        signIn: await tokenFrom(scene.link, id),
      });
      expect(await whoIs(link, key)).toBe("user:alice, app/tenant_a");
      if (open) {
        const place = { namespace: "app", database: "tenant_a" };
        await link.call("session.new", { connectionId: id, label: "Nobody", ...place });
        expect((await panel.run(QUERY, { as: "Nobody" })).head).toContain("Ran as anonymous");
        await panel.page.see(NOTICE);
      }
      const before = await panel.run(QUERY, { as: label });
      expect(before.head).toContain("Ran as user:alice in app/tenant_a");
      await panel.page.see(NOTICE);

      await server.query("REMOVE ACCESS account ON DATABASE", undefined, {
        namespace: "app",
        database: "tenant_a",
      });
      const held = latch();
      proxy.onRequest = ({ method }) => (method === "authenticate" ? held.opened : undefined);
      proxy.seen.length = 0;
      proxy.cut();
      await eventually(() => proxy.of("authenticate").length).toBe(1);
      await panel.page.see(`text*=“${label}” can't run anything yet.`);
      const running = panel.run(QUERY, { as: label });
      await panel.page.see(`text*=Running as ${label}`);
      held.open();

      const { error, outcomes } = await running;
      expect(error?.name).toBe("GateClosedError");
      expect(error?.text).toContain(`“${label}” can't run this now: it is revoked`);
      expect(error?.text).toContain("Nothing was sent.");
      expect(outcomes).toEqual([]);
      await panel.page.see(`text*=“${label}” waits for a sign-in. The server refused the sign-in`);
      await panel.page.focus('role=textbox[name="Statement"]');
      await panel.page.press("Control+Enter");
      const run = { timeoutMs: 100 };
      await expect(panel.page.click('role=button[name*="Run "]', run)).rejects.toThrow("disabled");
      await expect(link.call("session.query", { key, text: QUERY })).rejects.toThrow(
        "Nothing was sent.",
      );

      await connectionIs(panel, id, "open");
      await eventually(() => attachedAt(server)).not.toContain(key);
      // What reached the server in the session's name: to be signed in, and to be let go.
      const sent = proxy.seen.filter(({ session }) => session === key).map(({ method }) => method);
      expect(sent).toEqual(["attach", "authenticate", "detach"]);
      await panel.select(label);
      await panel.status("revoked");
      await link.call("connection.remove", { id });
      await proxy.close();
    });
  }
});

/** A sign-in that can't be made anew: the access token alone, without the password. */
async function tokenFrom(link: WorkerLink, connectionId: string): Promise<SignIn> {
  const { key } = await link.call("session.new", { connectionId, signIn: SIGN_INS.alice });
  const { access = "" } = await link.call("session.tokens", { key });
  await link.call("session.close", { key });
  await link.call("session.forget", { key });
  return { way: "token", access };
}
