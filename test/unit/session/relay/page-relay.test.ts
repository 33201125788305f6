/** A routed page's requests, from its frames to the embedded server and back. */
import { RecordId, Table, Uuid } from "surrealdb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import { readResponse, writeRequest } from "../../../../src/wire/envelope.ts";
import { encodeParams, encodeValue } from "../../../../src/wire/values.ts";
import { until } from "../../../support/registry.ts";
import { RelayedPage, readAnswer } from "../../../support/relayed-page.ts";
import { openScene, type Scene, SIGN_INS } from "../../../support/scene.ts";

let server: DemoServer;
let scene: Scene;
let alice: string;
let bob: string;
let page: RelayedPage;
let count = 0;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url, {
    listener: { notified: (_key, id, event) => page.relay.notified(id, event) },
  });
  alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
});
beforeEach(() => {
  page?.page.close();
  count += 1;
  page = new RelayedPage(scene, `doc-${count}`);
  page.runAs(bob);
});
afterAll(async () => {
  await scene.registry.dispose();
  await server.close();
});

const WHO = "RETURN [<string> $auth.id, session::ns(), session::db()]";

for (const format of ["cbor", "json"] as const) {
  describe(`on a ${format} socket`, () => {
    beforeEach(() => {
      page.format = format;
    });

    it("a query runs as the session that was chosen, and the next one after a switch", async () => {
      expect(await page.query(WHO)).toEqual([["user:bob", "app", "tenant_b"]]);
      page.runAs(alice);
      expect(await page.query(WHO)).toEqual([["user:alice", "app", "tenant_a"]]);
    });

    it("the answer carries the page's own id and session, never the held one's", async () => {
      const session = "018f0000-0000-7000-8000-000000000001";
      const answer = await page.request("query", ["RETURN 1", {}], { id: "mine", session });
      expect(answer).toMatchObject({ id: "mine", session });
      const plain = await page.request("query", ["RETURN $session.id", {}], { id: 7 });
      expect(plain.id).toBe(7);
      expect(plain).not.toHaveProperty("session");
    });

    it("a large answer comes in parts, each in a buffer of its own, and is whole", async () => {
      const [text] = await page.query("RETURN string::repeat('0123456789', 30000)");
      expect(text).toBe("0123456789".repeat(30_000));
      const parts = page.posted.filter((message) => message.type === "relay-part");
      expect(parts.length).toBeGreaterThan(3);
      for (const { part } of parts) {
        if (typeof part !== "string") expect(part.buffer.byteLength).toBe(part.length);
      }
    });

    it("a refusal of the server's comes with its code, kind and words", async () => {
      const { error } = await page.request("query", ["SELECT FROM note", {}]);
      expect(error).toMatchObject({ kind: "Validation", code: expect.any(Number) });
      expect(error?.message).toMatch(/[Pp]arse/);
    });

    it("a method that isn't known is refused, and state methods are too", async () => {
      for (const method of ["graphql", "use", "signin", "attach", "constructor"]) {
        const { error } = await page.request(method, ["app", "tenant_a"]);
        expect(error).toMatchObject({
          code: -32083,
          kind: "Switchyard",
          details: { kind: "MethodNotAllowed" },
        });
      }
      expect(await scene.whoIs(bob)).toBe(await scene.whoIs(bob));
    });

    it("a live query tells the page under its own session, and KILL ends it", async () => {
      const session = "018f0000-0000-7000-8000-0000000000aa";
      const [id] = await page.query("LIVE SELECT * FROM note", {}, { session });
      await scene.ask(bob, "CREATE note SET text = 'heard', owner = $auth");
      const live = await until(() => page.live[0]);
      expect(live).toMatchObject({ liveId: String(id), client: 1, generation: 0, killed: false });
      const read = readLive(live?.frame as Uint8Array | string);
      expect(read).toMatchObject({ id: String(id), session, action: "CREATE" });
      const kill = `KILL u"${id}"`;
      await expect(page.query(kill)).rejects.toMatchObject({ kind: "Switchyard", code: -32085 });
      await page.query(kill, {}, { session });
      expect(scene.view(bob).liveQueries).toEqual([]);
    });

    it("a transaction is begun, used and committed where it began", async () => {
      const { result } = await page.request("begin");
      const txn = String(result);
      page.runAs(alice);
      await page.query("CREATE note:in_txn SET text = 'x', owner = user:bob", {}, { txn });
      const { error } = await page.request("commit", [format === "json" ? txn : new Uuid(txn)]);
      expect(error).toBeUndefined();
      const again = await page.request("query", ["RETURN 1", {}], { txn });
      expect(again.error).toMatchObject({ code: -32084, details: { kind: "TransactionLost" } });
    });
  });
}

function readLive(frame: Uint8Array | string): unknown {
  if (typeof frame === "string") {
    return (JSON.parse(frame) as { result: unknown }).result;
  }
  const {
    liveId: id,
    session,
    action,
  } = readResponse(frame) as {
    liveId: string;
    session: string;
    action: string;
  };
  return { id, session, action };
}

describe("what is another's", () => {
  it("a live query of another page can't be killed, however its id is written", async () => {
    const other = new RelayedPage(scene, "other", page.relay);
    other.runAs(bob);
    const [id] = await other.query("LIVE SELECT * FROM note");
    const [own] = await page.query("LIVE SELECT * FROM user");
    const texts: [string, Record<string, unknown>][] = [
      [`KILL u"${id}"`, {}],
      [`kill '${id}'`, {}],
      [`/* ' */ KILL u'${id}'; RETURN 1`, {}],
      ["KILL $id", { id }],
      ["KILL $id", { id: String(id) }],
      [`RETURN /'/; KILL u"${id}"`, {}],
      [`LET $x = u"${id}"; KILL $x`, {}],
      ["KILL type::uuid($a + $b)", { a: String(id).slice(0, 8), b: String(id).slice(8) }],
      // Bound to one's own, and set anew in the text to one that is hidden in a list.
      ["LET $x = $list[0]; KILL $x", { x: own, list: [id] }],
      ["FOR $x IN $list { KILL $x }", { x: own, list: [id] }],
      ["LET $⟨x⟩ = $list[0]; KILL $`x`", { x: own, list: [id] }],
      ["LET $⟨x⟩ = $list[0]; KILL $⟨x⟩", { list: [id] }],
      ["LET $`\\u{78}` = $list[0]; KILL $x", { x: own, list: [id] }],
      ["RETURN /'/; LET $y = $list[0]; KILL $y; -- '", { list: [id] }],
      ["RETURN ⟨a\\⟩'⟩; LET $y = $list[0]; KILL $y; -- '", { list: [id] }],
      ["LET $y = $list[0]; RETURN {a:KILL $y}", { list: [id] }],
    ];
    for (const [text, bindings] of texts) {
      await expect(page.query(text, bindings), text).rejects.toMatchObject({ kind: "Switchyard" });
    }
    const { error } = await page.request("kill", [id]);
    expect(error).toMatchObject({ details: { kind: "LiveQueryNotFound" } });
    expect(scene.view(bob).liveQueries).toMatchObject([
      { id: String(id), state: "watching" },
      { id: String(own), state: "watching" },
    ]);
    other.page.close();
    page.page.close();
    await until(() => scene.view(bob).liveQueries.length === 0);
  });

  it("a transaction of another page, or of another of its own sessions, can't be used", async () => {
    const other = new RelayedPage(scene, "other", page.relay);
    other.runAs(bob);
    const { result } = await other.request("begin");
    const txn = String(result);
    for (const answer of [
      await page.request("query", ["RETURN 1", {}], { txn }),
      await page.request("commit", [new Uuid(txn)]),
      await other.request("cancel", [new Uuid(txn)], {
        session: "018f0000-0000-7000-8000-0000000000bb",
      }),
    ]) {
      expect(answer.error).toMatchObject({ details: { kind: "TransactionLost" } });
    }
    expect(scene.view(bob).transactions).toHaveLength(1);
    other.page.close();
    await until(() => scene.view(bob).transactions.length === 0);
  });

  it("what only mentions KILL runs", async () => {
    expect(await page.query("RETURN 'kill bill'; RETURN { kill: 1 }.kill -- KILL")).toEqual([
      "kill bill",
      1,
    ]);
    expect(await page.query("RETURN 4 / 2; RETURN note:kill; RETURN 'live'")).toMatchObject([
      2,
      { id: "kill" },
      "live",
    ]);
  });

  it("a live query's table, and whatever else, may be bound, as the SDK does it", async () => {
    const bound = { table: new Table("note"), owner: new RecordId("user", "bob"), at: new Date() };
    const [id] = await page.query(
      "LIVE SELECT * FROM $table WHERE owner = $owner AND created > $at",
      bound,
    );
    await page.query("KILL $id", { ...bound, id });
    expect(scene.view(bob).liveQueries).toEqual([]);
  });
});

describe("a page that says again, or makes up, what its hook says", () => {
  it("has each of its requests run as the session of its route, and answered under its number", async () => {
    const seq = page.send(frameOf("again"));
    page.page.receive({
      type: "relay",
      seq,
      route: page.route,
      client: 1,
      generation: 0,
      frame: writeRequest({ id: 2, method: "query", params: encodeParams([WHO]) }),
    });
    await until(() => page.answersTo(seq) === 2);
    const answers = page.posted.flatMap((each) =>
      each.type === "relayed" ? [readAnswer(each.frame)] : [],
    );
    const second = answers.find(({ id }) => id === 2);
    expect(second?.result).toMatchObject([{ result: ["user:bob", "app", "tenant_b"] }]);
  });

  it("confirms no switch by a number that is over, or that it was never told", async () => {
    page.acknowledges = false;
    page.runAs(alice);
    const { version } = page.posted.findLast((each) => each.type === "routes") ?? { version: 0 };
    for (const forged of [0, version - 1, version + 1, Number.MAX_SAFE_INTEGER]) {
      page.page.receive({ type: "routes-ack", version: forged });
      expect(page.page.isConfirmed).toBe(false);
    }
    page.page.receive({ type: "routes-ack", version });
    expect(page.page.isConfirmed).toBe(true);
  });

  it("ends nothing of another document's, whose sockets have the same numbers", async () => {
    const other = new RelayedPage(scene, "other", page.relay);
    other.runAs(bob);
    const [id] = await other.query("LIVE SELECT * FROM note");
    const { result } = await other.request("begin");
    const place = { client: 1, generation: 0 };
    page.page.receive({ type: "relay-closed", ...place });
    page.page.receive({ type: "relay-session-over", ...place });
    page.page.receive({ type: "relay-sockets", sockets: [] });
    page.page.close();
    // Answered on the same connection: whatever had been ended before would be by now.
    expect(await other.query(WHO)).toEqual([["user:bob", "app", "tenant_b"]]);
    expect(scene.view(bob).liveQueries).toMatchObject([{ id: String(id) }]);
    expect(scene.view(bob).transactions).toMatchObject([{ id: String(result) }]);
    other.page.close();
    await until(() => scene.view(bob).liveQueries.length === 0);
  });
});

describe("a page that never confirms that it was switched", () => {
  it("doesn't keep the session that it was taken", async () => {
    page.acknowledges = false;
    const { route } = page;
    page.page.setRoute(undefined);
    // What was on its way is still served.
    const early = await page.request("query", ["RETURN 1", {}], { route });
    expect(early.error).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 3_050));
    const { error } = await page.request("query", ["RETURN 1", {}], { route });
    expect(error).toMatchObject({ details: { kind: "CannotServe" } });
  });
});

describe("too much of a page", () => {
  it("sockets: those beyond 256 are refused, the others served", async () => {
    for (let client = 1; client <= 256; client++) page.send(frameOf("x"), { client });
    const { error } = readAnswer(await page.frame(frameOf("one more"), { client: 257 }));
    expect(error).toMatchObject({ code: -32088, details: { kind: "TooMuch" } });
    expect(await page.query("RETURN 1")).toEqual([1]);
  });

  it("bytes of requests that wait, and of variables", async () => {
    const large = "x".repeat(15 * 1024 * 1024);
    const seqs = Array.from({ length: 6 }, () => page.send(frameOf(large)));
    await until(() => seqs.every((seq) => page.answersTo(seq) === 1));
    const errors = page.posted.flatMap((message) =>
      message.type === "relayed" ? [readAnswer(message.frame).error?.details?.kind] : [],
    );
    expect(errors.filter((kind) => kind === "TooMuch")).toHaveLength(2);

    const kinds: unknown[] = [];
    const cbor = encodeValue("x".repeat(500 * 1024));
    for (let n = 0; n < 40; n++) {
      const session = `018f0000-0000-7000-8000-0000000000${n + 10}`;
      const frame = writeRequest({
        id: n,
        method: "query",
        params: encodeParams(["RETURN 1"]),
        session,
      });
      const variables = [{ name: "large", size: cbor.length, cbor }];
      page.page.receive({
        type: "relay",
        seq: 1_000 + n,
        client: 1,
        generation: 0,
        frame,
        variables,
        route: page.route,
      });
      const answer = await until(() =>
        page.posted.find((message) => message.type === "relayed" && message.seq === 1_000 + n),
      );
      if (answer.type === "relayed") kinds.push(readAnswer(answer.frame).error?.details?.kind);
    }
    expect(kinds.filter((kind) => kind === "TooMuch")).toHaveLength(8);
  });
});

function frameOf(value: string): Uint8Array {
  return writeRequest({ id: 1, method: "query", params: encodeParams(["RETURN 1", { value }]) });
}

describe("variables", () => {
  const value = (of: unknown) => encodeValue(of);
  it("are the request's, then the held session's, then the page's; protected ones never", async () => {
    await scene.registry.session(bob).set("held", value("held"));
    await scene.registry.session(bob).set("both", value("held"));
    const variables = [
      { name: "page", size: 5, cbor: value("page") },
      { name: "both", size: 5, cbor: value("page") },
      { name: "bound", size: 5, cbor: value("page") },
      { name: "auth", size: 5, cbor: value("page") },
      { name: "large", size: 100_000 },
    ];
    const send = page.page.receive.bind(page.page);
    page.page.receive = (message) =>
      send(message.type === "relay" ? { ...message, variables } : message);
    expect(
      await page.query("RETURN [$page, $held, $both, $bound, <string> $auth.id]", {
        bound: "request",
      }),
    ).toEqual([["page", "held", "held", "request", "user:bob"]]);
    await expect(page.query("RETURN $large")).rejects.toMatchObject({
      message: expect.stringContaining("$large has 100000 bytes"),
      details: { kind: "TooMuch" },
    });
    await scene.registry.session(bob).unset("held");
    await scene.registry.session(bob).unset("both");
  });
});

describe("frames that are none", () => {
  it("get an error of their own, and nothing is sent", async () => {
    const before = { ...server.stats().requests };
    for (const frame of [
      new Uint8Array([0xa0]),
      new Uint8Array([0xff, 1, 2]),
      "{",
      '{"id":1,"method":"query","params":["RETURN 1"],"session":null,"session":"x"}',
    ]) {
      const { error } = readAnswer(await page.frame(frame));
      expect(error).toMatchObject({ code: -32087, details: { kind: "InvalidRequest" } });
    }
    expect(server.stats().requests).toEqual(before);
  });
});

describe("data methods", () => {
  it("all run as the held session", async () => {
    const id = new RecordId("note", "by_page");
    const owner = new RecordId("user", "bob");
    expect((await page.request("create", [id, { text: "made", owner }])).error).toBeUndefined();
    expect((await page.request("select", [id])).result).toMatchObject({ text: "made" });
    expect((await page.request("merge", [id, { text: "merged" }])).error).toBeUndefined();
    expect((await page.request("delete", [id])).result).toMatchObject({ text: "merged" });
    expect((await page.request("info")).result).toMatchObject({ name: "bob" });
    const { result } = await page.request("live", [new Table("note")]);
    expect(scene.view(bob).liveQueries).toMatchObject([
      { id: String(result), statement: "LIVE SELECT * FROM note" },
    ]);
    expect((await page.request("kill", [result])).error).toBeUndefined();
    expect(scene.view(bob).liveQueries).toEqual([]);
  });

  it("a live query may have its table and other values bound, as SDK 2.x sends it", async () => {
    const bound = { table: new Table("note"), owner: new RecordId("user", "bob"), at: new Date() };
    const text = "LIVE SELECT * FROM $table WHERE owner = $owner OR at = $at";
    const [id] = (await page.query(text, bound)) as [Uuid];
    expect(scene.view(bob).liveQueries).toMatchObject([{ id: String(id) }]);
    expect((await page.request("kill", [id])).error).toBeUndefined();
  });
});
