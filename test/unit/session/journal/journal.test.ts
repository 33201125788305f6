/** The journal on frames made by hand: what no SDK sends, and what a page may do to it. */
import { CborCodec, Uuid } from "surrealdb";
import { beforeEach, describe, expect, test } from "vitest";
import { Journal } from "../../../../src/session/journal/journal.ts";
import type { JournalSocket } from "../../../../src/session/journal/journal-socket.ts";
import {
  LIMITS,
  type PageFact,
  type SessionFact,
} from "../../../../src/session/page/page-facts.ts";
import type { FrameFormat } from "../../../../src/session/page/page-model.ts";

const codec = new CborCodec({ useNativeDates: false });
const URL = "ws://127.0.0.1:8000/rpc";
const ALICE = jwt({ ID: "user:alice", NS: "app", DB: "tenant_a" });

let journal: Journal;
let at: number;
beforeEach(() => {
  journal = new Journal();
  at = 1_000;
});

function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
}

interface Request {
  session?: string;
  txn?: string;
  id?: string | number;
}

/** A client as the journal sees one: frames out, frames in. */
class Client {
  readonly entry: JournalSocket;
  state: "connecting" | "open" | "closing" | "closed" = "connecting";
  readonly #format: FrameFormat;
  #id = 0;

  constructor(format: FrameFormat = "cbor", url = URL) {
    this.#format = format;
    const probe = { state: () => this.state, deliversBlobs: () => false };
    const entry = journal.constructed(url, format, probe, ++at);
    if (!entry) throw new Error("Not followed");
    this.entry = entry;
  }

  static open(format?: FrameFormat, url?: string): Client {
    const client = new Client(format, url);
    client.state = "open";
    client.entry.opened(client.#format, ++at);
    return client;
  }

  close(code = 1006): void {
    this.state = "closed";
    this.entry.closed(code, ++at);
  }

  send(
    method: string,
    params: unknown[] = [],
    { session, txn, id }: Request = {},
  ): string | number {
    const isJson = this.#format === "json";
    const uuid = (text: string) => (isJson ? text : new Uuid(text));
    const own = id ?? ++this.#id;
    const request = {
      id: own,
      method,
      params,
      ...(session !== undefined && { session: uuid(session) }),
      ...(txn !== undefined && { txn: uuid(txn) }),
    };
    this.#pass("sent", request);
    return own;
  }

  answer(id: string | number, result: unknown): void {
    this.#pass("received", { id, result });
  }

  refuse(id: string | number, error: object, session?: string): void {
    const named = session === undefined ? {} : { session: new Uuid(session) };
    this.#pass("received", { id, ...named, error: { code: -32000, message: "No", ...error } });
  }

  notify(liveId: string, action: string, session?: string): void {
    const named = session === undefined ? {} : { session: new Uuid(session) };
    const id = new Uuid(liveId);
    this.#pass("received", { result: { id, action, record: "note:1", result: {}, ...named } });
  }

  /** A request and its answer. */
  call(method: string, params: unknown[], result: unknown, more: Request = {}): void {
    this.answer(this.send(method, params, more), result);
  }

  attach(session: string): void {
    this.call("attach", [], null, { session });
  }

  raw(direction: "sent" | "received", frame: Uint8Array | string): void {
    if (direction === "sent") this.entry.sent(frame, frame.length, ++at, "page");
    else this.entry.received(frame, frame.length, ++at);
  }

  #pass(direction: "sent" | "received", message: unknown): void {
    this.raw(direction, this.#format === "json" ? JSON.stringify(message) : codec.encode(message));
  }
}

const whole = () => journal.whole(++at);

function session(id?: string, client = 1): SessionFact {
  const fact = whole().sessions.find((each) => each.client === client && each.id === id);
  if (!fact) throw new Error(`No session ${id}`);
  return fact;
}

const socket = (client = 1) => whole().sockets.find((each) => each.client === client);
const names = (facts: PageFact[]) => facts.map(({ fact }) => fact);

describe("answers", () => {
  test("count in any order, whatever the ids are", () => {
    const client = Client.open();
    const use = client.send("use", ["app", "a"], { id: "1" });
    const set = client.send("let", ["x", 5], { id: 1 });
    client.answer(set, null);
    expect(session().variables.map(({ name }) => name)).toEqual(["x"]);
    expect(session().namespace).toBeUndefined();
    client.answer(use, { namespace: "app", database: "a" });
    expect(session()).toMatchObject({ namespace: "app", database: "a", requests: 2 });
  });

  test("that are refusals change nothing", () => {
    const client = Client.open();
    client.refuse(client.send("use", ["app", "a"]), { kind: "Internal" });
    client.refuse(client.send("let", ["x", 5]), { kind: "Internal" });
    client.refuse(client.send("signin", [{}]), { kind: "Internal" });
    expect(session()).toMatchObject({ variables: [], auth: "never", incomplete: [] });
    expect(session().namespace).toBeUndefined();
  });

  test("to requests with one id on two sockets go to their own", () => {
    const first = Client.open();
    const second = Client.open();
    first.send("use", ["app", "a"], { id: "same" });
    second.send("use", ["app", "b"], { id: "same" });
    second.answer("same", { namespace: "app", database: "b" });
    expect(session(undefined, 1).database).toBeUndefined();
    expect(session(undefined, 2).database).toBe("b");
  });

  test("that never come leave the session as it was, and don't pile up", () => {
    const client = Client.open();
    for (let i = 0; i < 10_050; i++) client.send("let", [`x${i}`, 1]);
    expect(session().incomplete).toHaveLength(1);
    client.answer(1, null);
    expect(session().variables).toEqual([]);
    client.answer(10_050, null);
    expect(session().variables).toHaveLength(1);
  });
});

describe("a place", () => {
  test.each([
    [["app", "a"], { namespace: "app", database: "a" }],
    [[null, null], {}],
    [[undefined, "b"], { namespace: "ns", database: "b" }],
    [["app", null], { namespace: "app" }],
  ])("of servers that answer NONE to use %j is what was asked for", (params, expected) => {
    const client = Client.open();
    client.call("use", ["ns", "db"], undefined);
    client.call("use", params, undefined);
    const { namespace, database } = session();
    expect({ namespace, database }).toEqual({
      namespace: undefined,
      database: undefined,
      ...expected,
    });
  });

  test("is what the server answers, where it does", () => {
    const client = Client.open();
    client.call("use", ["app", "a"], { namespace: "app", database: null });
    expect(session().namespace).toBe("app");
    expect(session().database).toBeUndefined();
  });
});

describe("sessions", () => {
  const A = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";
  const B = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f91";

  test("that the server doesn't know are marked, and those whose time is over", () => {
    const client = Client.open();
    client.attach(A);
    const error = { kind: "NotFound", details: { kind: "Session" } };
    client.refuse(client.send("query", ["RETURN 1"], { session: A }), error, A);
    expect(session(A).incomplete).toEqual([expect.stringMatching(/doesn't know/)]);
    expect(session().incomplete).toEqual([]);
    const details = { kind: "Auth", details: { kind: "SessionExpired" } };
    client.refuse(client.send("query", ["RETURN 1"]), { kind: "NotAllowed", details });
    expect(session().auth).toBe("expired");
  });

  test("more than are followed are told as missed", () => {
    const client = Client.open();
    for (let i = 0; i < LIMITS.sessions + 5; i++) client.attach(uuid(i));
    expect(whole().sessions).toHaveLength(LIMITS.sessions);
    expect(session().incomplete).toEqual([expect.stringMatching(/more sessions/)]);
  });

  test("that were detached are kept, the latest of them", () => {
    const client = Client.open();
    for (let i = 0; i < 50; i++) {
      client.attach(uuid(i));
      client.call("detach", [], null, { session: uuid(i) });
    }
    const over = whole().sessions.filter((each) => each.over === "detached");
    expect(over).toHaveLength(20);
    expect(over.at(-1)?.id).toBe(uuid(49));
  });

  test("of a client that reconnects come back as themselves, or go", () => {
    const client = Client.open();
    client.attach(A);
    client.attach(B);
    const before = session(A);
    client.close();
    expect(session(B).over).toBe("socket-closed");
    expect(socket()).toMatchObject({ state: "closed", closeCode: 1006 });
    const next = Client.open();
    expect(next.entry.generation).toBe(1);
    expect(socket()).toMatchObject({ state: "open", reconnects: 1, framesSent: 0 });
    expect(whole().sockets).toHaveLength(1);
    next.attach(A);
    at += 5_000;
    expect(session(A)).toMatchObject({ order: before.order, createdAt: before.createdAt });
    expect(() => session(B)).toThrow();
  });

  test("of a client that doesn't wait for its old socket to close are its new socket's", () => {
    const client = Client.open();
    client.attach(A);
    const late = client.send("use", ["app", "old"]);
    client.state = "closing";
    const next = Client.open();
    expect(socket()).toMatchObject({ state: "open", reconnects: 1 });
    expect(session(A).over).toBe("socket-closed");
    next.call("use", ["app", "new"], { namespace: "app", database: "new" });
    client.answer(late, { namespace: "app", database: "old" });
    client.close(1000);
    expect(session()).toMatchObject({ database: "new" });
    expect(session().over).toBeUndefined();
    expect(whole().sockets).toHaveLength(1);
  });

  test("tell which of two clients lost its socket, when they come back in another order", () => {
    const first = Client.open();
    const second = Client.open();
    first.attach(A);
    second.attach(B);
    first.close();
    second.close();
    // Taken for the second, whose socket closed last.
    const back = Client.open();
    expect(back.entry.client.number).toBe(2);
    back.call("use", ["app", "a"], null);
    back.attach(A);
    expect(back.entry.client.number).toBe(1);
    expect(session(A, 1).over).toBeUndefined();
    expect(session(undefined, 1)).toMatchObject({ namespace: "app" });
    expect(socket(1)).toMatchObject({ state: "open", reconnects: 1 });
    expect(socket(2)).toMatchObject({ state: "closed", reconnects: 0 });
    expect(session(B, 2).over).toBe("socket-closed");
    const other = Client.open();
    other.attach(B);
    expect(socket(2)).toMatchObject({ state: "open", reconnects: 1 });
    expect(session(B, 2).over).toBeUndefined();
  });

  test("two clients whose sockets were both taken for the other change places", () => {
    const first = Client.open();
    const second = Client.open();
    first.attach(A);
    second.attach(B);
    second.close();
    first.close();
    const [one, two] = [Client.open(), Client.open()];
    expect([one.entry.client.number, two.entry.client.number]).toEqual([1, 2]);
    one.attach(B);
    two.attach(A);
    expect([one.entry.client.number, two.entry.client.number]).toEqual([2, 1]);
    expect(session(A, 1).over).toBeUndefined();
    expect(session(B, 2).over).toBeUndefined();
    expect(socket(1)).toMatchObject({ reconnects: 1 });
    expect(socket(2)).toMatchObject({ reconnects: 1 });
  });

  function uuid(i: number): string {
    return `0190a3f4-5b1c-7d2e-8f3a-${String(i).padStart(12, "0")}`;
  }
});

describe("identity", () => {
  test("is that of the token, renewable while the page has a refresh token for it", () => {
    const client = Client.open();
    client.call("signin", [{}], { access: ALICE, refresh: "secret" });
    expect(session()).toMatchObject({
      auth: "signed-in",
      access: ALICE,
      renewable: true,
      namespace: "app",
      database: "tenant_a",
    });
    client.close();
    const next = Client.open();
    expect(session()).toMatchObject({ auth: "never", renewable: false });
    next.call("authenticate", [ALICE], null);
    expect(session()).toMatchObject({ auth: "authenticated", access: ALICE, renewable: true });
    next.call("revoke", [{ access: ALICE, refresh: "secret" }], null);
    expect(session()).toMatchObject({ auth: "authenticated", renewable: false });
    expect(JSON.stringify(whole())).not.toContain("secret");
  });

  test("of a token that is too long, or none, is unknown and said so", () => {
    const client = Client.open();
    client.call("signin", [{}], "x".repeat(LIMITS.token + 1));
    expect(session()).toMatchObject({ auth: "signed-in" });
    expect(session().access).toBeUndefined();
    expect(session().incomplete).toHaveLength(1);
  });
});

describe("variables", () => {
  test("over the limits are named without their values", () => {
    const client = Client.open();
    client.call("let", ["big", "x".repeat(LIMITS.variable)], null);
    expect(session().variables).toEqual([{ name: "big", size: LIMITS.variable + 5 }]);
    for (let i = 0; i < 20; i++) client.call("set", [`v${i}`, "x".repeat(60_000)], null);
    const kept = session().variables.filter(({ cbor }) => cbor);
    expect(kept.length * 60_000).toBeLessThanOrEqual(LIMITS.variables);
    expect(session().variables).toHaveLength(21);
    client.call("unset", ["v0"], null);
    client.call("set", ["v0", 1], null);
    expect(session().variables.at(-1)?.cbor).toBeDefined();
    for (let i = 0; i < LIMITS.variablesPerSession; i++) client.call("set", [`w${i}`, 1], null);
    expect(session().variables).toHaveLength(LIMITS.variablesPerSession);
    expect(session().incomplete).toHaveLength(1);
  });

  test("of all sessions together take no more than a document may hold, and give it back", () => {
    const client = Client.open();
    const ids = Array.from(
      { length: 40 },
      (_, i) => `0190a3f4-5b1c-7d2e-8f3a-${100_000_000_000 + i}`,
    );
    const fill = () => {
      for (const id of ids) {
        client.attach(id);
        for (let i = 0; i < 8; i++)
          client.call("let", [`v${i}`, "x".repeat(60_000)], null, { session: id });
      }
      return whole()
        .sessions.flatMap(({ variables }) => variables)
        .reduce((sum, { cbor }) => sum + (cbor?.length ?? 0), 0);
    };
    const first = fill();
    expect(first).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(fill()).toBe(first);
  });

  test("are copies: a page uses its buffers again", () => {
    const client = Client.open();
    const frame = codec.encode({ id: 7, method: "let", params: ["x", "hello"] });
    client.raw("sent", frame);
    frame.fill(0);
    client.answer(7, null);
    expect(codec.decode(session().variables[0]?.cbor as Uint8Array)).toBe("hello");
  });
});

describe("live queries and transactions", () => {
  const LIVE = "0190a3f4-5b1c-7d2e-8f3a-000000000001";
  const TXN = "0190a3f4-5b1c-7d2e-8f3a-000000000002";

  test("begin and end by their own methods, with counts between", () => {
    const client = Client.open();
    client.call("live", ["note"], new Uuid(LIVE));
    client.call("begin", [], new Uuid(TXN));
    client.call("query", ["RETURN 1"], [], { txn: TXN });
    client.notify(LIVE, "CREATE");
    client.notify(LIVE, "UPDATE");
    expect(session()).toMatchObject({
      live: [{ id: LIVE, events: 2 }],
      transactions: [{ id: TXN, requests: 1 }],
    });
    client.notify(LIVE, "KILLED");
    client.refuse(client.send("commit", [new Uuid(TXN)]), { kind: "Internal" });
    expect(session()).toMatchObject({ live: [], transactions: [] });
  });

  test("end when their session is reset, detached or loses its socket", () => {
    for (const end of ["reset", "detach", "close"]) {
      const client = Client.open("cbor", `ws://127.0.0.1/${end}/rpc`);
      const own = client.entry.client.number;
      client.attach(LIVE);
      client.call("live", ["note"], new Uuid(TXN), { session: LIVE });
      expect(session(LIVE, own).live).toHaveLength(1);
      if (end === "close") client.close();
      else client.call(end, [], null, { session: LIVE });
      expect(session(LIVE, own).live).toEqual([]);
    }
  });

  test("of a query are those that its answer names", () => {
    const client = Client.open();
    client.call(
      "query",
      ["LIVE SELECT * FROM a; RETURN 1"],
      [
        { status: "OK", type: "live", result: new Uuid(LIVE), time: "1ms" },
        { status: "OK", result: 1, time: "1ms" },
      ],
    );
    expect(session().live).toMatchObject([
      { id: LIVE, statement: "LIVE SELECT * FROM a; RETURN 1" },
    ]);
    // A refused KILL kills nothing.
    client.call("query", [`KILL u"${LIVE}"`], [{ status: "ERR", type: "kill", result: "No" }]);
    expect(session().live).toHaveLength(1);
    client.call("query", ["KILL $id", { id: new Uuid(LIVE) }], [{ status: "OK", type: "kill" }]);
    expect(session().live).toEqual([]);
  });
});

describe("frames", () => {
  test.each([
    ["nothing", new Uint8Array()],
    ["a damaged map", Uint8Array.of(0xa2, 0x62, 0x69)],
    ["no map", Uint8Array.of(0x01)],
    ["a text", "hello"],
    ["a million brackets", new Uint8Array(1_000_000).fill(0x81)],
  ])("that are %s are counted, named, and change nothing else", (_what, frame) => {
    const client = Client.open();
    client.call("use", ["app", "a"], null);
    client.raw("sent", frame);
    client.raw("received", frame);
    expect(socket()).toMatchObject({ framesSent: 2, framesReceived: 2, strayFrames: 2 });
    expect(socket()?.lastStray).not.toBe("");
    expect(session()).toMatchObject({ namespace: "app", requests: 1, incomplete: [] });
  });

  test("larger than can be read in the page's time are counted", () => {
    const client = Client.open();
    client.raw("sent", new Uint8Array(17 * 1024 * 1024));
    expect(socket()).toMatchObject({ bytesSent: 17 * 1024 * 1024, strayFrames: 1 });
    expect(socket()?.lastStray).toMatch(/too large/);
  });

  test("of flatbuffers are counted and not read", () => {
    const client = Client.open("flatbuffers");
    client.raw("sent", Uint8Array.of(1, 2, 3));
    expect(socket()).toMatchObject({ format: "flatbuffers", framesSent: 1, strayFrames: 0 });
  });

  test("of JSON are read as those of CBOR are", () => {
    const client = Client.open("json");
    const A = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";
    client.attach(A);
    client.call("signin", [{}], { access: ALICE, refresh: "r" }, { session: A });
    client.call("let", ["x", { deep: ["ü"] }], null, { session: A });
    client.call("use", ["app", null], { namespace: "app", database: null }, { session: A });
    client.call("query", ["LIVE SELECT * FROM a"], [{ status: "OK", type: "live", result: A }], {
      session: A,
    });
    client.raw("received", JSON.stringify({ result: { id: A, action: "CREATE", record: "a:1" } }));
    client.raw("sent", "{}");
    client.raw("sent", "[");
    expect(session(A)).toMatchObject({
      access: ALICE,
      renewable: true,
      namespace: "app",
      variables: [{ name: "x", json: '{"deep":["ü"]}', size: 15 }],
      live: [{ id: A, events: 1 }],
      requests: 5,
    });
    expect(socket()).toMatchObject({ format: "json", strayFrames: 2 });
  });
});

describe("telling", () => {
  test("changes of state come apart from counts, and nothing twice", () => {
    const client = Client.open();
    whole();
    client.call("query", ["RETURN 1"], []);
    expect(journal.changes(++at)).toEqual([]);
    expect(names(journal.news(++at))).toEqual(["socket", "session"]);
    expect(journal.news(++at)).toEqual([]);
    client.call("use", ["app", "a"], null);
    expect(names(journal.changes(++at))).toEqual(["session"]);
    expect(names(journal.news(++at))).toEqual(["socket"]);
  });

  test("what is told stays as it was told", () => {
    const client = Client.open();
    client.call("let", ["x", 1], null);
    const before = session();
    const copy = structuredClone(before);
    client.call("let", ["y", 1], null);
    client.call("live", ["note"], new Uuid("0190a3f4-5b1c-7d2e-8f3a-000000000001"));
    expect(before).toEqual(copy);
  });

  test("what goes is told as gone, and closed clients go but for the latest", () => {
    whole();
    for (let i = 0; i < 8; i++) Client.open("cbor", `ws://127.0.0.1:${i + 1}/rpc`).close();
    const gone = journal.news(++at).filter(({ fact }) => fact.endsWith("-gone"));
    expect(gone.filter(({ fact }) => fact === "socket-gone")).toHaveLength(3);
    expect(whole().sockets).toHaveLength(5);
  });

  test("no more sockets are followed than the limit, and that is told", () => {
    for (let i = 0; i < LIMITS.sockets; i++) Client.open();
    expect(whole().unfollowed).toBeUndefined();
    for (let i = 0; i < 2; i++) expect(() => Client.open()).toThrow("Not followed");
    expect(journal.changes(++at)).toContainEqual({ fact: "unfollowed" });
    expect(journal.changes(++at)).toEqual([]);
    expect(whole().sockets).toHaveLength(LIMITS.sockets);
    expect(whole().unfollowed).toBe(true);
  });
});
