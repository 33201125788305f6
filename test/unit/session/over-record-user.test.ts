import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_PEOPLE } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { Registry } from "../../../src/session/registry.ts";
import { decodeValue } from "../../../src/wire/values.ts";
import { loadRegistry, viewIn } from "../../support/registry.ts";

let server: DemoServer;
let registry: Registry;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  registry = await loadRegistry();
});
afterAll(async () => {
  await registry.dispose();
  await server.close();
});

it("a system user who signs in over a record user leaves nothing of it behind", async () => {
  const { id } = await registry.addConnection({ url: server.url });
  const { name, password, namespace, database, access } = DEMO_PEOPLE.alice;
  const key = await registry.create({
    connectionId: id,
    signIn: { way: "record", namespace, database, access, variables: { name, password } },
  });
  await registry.session(key).signIn({ way: "root", username: "root", password: "root" });
  expect(viewIn(registry, key).truth).toMatchObject({
    state: "agrees",
    identity: "root, app/tenant_a",
  });
  const { result } = await registry.session(key).requests.query("RETURN [$auth, $session.ac]");
  const [statement] = decodeValue(result) as { result: unknown[] }[];
  expect(statement?.result.filter((value) => value !== undefined && value !== null)).toEqual([]);
});
