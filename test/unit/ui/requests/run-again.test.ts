/** A recorded request run once more: what is sent, what is asked before, what it is compared with. */
import { Decimal, RecordId } from "surrealdb";
import { describe, expect, test } from "vitest";
import type { RequestEntry } from "../../../../src/session/log/log-entry.ts";
import { comparisonOf } from "../../../../src/ui/query/compare/comparing.ts";
import { queryState, type Run } from "../../../../src/ui/query/query-state.ts";
import { readAnswer } from "../../../../src/ui/query/results/answer.ts";
import { openInQuery } from "../../../../src/ui/requests/run-again/open-in-query.ts";
import { recordedColumn } from "../../../../src/ui/requests/run-again/recorded-column.ts";
import {
  type Again,
  canRunAgain,
  createRunAgain as create,
  type Repeatable,
} from "../../../../src/ui/requests/run-again/run-again.ts";
import { createStore, type PanelStore } from "../../../../src/ui/store/store.ts";
import { arrayItems } from "../../../../src/wire/cbor-parts.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import { scenes } from "../../../support/ui/scenes.ts";

const bob = exampleSession({ label: "Bob" });
const carol = exampleSession({ label: "Carol", key: "carol" });

/** Where nobody may be asked for the schema. */
const createRunAgain = (call: PanelStore["call"], request: () => Repeatable) =>
  create(call, request, () => () => []);

/** What the server says of Bob, behind a text that asks. */
const isBob = {
  session: { ns: "app", db: "tenant_b", ac: "account" },
  token: { ID: "user:bob", AC: "account", NS: "app", DB: "tenant_b" },
  auth: new RecordId("user", "bob"),
};

type Sent = { command: string; params: Record<string, unknown> };

/** A worker that answers rows, and remembers what it was asked. */
function worker(answer: (params: Sent["params"]) => unknown = () => [rows([1, 2])]) {
  const sent: Sent[] = [];
  const call = (async (command: string, params: Record<string, unknown>) => {
    sent.push({ command, params });
    const result = encodeValue(answer(params));
    return {
      result,
      duration: 1.7,
      bytesSent: 1,
      bytesReceived: 9,
      identity: "user:bob",
      target: "app/b",
    };
  }) as unknown as PanelStore["call"];
  return { sent, call };
}

function rows(result: unknown) {
  return { status: "OK", result, time: "1ms" };
}

function ran(state: Again | undefined) {
  if (state?.kind !== "ran") throw new Error(JSON.stringify(state));
  return state.run.columns.map(({ progress }) => progress.value);
}

/** The float 5f: decoded and encoded again it would be an integer. */
const FIVE = Uint8Array.of(0xf9, 0x45, 0x00);

describe("running again", () => {
  test("a read is sent at once to each session, with its bindings byte for byte", async () => {
    const { sent, call } = worker(() => []);
    const bindings = Uint8Array.of(0xa1, 0x61, 0x6e, ...FIVE);
    const text = "SELECT * FROM note WHERE n = $n";
    const params = Uint8Array.of(0x82, ...encodeValue(text), ...bindings);
    const run = createRunAgain(call, () => ({ method: "query", params }));
    await run.start([bob, carol]);
    expect(sent.map(({ params: { key } }) => key)).toEqual([bob.key, "carol"]);
    for (const { command, params: given } of sent) {
      expect(command).toBe("session.query");
      expect(given.text).toContain(text);
      expect(given.text).not.toContain("BEGIN");
      expect(given.bindings).toEqual(bindings);
    }
    expect(run.state.value?.kind).toBe("ran");
  });

  test("a method that reads goes as the statement that does the same, and asks who it is", async () => {
    const { sent, call } = worker(() => [rows([]), rows(isBob)]);
    const params = encodeValue([new RecordId("note", 1)]);
    const run = createRunAgain(call, () => ({ method: "select", params }));
    await run.start([bob]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.params.text).toContain("SELECT * FROM ONLY note:1");
    expect(ran(run.state.value)[0]).toMatchObject({ confirmation: { confirmed: true } });
    expect(ran(run.state.value)[0]?.kind).toBe("answered");
  });

  test("a write is asked about first; kept, it is sent as it was", async () => {
    const { sent, call } = worker();
    const params = encodeValue([new RecordId("note", 1), { price: new Decimal("1.10") }]);
    const run = createRunAgain(call, () => ({ method: "merge", params }));
    await run.start([bob]);
    expect(run.state.value).toEqual({ kind: "asking", sessions: [bob] });
    expect(sent).toEqual([]);
    await run.confirm(true);
    expect(sent).toEqual([
      { command: "session.call", params: { key: bob.key, method: "merge", params } },
    ]);
  });

  test("dry, a method goes as the statement that does the same, its values byte for byte", async () => {
    const { sent, call } = worker(() => []);
    const data = Uint8Array.of(0xa1, 0x61, 0x6e, ...FIVE);
    const params = Uint8Array.of(0x82, ...encodeValue(new RecordId("note", 1)), ...data);
    const run = createRunAgain(call, () => ({ method: "merge", params }));
    await run.start([bob, carol]);
    await run.confirm(false);
    expect(sent).toHaveLength(2);
    for (const { command, params: given } of sent) {
      expect(command).toBe("session.query");
      expect(given.text).toMatch(/BEGIN;.*UPDATE ONLY note:1 MERGE \$data.*CANCEL/s);
      expect(Buffer.from(given.bindings as Uint8Array).includes(Buffer.from(FIVE))).toBe(true);
    }
  });

  test.each(["CREATE note", "RETURN fn::clean_up()", "DEFINE TABLE x"])(
    "%s is asked about, and dry never commits",
    async (text) => {
      const { sent, call } = worker(() => []);
      const run = createRunAgain(call, () => ({ method: "query", params: encodeValue([text]) }));
      await run.start([bob]);
      expect(run.state.value).toMatchObject({ kind: "asking" });
      expect(sent).toEqual([]);
      await run.confirm(false);
      expect(sent[0]?.params.text).toMatch(/CANCEL;?\s*$/);
    },
  );

  test("what no dry run takes back is said, and as one session it can be kept", async () => {
    const { sent, call } = worker();
    const text = "USE NS app; CREATE note";
    const run = createRunAgain(call, () => ({ method: "query", params: encodeValue([text]) }));
    await run.start([bob, carol]);
    expect(run.state.value).toMatchObject({ kind: "asking", refusal: { place: { word: "USE" } } });
    // Nobody offers it, and it isn't done either.
    await run.confirm(true);
    expect(sent).toEqual([]);
    await run.start([bob]);
    expect(run.state.value).toMatchObject({ refusal: { place: { word: "USE" } } });
    await run.confirm(true);
    expect(sent).toEqual([{ command: "session.query", params: { key: bob.key, text } }]);
  });

  test("what was asked about can be left", async () => {
    const { sent, call } = worker();
    const run = createRunAgain(call, () => ({ method: "delete", params: encodeValue(["note"]) }));
    await run.start([bob]);
    run.dismiss();
    await run.confirm(true);
    expect(run.state.value).toBeUndefined();
    expect(sent).toEqual([]);
  });

  test("a refusal is the outcome, of that session alone", async () => {
    const { call } = worker(({ key }) => {
      if (key === bob.key) throw new Error("The session is signed out.");
      return [];
    });
    const run = createRunAgain(call, () => ({ method: "select", params: encodeValue(["note"]) }));
    await run.start([bob, carol]);
    const [first, second] = ran(run.state.value);
    expect(first).toMatchObject({
      kind: "failed",
      error: { message: "The session is signed out." },
    });
    expect(second?.kind).toBe("answered");
  });

  test("an answer that nobody waits for any more shows nowhere", async () => {
    const { call } = worker();
    const run = createRunAgain(call, () => ({ method: "select", params: encodeValue(["note"]) }));
    const running = run.start([bob]);
    run.dismiss();
    await running;
    expect(run.state.value).toBeUndefined();
  });

  test("bindings that are there but empty are not sent", async () => {
    const { sent, call } = worker(() => []);
    const params = encodeValue(["SELECT 1", undefined]);
    const run = createRunAgain(call, () => ({ method: "query", params }));
    await run.start([bob]);
    expect(sent[0]?.params).not.toHaveProperty("bindings");
  });

  test("what changes the session itself is never run again", () => {
    const state = "use let unset signin signup authenticate invalidate reset attach detach".split(
      " ",
    );
    expect(state.some(canRunAgain)).toBe(false);
    expect(["live", "kill", "begin", "commit", "cancel"].some(canRunAgain)).toBe(false);
    expect(["query", "select", "create"].every(canRunAgain)).toBe(true);
  });
});

describe("beside what was recorded", () => {
  const entry = {
    at: 1,
    as: { sessionKey: "gone", user: "user:alice", namespace: "app", database: "a" },
  } as RequestEntry;
  const notes = (...keys: number[]) => keys.map((key) => ({ id: new RecordId("note", key) }));

  async function sentence(then: unknown[], now: unknown) {
    const { call } = worker(() => [rows(now), rows(isBob)]);
    const run = createRunAgain(call, () => ({ method: "select", params: encodeValue(["note"]) }));
    await run.start([bob]);
    const state = run.state.value;
    if (state?.kind !== "ran") throw new Error("It didn't run.");
    const raw = { ...(await call("session.info", { key: "" })), result: encodeValue(then) };
    const recorded = recordedColumn(entry, readAnswer(bob, "select", undefined, raw as never));
    expect(recorded.session.auth).toMatchObject({ level: "record", user: "user:alice" });
    const compared = comparisonOf({ ...state.run, columns: [recorded, ...state.run.columns] });
    await expect.poll(() => compared.value).toBeDefined();
    return compared.value?.sentence;
  }

  test.each([
    [notes(1, 2), notes(1, 2), "The recording and Bob see the same 2 rows."],
    [notes(1, 2, 3), notes(1), "Bob sees 1 of the recording's 3 rows."],
    [notes(1), [], "Bob sees none of the recording's 1 row."],
  ])("it says what differs", async (then, now, words) => {
    expect(await sentence(then, now)).toBe(words);
  });

  test("values of two types are not the same, though they read alike", async () => {
    const text = [{ id: new RecordId("note", 1), owner: "user:bob" }];
    const record = [{ id: new RecordId("note", 1), owner: new RecordId("user", "bob") }];
    expect(await sentence(text, record)).toContain("1 value changed: note:1 owner");
  });
});

describe("each run is told as it begins", () => {
  async function told(request: Repeatable) {
    const begun: Run[] = [];
    const readers = () => () => [];
    const run = create(
      worker().call,
      () => request,
      readers,
      (each) => begun.push(each),
    );
    await run.start([bob, carol]);
    return { run, begun };
  }

  test("with values and sessions, so that it can be in Query's history", async () => {
    const bindings = Uint8Array.of(0xa1, 0x61, 0x6e, ...FIVE);
    const params = Uint8Array.of(0x82, ...encodeValue("RETURN $n"), ...bindings);
    const { begun } = await told({ method: "query", params });
    expect(begun.map(({ asked }) => asked)).toEqual([
      { method: "query", text: "RETURN $n", bindings: "{ n: 5f }" },
    ]);
    expect(begun[0]?.columns.map(({ session }) => session.key)).toEqual([bob.key, "carol"]);
  });

  test("one that no history keeps isn't written out", async () => {
    const params = encodeValue(["RETURN $long", { long: "x".repeat(100_000) }]);
    const { run, begun } = await told({ method: "query", params });
    expect(ran(run.state.value)).toHaveLength(2);
    expect(begun).toEqual([]);
  });

  test("a method that runs dry as a statement is the method that was recorded; a question is no run", async () => {
    const params = encodeValue([new RecordId("note", 1), { n: 1 }]);
    const { run, begun } = await told({ method: "merge", params });
    expect(begun).toEqual([]);
    await run.confirm(false);
    expect(begun.map(({ asked }) => asked)).toEqual([
      { method: "merge", text: "[note:1, { n: 1 }]", bindings: "" },
    ]);
  });
});

describe("opened in Query", () => {
  test("are the statement, its values as they were, and the sessions", async () => {
    const store = createStore({ client: createFakeClient(scenes.rich()), host: createFakeHost() });
    await Promise.resolve();
    const [first, second] = store.sessions.all.value;
    if (!first || !second) throw new Error("The scene has no sessions.");
    const owner = encodeValue(new RecordId("user", "bob"));
    const bindings = Uint8Array.of(0xa2, 0x61, 0x6e, ...FIVE, 0x61, 0x6f, ...owner);
    const params = Uint8Array.of(0x82, ...encodeValue("SELECT 1"), ...bindings);
    openInQuery(store, { method: "query", params }, [first, second]);
    const state = queryState(store);
    expect(store.view.value).toBe("query");
    expect([state.method.value, state.text.value]).toEqual(["query", "SELECT 1"]);
    expect(state.bindings.value).toBe("{ n: 5f, o: user:bob }");
    expect(store.queryTargets.all.value.map(({ key }) => key)).toEqual([first.key, second.key]);

    const list = encodeValue(["note", { text: "x" }]);
    expect(arrayItems(list)).toHaveLength(2);
    openInQuery(store, { method: "create", params: list }, []);
    expect([state.method.value, state.args.value]).toEqual(["create", "['note', { text: 'x' }]"]);
    expect(decodeValue(list)).toEqual(["note", { text: "x" }]);
    // Nobody was chosen: whoever was stays.
    expect(store.queryTargets.all.value).toHaveLength(2);
    store.close();
  });
});
