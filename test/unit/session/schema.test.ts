/** What a session may know of its database's schema, asked of the real engine. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { schemaFor } from "../../../src/session/schema.ts";
import { openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

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

it("tables with their fields, functions, parameters; names of any kind", async () => {
  await server.query(
    "DEFINE TABLE `audit log`; DEFINE FIELD `who`.name ON `audit log`; DEFINE TABLE `we\\`ird`; " +
      "DEFINE FUNCTION fn::notes::of() { RETURN 1 }; DEFINE PARAM $most VALUE 5",
    {},
    { namespace: "app", database: "tenant_a" },
  );
  const key = await scene.create({ signIn: SIGN_INS.editor });
  const session = scene.registry.session(key);
  const before = session.record.lastActiveAt;
  const { tables, functions, params } = await schemaFor(session);
  expect(tables).toContainEqual({ name: "we`ird", fields: [] });
  expect(tables?.find(({ name }) => name === "audit log")?.fields).toContain("who.name");
  expect(tables?.find(({ name }) => name === "note")?.fields).toContain("owner");
  expect(functions).toEqual(["notes::of"]);
  expect(params).toEqual(["most"]);
  // Looking isn't using.
  expect(session.record.lastActiveAt).toBe(before);
});

it("nothing is claimed of who may not look, or has selected no database", async () => {
  const alice = await scene.create({ signIn: SIGN_INS.alice });
  expect(await schemaFor(scene.registry.session(alice))).toEqual({});
  const root = await scene.create({ signIn: SIGN_INS.root });
  expect(await schemaFor(scene.registry.session(root))).toEqual({});
});
