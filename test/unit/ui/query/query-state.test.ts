/**
 * A query from what is written to what is shown, against the real engine: what reaches it, as whom
 * the answer stands there, and what becomes of one that nobody waits for.
 */
import { createNodeEngines } from "@surrealdb/node";
import { BoundQuery, RecordId, Surreal } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandError } from "../../../../src/messages/view-client.ts";
import type { SessionView } from "../../../../src/session/model.ts";
import { RPC_METHODS } from "../../../../src/session/rpc-methods.ts";
import { obstacle } from "../../../../src/ui/query/can-run.ts";
import { METHODS } from "../../../../src/ui/query/methods.ts";
import { createQueryState, type QueryState } from "../../../../src/ui/query/query-state.ts";
import {
  type Answer,
  emptyReason,
  isEmpty,
  readAnswer,
} from "../../../../src/ui/query/results/answer.ts";
import { whyNotAct } from "../../../../src/ui/store/acting.ts";
import { createPageStore } from "../../../../src/ui/store/page.ts";
import type { PanelStore } from "../../../../src/ui/store/store.ts";
import { arrayItems, mapEntries } from "../../../../src/wire/cbor-parts.ts";
import { Result } from "../../../../src/wire/result.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";
import {
  examplePage,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

const bob = {
  key: "k1",
  id: "k1",
  label: "Bob",
  colour: "#1a66d6",
  status: "active",
  cause: "",
  needsSignIn: false,
  gate: { open: true },
  auth: { level: "record", user: "user:bob", renewable: false },
  transactions: [],
} as unknown as SessionView;

let db: Surreal;
/** Every command that the view sent, in order. */
let sent: { command: string; params: Record<string, unknown> }[] = [];

beforeAll(async () => {
  db = new Surreal({ engines: createNodeEngines() });
  await db.connect("mem://");
  await db.use({ namespace: "test", database: "test" });
  await db.query("CREATE note:1 SET text = 'x'; CREATE note:2 SET text = 'y'").collect();
});

afterAll(() => db.close());

/** A worker whose session is the embedded engine's. */
const call = (async (command: string, params: Record<string, unknown>) => {
  sent.push({ command, params });
  const bindings = params.bindings ? decodeValue(params.bindings as Uint8Array) : {};
  const text =
    command === "session.query"
      ? String(params.text)
      : "RETURN { method: $method, params: $params }";
  const bound =
    command === "session.query"
      ? (bindings as Record<string, unknown>)
      : { method: params.method, params: decodeValue(params.params as Uint8Array) };
  const responses = await db.query(new BoundQuery(text, bound)).responses();
  const results = responses.map((response) =>
    response.success
      ? { status: "OK", result: response.result, time: "1ms" }
      : {
          status: "ERR",
          result: response.error.message,
          kind: response.error.kind,
          time: "1ms",
        },
  );
  const result = encodeValue(command === "session.query" ? results : results[0]?.result);
  return {
    result,
    duration: 1,
    bytesSent: 1,
    bytesReceived: result.length,
    identity: "user:bob",
    target: "test/test",
  };
}) as unknown as PanelStore["call"];

function fresh(): QueryState {
  sent = [];
  return createQueryState(call);
}

/** Of the one session that was asked. */
function progressOf(state: QueryState) {
  return state.latest.value?.columns[0]?.progress.value;
}

function answered(state: QueryState) {
  const progress = progressOf(state);
  if (progress?.kind !== "answered") throw new Error(JSON.stringify(progress));
  return progress.answer;
}

/** The values of the statements that succeeded. */
function values({ outcomes }: Answer): unknown[] {
  return outcomes.flatMap((outcome) => (outcome.ok ? [outcome.result.value()] : []));
}

describe("a query", () => {
  it("shows each statement's outcome, and who asked where", async () => {
    const state = fresh();
    state.text.value = "SELECT * FROM note; RETURN $x + 1; THROW 'no'";
    state.bindings.value = "{ x: 41 }";
    await state.run([bob]);
    const answer = answered(state);
    expect(answer).toMatchObject({ identity: "user:bob", target: "test/test", level: "record" });
    expect(answer.outcomes[0]).toMatchObject({ ok: true, result: { rows: { length: 2 } } });
    expect(answer.outcomes[0]?.time).toBe("1ms");
    expect(values(answer)).toEqual([expect.anything(), 42]);
    expect(answer.outcomes[2]).toMatchObject({ ok: false, error: { kind: "Thrown" } });
  });

  it("runs what is marked, in the transaction that was chosen", async () => {
    const state = fresh();
    state.text.value = "SELECT * FROM note; RETURN 1";
    await state.run([bob], { txn: "txn-1", text: "RETURN 1" });
    expect(sent).toEqual([
      { command: "session.query", params: { key: "k1", text: "RETURN 1", txn: "txn-1" } },
    ]);
    expect(answered(state)).toMatchObject({ txn: "txn-1" });
    expect(values(answered(state))).toEqual([1]);
  });

  it("sends nothing where the bindings are no object, and says so", async () => {
    for (const [bindings, message] of [
      ["[1]", /type array; an object is needed/],
      ["{ a: ", /Parse error/],
    ] as const) {
      const state = fresh();
      state.text.value = "RETURN 1";
      state.bindings.value = bindings;
      await state.run([bob]);
      expect(progressOf(state)).toMatchObject({ kind: "failed" });
      expect(JSON.stringify(progressOf(state))).toMatch(message);
      expect(sent).toHaveLength(1);
    }
  });
});

describe("another method", () => {
  it("sends the arguments as the server read them", async () => {
    const state = fresh();
    state.method.value = "select";
    state.args.value = "[note:1, time::unix(d'1970-01-01T00:00:05Z')] -- a comment";
    await state.run([bob]);
    expect(values(answered(state))).toEqual([
      { method: "select", params: [new RecordId("note", 1), 5] },
    ]);
  });

  it("leaves another method's arguments behind where it takes none", async () => {
    const params: unknown[] = [];
    const state = createQueryState(((command: string, given: object) => {
      params.push(command, given);
      return Promise.reject(new Error("enough"));
    }) as unknown as PanelStore["call"]);
    state.method.value = "version";
    state.args.value = "[note:1]";
    await state.run([bob]);
    expect(params).toEqual(["session.call", { key: "k1", method: "version" }]);
  });

  it("is in the picker, but for the sign-ins, which have forms", () => {
    const left = RPC_METHODS.filter((name) => !METHODS.some((each) => each.name === name));
    expect(left).toEqual(["set", "signin", "signup", "authenticate"]);
    expect(METHODS.filter(({ name }) => !RPC_METHODS.includes(name))).toEqual([]);
  });

  it("passes argument bytes on untouched, since decoding would make 5f an integer", async () => {
    const float = Uint8Array.of(0x81, 0xfb, 0x40, 0x14, 0, 0, 0, 0, 0, 0);
    const statement = mapEntries(encodeValue({ status: "OK", time: "1ms", result: null }));
    const raw = [0x81, 0xa2, 0x66, ...Buffer.from("status"), 0x62, ...Buffer.from("OK")];
    const result = Uint8Array.from([...raw, 0x66, ...Buffer.from("result"), ...float]);
    expect(arrayItems(result)).toHaveLength(1);
    expect(statement.size).toBe(3);
    let params: unknown;
    const state = createQueryState((async (command: string, given: Record<string, unknown>) => {
      if (command === "session.call") params = given.params;
      return { result, duration: 1, bytesSent: 1, bytesReceived: 1, identity: "", target: "" };
    }) as unknown as PanelStore["call"]);
    state.method.value = "run";
    state.args.value = "[5f]";
    await state.run([bob]);
    expect(params).toEqual(float);
  });
});

describe("a run that nobody waits for", () => {
  it("is let go, and its late answer changes nothing", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const state = createQueryState(
      (() => new Promise((resolve) => (answer = resolve))) as unknown as PanelStore["call"],
    );
    state.text.value = "SLEEP 1h";
    const running = state.run([bob]);
    expect(progressOf(state)).toMatchObject({ kind: "running" });
    state.letGo();
    expect(progressOf(state)).toMatchObject({ kind: "let-go" });
    answer({ result: encodeValue([]), duration: 1, bytesSent: 1, bytesReceived: 1 });
    await running;
    expect(progressOf(state)?.kind).toBe("let-go");
  });

  it("shows the worker's refusal with its advice", async () => {
    const view = { name: "GateClosedError", message: "can't", advice: "Sign in." };
    const state = createQueryState(() => Promise.reject(new CommandError(view)));
    state.text.value = "RETURN 1";
    await state.run([bob]);
    expect(progressOf(state)).toEqual({ kind: "failed", error: view });
  });
});

describe("the history", () => {
  it("keeps the last twenty different runs, newest first, and writes one back", async () => {
    const state = fresh();
    for (let index = 0; index < 25; index++) {
      state.text.value = `RETURN ${index}`;
      await state.run([bob]);
    }
    state.text.value = "RETURN 20";
    await state.run([bob]);
    expect(state.history.value).toHaveLength(20);
    expect(state.history.value[0]?.text).toBe("RETURN 20");
    expect(state.history.value.filter(({ text }) => text === "RETURN 20")).toHaveLength(1);
    state.recall({ method: "select", text: "[note:1]", bindings: "" });
    expect([state.method.value, state.args.value]).toEqual(["select", "[note:1]"]);
  });
});

describe("an empty result", () => {
  const empty = { result: encodeValue([{ status: "OK", result: [], time: "1ms" }]) };
  const raw = {
    ...empty,
    duration: 1,
    bytesSent: 1,
    bytesReceived: 9,
    identity: "anonymous",
    target: "app/a",
  };

  it("names the permissions that may be its cause, but not to a system user", () => {
    const asked = (level: string) =>
      readAnswer({ ...bob, auth: { ...bob.auth, level } } as SessionView, "query", undefined, raw);
    const anonymous = asked("anonymous");
    expect(anonymous.outcomes.every((outcome) => isEmpty(outcome, "query"))).toBe(true);
    expect(emptyReason(anonymous)).toBe("Ran as anonymous: permissions may hide rows.");
    expect(emptyReason(asked("root"))).toBeUndefined();
  });

  it("isn't NONE of a statement, which is a value", () => {
    const none = { ok: true, result: new Result(encodeValue(undefined)), kind: "other" } as const;
    expect(isEmpty(none, "query")).toBe(false);
    expect(isEmpty(none, "select")).toBe(true);
  });
});

describe("a session that can't run anything", () => {
  it("is told with its cause and the way out", () => {
    expect(obstacle(bob)).toBeUndefined();
    expect(obstacle(undefined)).toMatchObject({ final: true, way: "choose" });
    const cause = "The session ended at 14:02.";
    expect(obstacle({ ...bob, status: "expired", cause })).toMatchObject({
      text: "“Bob” is expired. The session ended at 14:02.",
      final: true,
    });
    expect(obstacle({ ...bob, status: "ended", needsSignIn: true, cause })?.way).toBe("sign-in");
    expect(obstacle({ ...bob, status: "removed" })?.way).toBe("choose");
    const waiting = obstacle({ ...bob, gate: { open: false, reason: "Restoring." } });
    expect(waiting).toMatchObject({ final: false, way: "look" });
    expect(waiting?.text).toContain("Restoring.");
  });

  it("of the page is told why nothing can be sent from here", () => {
    const own = examplePageSession();
    const page = createPageStore();
    const blocked = () => obstacle(own, whyNotAct({ page }, own));
    page.replaceAll(examplePage());
    expect(blocked()).toBeUndefined();
    const cannotAct = "This socket delivers Blobs; can't act on it.";
    page.apply({ sockets: [exampleSocket({ cannotAct })] });
    expect(blocked()).toMatchObject({ final: true, way: "look" });
    expect(blocked()?.text).toContain(cannotAct);
    page.apply({ sockets: [exampleSocket({ state: "closed" })] });
    expect(blocked()?.text).toContain("Its socket isn't open.");
    page.replaceAll(undefined);
    expect(blocked()?.text).toContain("Its page is gone.");
    // Signed out, it answers as nobody: that is the page's own business.
    page.replaceAll(examplePage());
    expect(obstacle({ ...own, status: "ended" }, whyNotAct({ page }, own))).toBeUndefined();
  });
});
