/** What counts as using a session, and what a connection that a person cut means for it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { namesFor } from "../../../src/session/names.ts";
import { atOnce, failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url);
});
afterAll(async () => {
  await scene.registry.dispose();
  await server.close();
});

it("names that a picker looks up don't count as use; a query does", async () => {
  const key = await scene.create({ signIn: SIGN_INS.root });
  const session = scene.registry.session(key);
  const { record, requests } = session;
  const aMinuteAgo = Date.now() - 60_000;
  record.lastActiveAt = aMinuteAgo;
  expect(await namesFor(session)).toMatchObject({ namespaces: expect.arrayContaining(["app"]) });
  expect(record.lastActiveAt).toBe(aMinuteAgo);
  await requests.query("RETURN 1");
  expect(record.lastActiveAt).toBeGreaterThan(aMinuteAgo);
});

it("a connection that a person cut fails requests at once, and serves them when it is back", async () => {
  const key = await scene.create({ signIn: SIGN_INS.alice });
  const { requests } = scene.registry.session(key);
  await scene.registry.disconnect(scene.connectionId);
  expect(await atOnce(failureOf(requests.query("RETURN 1")))).toMatchObject({
    name: "GateClosedError",
    message: expect.stringContaining("You disconnected it."),
    advice: "Connect again.",
  });
  await scene.registry.retryConnection(scene.connectionId);
  await scene.connected();
  expect(await scene.ask(key, "RETURN $auth")).toMatchObject({ id: "alice" });
});
