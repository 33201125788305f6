/** What a page sends through the page API, read field by field. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { API_ERRORS, API_LIMITS, API_METHODS } from "../../../src/messages/api-messages.ts";
import { readApiMessage } from "../../../src/messages/api-validation.ts";

const request = (method: unknown, params: unknown, seq: unknown = 1) => ({
  type: "api-request",
  seq,
  method,
  params,
});

describe("a request", () => {
  it("is read into exactly the known fields", () => {
    const params = { session: "s", method: "query", params: new Uint8Array([0x80]), token: "mine" };
    expect(
      readApiMessage({ ...request("switchyard_rpc", params), origin: "http://other" }),
    ).toEqual({
      message: request("switchyard_rpc", {
        session: "s",
        method: "query",
        params: new Uint8Array([0x80]),
      }),
      bytes: 11 - 4,
    });
  });

  it("has its bytes in a buffer of their own", () => {
    const window = new Uint8Array(1_000).subarray(10, 12);
    const read = readApiMessage(
      request("switchyard_rpc", { session: "s", method: "m", params: window }),
    );
    const params = "message" in read && "params" in read.message ? read.message.params : {};
    expect((params as { params: Uint8Array }).params.buffer.byteLength).toBe(2);
    expect("bytes" in read && read.bytes).toBe(1_002);
  });

  it.each([
    ["switchyard_rpc", undefined],
    ["switchyard_rpc", { method: "query" }],
    ["switchyard_rpc", { session: 1, method: "query" }],
    ["switchyard_rpc", { session: "s", method: "query", params: "RETURN 1" }],
    ["switchyard_rpc", { session: "s", method: "query", params: [1, 2] }],
    ["switchyard_rpc", { session: "s", method: "x".repeat(API_LIMITS.name + 1) }],
    ["switchyard_rpc", { session: "s", method: "query", txn: null }],
    ["switchyard_live", { session: "s", query: "x".repeat(API_LIMITS.query + 1) }],
    ["switchyard_requestSessions", { more: 1 }],
    ["switchyard_requestSessions", { reason: { toString: () => "x" } }],
    ["switchyard_kill", { session: "s" }],
  ])("%s with bad params %j is refused under its number", (method, params) => {
    const read = readApiMessage(request(method, params, 7));
    expect(read).toMatchObject({ seq: 7, refusal: { code: API_ERRORS.params } });
  });

  it("that is too large is refused, and what it holds is counted", () => {
    const params = new Uint8Array(API_LIMITS.bytes + 1);
    const read = readApiMessage(request("switchyard_rpc", { session: "s", method: "m", params }));
    expect(read).toMatchObject({
      refusal: { message: expect.stringMatching(/larger than 16 MB/) },
      bytes: API_LIMITS.bytes + 3,
    });
  });

  it("gives a reason of which as much is kept as fits on a screen", () => {
    const read = readApiMessage(
      request("switchyard_requestSessions", { reason: "ab".repeat(10_000) }),
    );
    expect(read).toMatchObject({
      message: { params: { reason: "ab".repeat(API_LIMITS.reason / 2) } },
    });
  });

  it.each(["toString", "__proto__", "constructor", "switchyard_signin", 5, undefined])(
    "for the method %j finds none",
    (method) => {
      expect(readApiMessage(request(method, {}))).toMatchObject({
        refusal: { code: API_ERRORS.unsupported },
      });
    },
  );

  it.each([undefined, -1, 1.5, "1", Number.NaN, {}])("with the number %j is nonsense", (seq) => {
    expect(readApiMessage({ ...request("switchyard_sessions", {}), seq })).toHaveProperty("reason");
  });
});

it("never throws, whatever it is given, getters that throw included", () => {
  const trap = new Proxy(
    {},
    {
      get: () => {
        throw new Error("mine");
      },
    },
  );
  expect(readApiMessage(trap)).toHaveProperty("reason");
  expect(readApiMessage(request("switchyard_rpc", trap))).toHaveProperty("reason");
  const methods = fc.constantFrom(...Object.keys(API_METHODS), "other");
  const given = fc.oneof(
    fc.anything(),
    fc.record(
      {
        type: fc.constantFrom("api-hello", "api-request", "other"),
        seq: fc.oneof(fc.nat(), fc.anything()),
        method: methods,
        params: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(given, (message) => {
      const read = readApiMessage(message);
      expect("message" in read || "refusal" in read || "reason" in read).toBe(true);
    }),
  );
});
