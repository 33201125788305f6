/**
 * Where a routed request can't be served: the page gets an error that says so, nothing is sent twice,
 * and nothing ever runs as anybody else.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import type { VariableFact } from "../../../../src/session/page/page-facts.ts";
import { writeRequest } from "../../../../src/wire/envelope.ts";
import { encodeParams, encodeValue } from "../../../../src/wire/values.ts";
import { memoryDurableStore, memorySecretStore } from "../../../support/memory-stores.ts";
import { until } from "../../../support/registry.ts";
import { type PageAnswer, RelayedPage, readAnswer } from "../../../support/relayed-page.ts";
import { type RpcProxy, startProxy } from "../../../support/rpc-proxy.ts";
import { openScene, type Scene, SIGN_INS } from "../../../support/scene.ts";

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
let page: RelayedPage;
let bob: string;
let count = 0;
const durable = memoryDurableStore();
const secret = memorySecretStore();
const listener = {
  notified: (_key: string, id: string, event: Parameters<RelayedPage["relay"]["notified"]>[1]) =>
    page?.relay.notified(id, event),
};

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  scene = await openScene(proxy.url, { durable, secret, listener });
});
beforeEach(async () => {
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
  count += 1;
  page = new RelayedPage(scene, `doc-${count}`);
  page.runAs(bob);
});
afterEach(() => {
  proxy.onRequest = () => undefined;
  page.page.close();
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

const WHO = "RETURN <string> $auth.id";
const sentWith = (text: string) => proxy.seen.filter(({ params }) => params[0] === text).length;

/** Its refresh grant is taken back elsewhere, and its next renewal is refused. */
async function revoke(key: string): Promise<void> {
  const session = scene.registry.session(key);
  const other = await scene.create();
  const connection = scene.registry.connection(scene.connectionId);
  await connection.request("revoke", [session.family?.tokens], other);
  await session.renew("you").catch(() => undefined);
}

async function refusal(text: string): Promise<NonNullable<PageAnswer["error"]>> {
  const { error } = await page.request("query", [text, {}]);
  if (!error) throw new Error("It was served.");
  return error;
}

describe("a held session that can't serve", () => {
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ["was signed out", () => scene.registry.session(bob).end(), /is ended since \d\d:\d\d/],
    ["was closed", () => scene.registry.session(bob).close(), /is removed since/],
    ["has expired", () => scene.registry.session(bob).expire("clock"), /expired at \d\d:\d\d/],
    ["was revoked", () => revoke(bob), /is revoked since/],
    ["was abandoned", () => scene.registry.session(bob).abandon(), /is abandoned since/],
  ];
  for (const [what, make, words] of cases) {
    it(`because it ${what}: the page reads why, and nothing is sent`, async () => {
      await make();
      const text = `RETURN '${what}'`;
      const error = await refusal(text);
      expect(error).toMatchObject({
        code: -32081,
        kind: "Switchyard",
        details: { kind: "CannotServe" },
      });
      expect(error.message).toMatch(/^Switchyard: this tab runs as “Bob”, whose session /);
      expect(error.message).toMatch(words);
      expect(error.message).toContain("Nothing was sent.");
      expect(error.message).toContain("choose “Page's own session”");
      expect(sentWith(text)).toBe(0);
    });
  }

  it("because it is forgotten altogether", async () => {
    await scene.registry.session(bob).close();
    await scene.registry.forget(bob);
    expect(await refusal("RETURN 1")).toMatchObject({ details: { kind: "CannotServe" } });
  });

  it("because the server says that its time is over: never as the server's own word", async () => {
    proxy.onRequest = ({ params }) =>
      params[0] === "RETURN 'late'"
        ? {
            error: {
              code: -32002,
              message: "The session has expired",
              kind: "NotAllowed",
              details: { kind: "Auth", details: { kind: "SessionExpired" } },
            },
          }
        : undefined;
    expect(await refusal("RETURN 'late'")).toMatchObject({ details: { kind: "CannotServe" } });
    expect(scene.view(bob).status).toBe("expired");
  });

  it("while its identity changes: what waits is not sent as somebody else", async () => {
    const session = scene.registry.session(bob);
    const changing = session.signIn(SIGN_INS.alice);
    const text = "RETURN 'waited'";
    const answer = await page.request("query", [text, {}]);
    await changing;
    if (answer.error) expect(answer.error).toMatchObject({ details: { kind: "CannotServe" } });
    expect(sentWith(text)).toBe(0);
    expect(await page.query(WHO)).toEqual(["user:alice"]);
  });
});

it("a held session that signs in as somebody else ends what the page began in it as the former", async () => {
  const [id] = await page.query("LIVE SELECT * FROM note");
  const { result } = await page.request("begin");
  await scene.registry.session(bob).signIn(SIGN_INS.alice);
  await until(() => page.live.some(({ liveId, killed }) => killed && liveId === String(id)));
  const { error } = await page.request("query", [WHO, {}], { txn: String(result) });
  expect(error).toMatchObject({ details: { kind: "TransactionLost" } });
  expect(await page.query(WHO)).toEqual(["user:alice"]);
  expect(scene.view(bob).transactions).toEqual([]);
});

describe("a connection that is lost", () => {
  it("between request and answer: outcome unknown, once, and never repeated", async () => {
    const text = "CREATE note SET text = 'cut', owner = $auth";
    proxy.onRequest = ({ params }) => (params[0] === text ? "lose answer" : undefined);
    const error = await refusal(text);
    expect(error).toMatchObject({ code: -32082, details: { kind: "OutcomeUnknown" } });
    expect(error.message).toBe(
      "Switchyard: the connection was lost after this request was sent as “Bob”. It may have run. It was not repeated.",
    );
    await until(() => scene.view(bob).gate.open);
    expect(sentWith(text)).toBe(1);
    expect(await page.query(WHO)).toEqual(["user:bob"]);
  });

  it("before the request: it waits for the restore, and runs as the same session", async () => {
    proxy.cut();
    await until(() => !scene.view(bob).gate.open);
    expect(await page.query(WHO)).toEqual(["user:bob"]);
  });

  it("live queries go on under the id that the page knows, and are killed by it", async () => {
    const [id] = await page.query("LIVE SELECT * FROM note");
    proxy.cut();
    await until(() => !scene.view(bob).gate.open);
    await until(() => scene.view(bob).gate.open);
    await until(() => (scene.view(bob).liveQueries[0]?.gaps.length ?? 0) > 0);
    await scene.ask(bob, "CREATE note SET text = 'after', owner = $auth");
    await until(() => page.live.some(({ liveId }) => liveId === String(id)));
    await page.query("KILL $id", { id });
    expect(scene.view(bob).liveQueries).toEqual([]);
  });

  it("transactions are lost, and say so", async () => {
    const { result } = await page.request("begin");
    proxy.cut();
    await until(() => !scene.view(bob).gate.open);
    const answer = await page.request("query", ["RETURN 1", {}], { txn: String(result) });
    expect(answer.error).toMatchObject({ code: -32084, details: { kind: "TransactionLost" } });
  });
});

describe("a switch", () => {
  it("leaves what was sent before it with the session that its route named", async () => {
    const alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
    const frame = (id: string) =>
      writeRequest({ id, method: "query", params: encodeParams([`SLEEP 30ms; ${WHO}`, {}]) });
    const first = page.send(frame("a"));
    page.runAs(alice);
    const second = page.send(frame("b"));
    await until(() => page.answersTo(first) === 1 && page.answersTo(second) === 1);
    const answers = page.posted.filter((message) => message.type === "relayed");
    const who = answers.map((message) => {
      const { id, result } = readAnswer(message.frame);
      return [id, (result as { result: unknown }[]).at(-1)?.result];
    });
    expect(who).toContainEqual(["a", "user:bob"]);
    expect(who).toContainEqual(["b", "user:alice"]);
  });

  it("makes the number of the former route good for nothing", async () => {
    const former = page.route;
    const alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
    page.runAs(alice);
    const answer = await page.request("query", [WHO, {}], { route: former });
    expect(answer.error).toMatchObject({ details: { kind: "CannotServe" } });
    page.page.setRoute(undefined);
    for (const route of [1, 2, 3, 99]) {
      const { error } = await page.request("query", [WHO, {}], { route });
      expect(error).toMatchObject({ details: { kind: "CannotServe" } });
    }
  });
});

describe("the page's own session, chosen again", () => {
  it("leaves the way to the worker open for what goes on in the former one, and for nothing else", async () => {
    const [id] = await page.query("LIVE SELECT * FROM note");
    page.page.setRoute(undefined);
    const tables = () =>
      page.posted.flatMap((message) => (message.type === "routes" ? [message.table] : []));
    expect(tables().at(-1)).toEqual({ label: "its former session" });
    const { error } = await page.request("query", [WHO, {}]);
    expect(error).toMatchObject({ details: { kind: "CannotServe" } });
    await page.query("KILL $id", { id });
    page.page.setRoute(undefined);
    expect(tables().at(-1)).toBeUndefined();
  });
});

describe("the page's socket", () => {
  it("is closed: its live queries are killed and its transactions cancelled, nobody else's", async () => {
    const other = new RelayedPage(scene, "other", page.relay);
    other.runAs(bob);
    await other.query("LIVE SELECT * FROM note");
    await page.query("LIVE SELECT * FROM note");
    await page.request("begin");
    page.page.receive({ type: "relay-closed", client: 1, generation: 0 });
    await until(() => scene.view(bob).liveQueries.length === 1);
    await until(() => scene.view(bob).transactions.length === 0);
    other.page.close();
  });

  it("is closed before the answer came: no answer is given, nor said to have been", async () => {
    page.recording = true;
    const seq = page.send(
      writeRequest({ id: "late", method: "query", params: encodeParams(["SLEEP 200ms", {}]) }),
    );
    await until(() => page.traffic.some(({ direction }) => direction === "sent"));
    page.page.receive({ type: "relay-closed", client: 1, generation: 0 });
    // Whatever ran before it on the same connection is answered before this is.
    await page.query("SLEEP 300ms", {}, { client: 2 });
    expect(page.answersTo(seq)).toBe(0);
    expect(page.traffic.map(({ direction }) => direction)).toEqual(["sent", "sent", "received"]);
  });

  it("loses a session of its own: what that one began ends", async () => {
    const session = "018f0000-0000-7000-8000-0000000000cc";
    await page.query("LIVE SELECT * FROM note", {}, { session });
    await page.query("LIVE SELECT * FROM user");
    page.page.receive({ type: "relay-session-over", client: 1, generation: 0, session });
    await until(() => scene.view(bob).liveQueries.length === 1);
    expect(scene.view(bob).liveQueries[0]?.statement).toContain("user");
  });

  it("hears KILLED where the held session is closed", async () => {
    const [id] = await page.query("LIVE SELECT * FROM note");
    await scene.registry.session(bob).close();
    await until(() => page.live.some(({ liveId, killed }) => killed && liveId === String(id)));
  });
});

describe("the page's port", () => {
  it("is lost before the answer: what began with it is nobody's, and ends", async () => {
    const before = proxy.seen.length;
    proxy.onRequest = () => {
      page.page.connected();
      return undefined;
    };
    const begin = page.send(writeRequest({ id: "b", method: "begin" }));
    await until(() => scene.view(bob).transactions.length === 0 && !page.page.isBusy);
    const params = encodeParams(["LIVE SELECT * FROM note", {}]);
    const live = page.send(writeRequest({ id: "l", method: "query", params }));
    const methods = () => proxy.seen.slice(before).map(({ method }) => method);
    await until(() => methods().includes("cancel") && methods().includes("kill"));
    await until(() => scene.view(bob).liveQueries.length === 0);
    expect(page.answersTo(begin) + page.answersTo(live)).toBe(0);
  });

  it("is back: what belonged to a socket that closed meanwhile ends", async () => {
    await page.query("LIVE SELECT * FROM note", {}, { client: 1 });
    await page.query("LIVE SELECT * FROM user", {}, { client: 2 });
    page.page.connected();
    page.page.receive({ type: "relay-sockets", sockets: [{ client: 2, generation: 0 }] });
    await until(() => scene.view(bob).liveQueries.length === 1);
    expect(scene.view(bob).liveQueries[0]?.statement).toContain("user");
  });

  it("is kept until the last answer, where nothing is routed any more", async () => {
    const params = encodeParams(["RETURN 1", {}]);
    const last = page.send(writeRequest({ id: "last", method: "query", params }));
    page.page.setRoute(undefined);
    expect(page.page.isBusy).toBe(true);
    expect(page.posted.at(-1)).toMatchObject({ type: "routes", table: {} });
    await until(() => page.answersTo(last) === 1);
    await until(() => !page.page.isBusy);
  });
});

describe("a page that makes itself large", () => {
  const ask = (client: number, variables?: VariableFact[]) => {
    const frame = writeRequest({
      id: "x",
      method: "query",
      params: encodeParams(["RETURN 1", {}]),
      session: `018f0000-0000-7000-8000-${String(client).padStart(12, "0")}`,
    });
    page.page.receive({
      type: "relay",
      seq: 10_000 + client,
      route: page.route,
      client,
      generation: 0,
      frame,
      ...(variables && { variables }),
    });
    return until(() =>
      page.posted.find((each) => each.type === "relayed" && each.seq === 10_000 + client),
    );
  };

  it("has no more sockets than a page can have", async () => {
    page.page.receive({ type: "relay-sockets", sockets: manySockets(256) });
    const refused = await ask(300);
    expect(readAnswer((refused as { frame: Uint8Array }).frame).error).toMatchObject({
      details: { kind: "TooMuch" },
    });
  });

  it("and no more variables", async () => {
    const cbor = encodeValue("x".repeat(60 * 1024));
    const variables = Array.from({ length: 8 }, (_, i) => ({ name: `v${i}`, size: 1, cbor }));
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(1 + i, variables)));
    const errors = answers.map(
      (answer) => readAnswer((answer as { frame: Uint8Array }).frame).error?.details?.kind,
    );
    expect(errors[0]).toBeUndefined();
    expect(errors.at(-1)).toBe("TooMuch");
  });
});

function manySockets(count: number): { client: number; generation: number }[] {
  return Array.from({ length: count }, (_, client) => ({ client, generation: 0 }));
}

describe("the worker dies", () => {
  it("live queries of a page that comes back go on, those of one that doesn't end", async () => {
    const stays = page;
    const leaves = new RelayedPage(scene, "leaves", page.relay);
    leaves.runAs(bob);
    const [id] = await stays.query("LIVE SELECT * FROM note");
    await leaves.query("LIVE SELECT * FROM note");
    await scene.registry.dispose();
    scene = await openScene(proxy.url, { durable, secret, listener });
    page = new RelayedPage(scene, `doc-${count}`);
    page.page.receive({ type: "relay-sockets", sockets: [{ client: 1, generation: 0 }] });
    page.runAs(bob);
    await until(() => scene.view(bob).gate.open);
    await until(() => scene.view(bob).liveQueries.every(({ gaps }) => gaps.length > 0));
    await scene.ask(bob, "CREATE note SET text = 'again', owner = $auth");
    await until(() => page.live.some(({ liveId }) => liveId === String(id)));
    await scene.registry.viewGone("page/leaves/1.0");
    expect(scene.view(bob).liveQueries.map((live) => live.id)).toEqual([String(id)]);
  });
});
