/** What a page says is read, cut or refused; nothing that it can say breaks or misleads the reader. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FrameFact,
  LIMITS,
  type PageFact,
  type SessionFact,
  type SocketFact,
} from "../../../src/messages/page-messages.ts";
import { readHookMessage } from "../../../src/messages/page-validation.ts";
import {
  LARGEST_BATCH,
  LARGEST_REQUEST,
  type RelayUp,
} from "../../../src/session/relay/relay-messages.ts";

const SOCKET: SocketFact = {
  client: 1,
  url: "ws://localhost:8000/rpc",
  format: "cbor",
  state: "open",
  openedAt: 1,
  reconnects: 0,
  framesSent: 1,
  framesReceived: 2,
  bytesSent: 3,
  bytesReceived: 4,
  deliversBlobs: false,
  ownSend: false,
  strayFrames: 0,
};
const ID = "018f3a52-77aa-4bbb-8ccc-0123456789c3";
const SESSION: SessionFact = {
  client: 1,
  id: ID,
  order: 1,
  createdAt: 1,
  updatedAt: 2,
  lastActiveAt: 3,
  namespace: "app",
  variables: [
    { name: "a", size: 3, cbor: Uint8Array.of(1, 2, 3) },
    { name: "b", size: 1, json: "1" },
    { name: "c", size: 70_000 },
  ],
  auth: "signed-in",
  authAt: 2,
  access: "a.b.c",
  renewable: true,
  live: [{ id: ID, statement: "LIVE SELECT * FROM note", begunAt: 1, events: 2 }],
  transactions: [{ id: ID, begunAt: 1, requests: 2 }],
  requests: 5,
  incomplete: ["Something."],
};
const FRAME: FrameFact = {
  fact: "frame",
  at: 5,
  client: 1,
  generation: 0,
  direction: "sent",
  size: 3,
  frame: Uint8Array.of(1, 2, 3),
  by: "page",
};
const FACTS: PageFact[] = [
  {
    fact: "whole",
    sockets: [SOCKET],
    sessions: [SESSION],
    usesHttp: true,
    versionAsked: ["http://localhost:8000/version"],
    usesWorkers: true,
  },
  { fact: "socket", socket: { ...SOCKET, state: "closed", closedAt: 4, closeCode: 1006 } },
  { fact: "session", session: SESSION },
  { fact: "session-gone", client: 1, id: ID },
  { fact: "session-gone", client: 1 },
  { fact: "socket-gone", client: 1 },
  FRAME,
  {
    fact: "frame",
    at: 5,
    client: 1,
    generation: 0,
    direction: "received",
    size: 9_000_000,
    summary: { why: "too-large", id: "7", method: "query", session: ID, head: "SELECT" },
    by: "you",
  },
  { fact: "dropped", at: 6, frames: 3, bytes: 4 },
];

const PLACE = { client: 1, generation: 0 };
const RELAY: Extract<RelayUp, { type: "relay" }> = {
  type: "relay",
  seq: 7,
  route: 3,
  ...PLACE,
  frame: Uint8Array.of(1, 2, 3),
  variables: [{ name: "a", size: 3, cbor: Uint8Array.of(1, 2, 3) }],
};
const ROUTED: RelayUp[] = [
  { type: "routes-ack", version: 2 },
  RELAY,
  { type: "relay", seq: 8, ...PLACE, frame: "{}" },
  { type: "relay-batch", messages: [RELAY, RELAY] },
  { type: "relay-session-over", ...PLACE, session: ID },
  { type: "relay-session-over", ...PLACE },
  { type: "relay-closed", ...PLACE },
  { type: "relay-sockets", sockets: [{ ...PLACE, json: true }] },
];

function factsOf(facts: unknown[]) {
  const read = readHookMessage({ type: "facts", batch: 1, facts });
  if ("reason" in read || read.message.type !== "facts") throw new Error("not read");
  return { facts: read.message.facts, refused: read.refused, why: read.why, bytes: read.bytes };
}

function sessionOf(change: object): SessionFact {
  const [fact] = factsOf([{ fact: "session", session: { ...SESSION, ...change } }]).facts;
  if (fact?.fact !== "session") throw new Error("no session");
  return fact.session;
}

describe("what a hook says", () => {
  it("is read as it was said", () => {
    expect(factsOf(FACTS)).toMatchObject({ facts: FACTS, refused: 0, bytes: 3 });
    expect(readHookMessage({ type: "acted", act: "switchyard:1", frame: "{}" })).toMatchObject({
      message: { type: "acted", act: "switchyard:1", frame: "{}" },
    });
    expect(readHookMessage({ type: "not-acted", act: "x", reason: "It is closed." })).toMatchObject(
      {
        message: { type: "not-acted", act: "x", reason: "It is closed." },
      },
    );
    expect(readHookMessage({ type: "act-lost", act: "x", reason: "Too large." })).toMatchObject({
      message: { type: "act-lost", act: "x", reason: "Too large." },
    });
  });

  it("keeps no field that nobody knows, and no window on something larger", () => {
    const large = new Uint8Array(1_000_000);
    const { facts } = factsOf([
      { ...FRAME, frame: large.subarray(0, 3), secret: "x" },
      { fact: "socket", socket: { ...SOCKET, __proto__: { polluted: 1 }, more: 1 } },
    ]);
    const [frame, socket] = facts as [FrameFact, { socket: object }];
    expect((frame.frame as Uint8Array).buffer.byteLength).toBe(3);
    expect(Object.keys(frame)).not.toContain("secret");
    expect(Object.keys(socket.socket)).not.toContain("more");
  });

  it("is cut to its limits: texts, lists, values, tokens, frames", () => {
    const long = "x".repeat(LIMITS.text + 100);
    const value = new Uint8Array(LIMITS.variable);
    const session = sessionOf({
      namespace: long,
      access: "x".repeat(LIMITS.token + 1),
      variables: [
        { name: "over", size: LIMITS.variable + 1, cbor: new Uint8Array(LIMITS.variable + 1) },
        ...Array.from({ length: 400 }, (_, i) => ({ name: `v${i}`, size: 1, cbor: value })),
      ],
      live: Array.from({ length: 600 }, () => SESSION.live[0]),
    });
    expect(session.namespace).toHaveLength(LIMITS.text);
    expect(session.access).toBeUndefined();
    expect(session.incomplete.at(-1)).toContain("too long");
    expect(session.variables).toHaveLength(LIMITS.variablesPerSession);
    expect(session.variables[0]).toEqual({ name: "over", size: LIMITS.variable + 1 });
    const kept = session.variables.filter(({ cbor }) => cbor !== undefined);
    expect(kept).toHaveLength(LIMITS.variables / LIMITS.variable);
    expect(session.live).toHaveLength(LIMITS.livePerSession);

    const { facts } = factsOf([{ ...FRAME, frame: new Uint8Array(LIMITS.frame + 1) }]);
    expect(facts[0]).toMatchObject({ size: 3, summary: { why: "too-large" } });
    expect(facts[0]).not.toHaveProperty("frame");
    const many = factsOf(Array.from({ length: LIMITS.batch + 5 }, () => FRAME));
    expect(many.facts).toHaveLength(LIMITS.batch);
    expect(many.refused).toBe(5);
  });

  it("loses the facts that can't be, with the reason, and keeps the others", () => {
    const { facts, refused, why } = factsOf([
      FRAME,
      { ...FRAME, direction: "sideways" },
      { ...FRAME, client: -1 },
      { ...FRAME, at: Number.NaN },
      { ...FRAME, frame: 5 },
      { fact: "session", session: { ...SESSION, id: "no uuid" } },
      { fact: "session", session: { ...SESSION, live: [{ id: ID }] } },
      { fact: "unheard of" },
      null,
    ]);
    expect(facts).toHaveLength(1);
    expect(refused).toBe(8);
    expect(why).toBe("direction: no known word");
  });

  it.each([
    [undefined],
    [null],
    ["text"],
    [[]],
    [{ type: "facts" }],
    [{ type: "facts", batch: -1, facts: [] }],
    [{ type: "facts", batch: 1, facts: {} }],
    [{ type: "acted", act: "x".repeat(1_000), frame: "" }],
    [{ type: "acted", act: "x", frame: {} }],
    [{ type: "what" }],
  ])("is refused with a reason where it is none: %j", (message) => {
    expect(readHookMessage(message)).toEqual({ reason: expect.any(String) });
  });

  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true }), (any) => void readHookMessage(any)),
    );
    const hostile = {
      get type(): string {
        throw new Error("gotcha");
      },
    };
    expect(readHookMessage(hostile)).toEqual({ reason: expect.any(String) });
  });

  it("has no holes: a list with some is refused with what it is in", () => {
    const holes = new Array<never>(3);
    const whole = { fact: "whole", sockets: holes, sessions: [SESSION], usesHttp: false };
    expect(
      factsOf([whole, { fact: "session", session: { ...SESSION, live: holes } }]),
    ).toMatchObject({ facts: [], refused: 2 });
    expect(factsOf(holes)).toMatchObject({ facts: [], refused: 3 });
  });

  it("never throws where it is nearly right, and what it gives is right", () => {
    const mutated = fc
      .record({
        fact: fc.constantFrom(...FACTS),
        path: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        value: fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true }),
      })
      .map(({ fact, path, value }) => mutate(structuredClone(fact), path, value));
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 5 }), (facts) => {
        const read = factsOf(facts);
        expect(read.facts.length + read.refused).toBe(facts.length);
        // What came out once comes out the same again: nothing in it is left to be cut or refused.
        expect(factsOf(read.facts)).toMatchObject({ facts: read.facts, refused: 0 });
      }),
      { numRuns: 500 },
    );
  });
});

describe("what a hook says of routed requests", () => {
  it.each(ROUTED)("is read as it was said, and nothing that nobody knows: %j", (message) => {
    const read = readHookMessage({ ...message, session: ID, to: "alice", origin: "http://other" });
    const { session: _known, ...rest } = message as RelayUp & { session?: string };
    const over = message.type === "relay-session-over" ? { session: ID } : {};
    expect(read).toEqual({ message: { ...rest, ...over }, bytes: 0, refused: 0 });
  });

  it("has its frame in a buffer of its own, and no frame that is too large", () => {
    const frame = new Uint8Array(1_000_000).subarray(0, 3);
    const read = readHookMessage({ ...RELAY, frame });
    expect(read).toMatchObject({ message: { frame: { buffer: { byteLength: 3 } } } });
    for (const large of [new Uint8Array(LARGEST_REQUEST + 1), "x".repeat(LARGEST_REQUEST + 1)]) {
      expect(readHookMessage({ ...RELAY, frame: large })).toEqual({
        reason: "a request that is too large",
      });
    }
  });

  it("is cut to its limits: requests in one message, sockets, variables", () => {
    const many = Array.from({ length: 1_000 }, () => RELAY);
    const batch = readHookMessage({ type: "relay-batch", messages: many });
    expect(
      "message" in batch && "messages" in batch.message && batch.message.messages,
    ).toHaveLength(LARGEST_BATCH);
    const sockets = Array.from({ length: 10_000 }, () => PLACE);
    const told = readHookMessage({ type: "relay-sockets", sockets });
    expect("message" in told && "sockets" in told.message && told.message.sockets).toHaveLength(
      LIMITS.sockets,
    );
    const value = new Uint8Array(LIMITS.variable + 1);
    const variables = Array.from({ length: 1_000 }, () => ({ name: "v", size: 1, cbor: value }));
    const read = readHookMessage({ ...RELAY, variables });
    const kept = "message" in read && "variables" in read.message ? read.message.variables : [];
    expect(kept).toHaveLength(LIMITS.variablesPerSession);
    expect(kept?.some(({ cbor }) => cbor !== undefined)).toBe(false);
  });

  it.each([
    [{ type: "routes-ack" }],
    [{ type: "routes-ack", version: -1 }],
    [{ type: "routes-ack", version: "1" }],
    [{ ...RELAY, seq: undefined }],
    [{ ...RELAY, seq: 1.5 }],
    [{ ...RELAY, route: "alice" }],
    [{ ...RELAY, route: -1 }],
    [{ ...RELAY, route: null }],
    [{ ...RELAY, client: 1e9 }],
    [{ ...RELAY, client: "1/../2" }],
    [{ ...RELAY, generation: {} }],
    [{ ...RELAY, frame: undefined }],
    [{ ...RELAY, frame: [1, 2, 3] }],
    [{ ...RELAY, frame: new DataView(new ArrayBuffer(3)) }],
    [{ ...RELAY, variables: {} }],
    [{ ...RELAY, variables: [{ name: 1, size: 1 }] }],
    [{ type: "relay-batch", messages: RELAY }],
    [{ type: "relay-batch", messages: [RELAY, { type: "routes-ack", version: 1 }] }],
    [{ type: "relay-batch", messages: [{ type: "relay-batch", messages: [RELAY] }] }],
    [{ type: "relay-batch", messages: new Array(3) }],
    [{ type: "relay-session-over", ...PLACE, session: "no uuid" }],
    [{ type: "relay-session-over", generation: 0 }],
    [{ type: "relay-closed", client: Number.NaN, generation: 0 }],
    [{ type: "relay-sockets" }],
    [{ type: "relay-sockets", sockets: [null] }],
    // What only the worker says.
    [{ type: "relayed", seq: 1, frame: "{}" }],
    [{ type: "routes", version: 1 }],
    [{ type: "relay-lost" }],
  ])("is refused with a reason where it is none: %j", (message) => {
    expect(readHookMessage(message)).toEqual({ reason: expect.any(String) });
  });

  it("never throws where it is nearly right, and what it gives is right", () => {
    const mutated = fc
      .record({
        message: fc.constantFrom(...ROUTED),
        path: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        value: fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true }),
      })
      .map(({ message, path, value }) => mutate(structuredClone(message), path, value));
    fc.assert(
      fc.property(mutated, (message) => {
        const read = readHookMessage(message);
        if ("reason" in read) return;
        expect(readHookMessage(read.message)).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });
});

/** Puts a value somewhere into a fact. */
function mutate(fact: unknown, path: number[], value: unknown): unknown {
  let at = fact as Record<string, unknown>;
  for (const [depth, step] of path.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) return fact;
    const next = at[key];
    if (depth === path.length - 1 || typeof next !== "object" || next === null) {
      if (!ArrayBuffer.isView(at)) at[key] = value;
      return fact;
    }
    at = next as Record<string, unknown>;
  }
  return fact;
}
