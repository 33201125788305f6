import { afterAll, beforeAll, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { toErrorView } from "../../../src/session/errors.ts";
import { until } from "../../support/registry.ts";
import { openScene, recordSignIn, type Scene, SIGN_INS } from "../../support/scene.ts";

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

it.each([
  ["a record user", recordSignIn("alice", "tenant_a", "account", "wrong"), /variables' names/],
  ["root", { ...SIGN_INS.root, password: "wrong" }, /user and the password/],
  ["a token", { way: "token", access: "a.e30.c" }, /token is of this server/],
] as const)("a refused sign-in of %s says what to look at", async (_who, signIn, advice) => {
  const error: unknown = await scene.create({ signIn }).catch((reason: unknown) => reason);
  expect(toErrorView(error)).toMatchObject({
    message: expect.stringMatching(/\S/),
    kind: expect.any(String),
    advice: expect.stringMatching(advice),
  });
});

it("a sign-in without refresh token stays so when a restore signs in again", async () => {
  const signIn = recordSignIn("alice", "tenant_a", "brief_renewable");
  const key = await scene.create({ signIn, refresh: false });
  const before = scene.registry.session(key).family?.tokens.access;
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  server.cutSockets();
  await until(() => scene.registry.session(key).family?.tokens.access !== before);
  await until(() => scene.view(key).truth.state === "agrees");
  expect(scene.registry.session(key).family?.tokens.refresh).toBeUndefined();
  expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
});

it("Refresh signs in again where there is a password and no refresh token", async () => {
  const key = await scene.create({ signIn: SIGN_INS.root });
  const session = scene.registry.session(key);
  const before = session.family?.tokens.access;
  // The server gives the same token twice within a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await session.renew("you");
  expect(session.family?.tokens.access).not.toBe(before);
  expect(scene.view(key)).toMatchObject({ status: "active", truth: { state: "agrees" } });
});
