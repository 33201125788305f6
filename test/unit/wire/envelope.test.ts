import fc from "fast-check";
import { CborCodec, RecordId, Uuid } from "surrealdb";
import { describe, expect, test } from "vitest";
import {
  type AnswerEnvelope,
  answeredId,
  type LiveEnvelope,
  readRequest,
  readResponse,
  writeLive,
  writeRequest,
  writeResponse,
} from "../../../src/wire/envelope.ts";
import { proveArray, proveItem } from "../../../src/wire/proven.ts";
import { decodeValue, encodeParams, encodeValue } from "../../../src/wire/values.ts";
import { EnvelopeError } from "../../../src/wire/wire-error.ts";
import { anyParams, anyUuid, anyValue } from "./arbitrary-values.ts";

const codec = new CborCodec({});
const SESSION = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";
const TXN = "0190a3f4-5b1c-7d2e-8f3a-000000000001";

const anyId = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n)),
);
const anyMethod = fc.oneof(fc.constantFrom("query", "select", "insert_relation"), fc.string());

/** A map's CBOR from the bytes of its keys and values, whatever they are. */
function rawMap(...parts: (string | Uint8Array)[]): Uint8Array {
  const body = parts.flatMap((part) => [...(typeof part === "string" ? codec.encode(part) : part)]);
  return Uint8Array.from([0xa0 | (parts.length / 2), ...body]);
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function reasonOf(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason;
    throw error;
  }
  return "read";
}

/** The entries of an object in random order, absent ones left out. */
function shuffled(entries: [string, unknown][]): fc.Arbitrary<Record<string, unknown>> {
  const present = entries.filter(([, value]) => value !== undefined);
  return fc
    .shuffledSubarray(present, { minLength: present.length })
    .map((order) => Object.fromEntries(order));
}

const anyRequest = fc
  .record({
    id: anyId,
    method: anyMethod,
    params: fc.option(anyParams, { nil: undefined }),
    session: fc.option(anyUuid, { nil: undefined }),
    txn: fc.option(anyUuid, { nil: undefined }),
    asText: fc.boolean(),
  })
  .chain(({ id, method, params, session, txn }) => {
    const uuid = (text: string | undefined) => (text === undefined ? text : new Uuid(text));
    return shuffled([
      ["id", id],
      ["method", method],
      ["params", params],
      ["session", uuid(session)],
      ["txn", uuid(txn)],
    ]).map((object) => ({ id, method, params, session, txn, frame: codec.encode(object) }));
  });

describe("a request", () => {
  test("is read as the codec reads it, in any order of keys", () => {
    fc.assert(
      fc.property(anyRequest, ({ id, method, params, session, txn, frame }) => {
        const read = readRequest(frame);
        expect(read.id.value).toBe(Object.is(id, -0) ? 0 : id);
        expect(read.method).toBe(method);
        expect(read.session).toBe(session);
        expect(read.txn).toBe(txn);
        if (params === undefined) expect(read.params).toBeUndefined();
        else
          expect(codec.decode(read.params as Uint8Array)).toEqual(
            codec.decode(codec.encode(params)),
          );
      }),
      { numRuns: 300 },
    );
  });

  test("written anew carries the same params under another id, session and transaction", () => {
    fc.assert(
      fc.property(anyRequest, anyId, anyUuid, fc.option(anyUuid), (request, id, session, txn) => {
        const { method, params } = readRequest(request.frame);
        const frame = writeRequest({ id, method, params, session, txn: txn ?? undefined });
        const decoded = codec.decode<Record<string, unknown>>(frame);
        const wanted: Record<string, unknown> = { id, method, session: new Uuid(session) };
        if (request.params !== undefined) wanted.params = request.params;
        if (txn !== null) wanted.txn = new Uuid(txn);
        expect(decoded).toEqual(codec.decode(codec.encode(wanted)));
        expect(readRequest(frame).session).toBe(session);
      }),
      { numRuns: 300 },
    );
  });

  test("gives the id back byte by byte", () => {
    for (const id of [
      "07",
      "1807",
      "1b ffffffffffffffff",
      "3b 7fffffffffffffff",
      "f93c00",
      "fa3f800000",
      "6161",
      "7801 61",
    ]) {
      const frame = rawMap("id", hex(id), "method", codec.encode("ping"));
      const read = readRequest(frame);
      const answer = writeResponse({ id: read.id, result: encodeValue(null) });
      expect(Buffer.from(answer).toString("hex")).toContain(`626964${id.replaceAll(" ", "")}`);
    }
  });

  test("may name its session as 16 bytes or as text in any case, and NONE, null or undefined for none", () => {
    const read = (session: Uint8Array) =>
      readRequest(rawMap("id", hex("01"), "method", codec.encode("ping"), "session", session))
        .session;
    expect(read(codec.encode(new Uuid(SESSION)))).toBe(SESSION);
    expect(read(Uint8Array.from([0xc9, ...codec.encode(SESSION.toUpperCase())]))).toBe(SESSION);
    for (const none of ["f6", "f7", "c6f6"]) expect(read(hex(none))).toBeUndefined();
  });

  const id = ["id", hex("01")] as const;
  const method = ["method", codec.encode("query")] as const;
  const query = codec.encode(["RETURN 1"]);
  const own = codec.encode(new Uuid(SESSION));
  const other = codec.encode(new Uuid(TXN));

  test.each<[string, Uint8Array, string]>([
    [
      "two sessions (the server would take the second)",
      rawMap(...id, ...method, "session", own, "session", other),
      "duplicate-key",
    ],
    ["two ids", rawMap(...id, ...id, ...method), "duplicate-key"],
    [
      "two sessions, the first of them none",
      rawMap(...id, ...method, "session", hex("f6"), "session", own),
      "duplicate-key",
    ],
    [
      "a key twice, once in a longer head",
      rawMap(...id, ...method, "session", own, hex("7807 73657373696f6e"), other),
      "duplicate-key",
    ],
    ["an unknown key", rawMap(...id, ...method, "user", own), "unknown-key"],
    [
      "a key that begins like a known one",
      rawMap(...id, ...method, "sessions", own),
      "unknown-key",
    ],
    ["a key in another case", rawMap(...id, ...method, "Session", own), "unknown-key"],
    ["a key that is no text", rawMap(...id, ...method, hex("01"), own), "unknown-key"],
    ["a key in bytes", rawMap(...id, ...method, hex("43 74786e"), own), "unknown-key"],
    ["a key in chunks", rawMap(...id, ...method, hex("7f 63 74786e ff"), own), "indefinite-length"],
    [
      "a map of indefinite length",
      Uint8Array.from([0xbf, ...rawMap(...id, ...method).slice(1), 0xff]),
      "indefinite-length",
    ],
    [
      "params of indefinite length",
      rawMap(...id, ...method, "params", hex("9fff")),
      "indefinite-length",
    ],
    ["a method in chunks", rawMap(...id, "method", hex("7f 64 70696e67 ff")), "indefinite-length"],
    ["an id in chunks", rawMap("id", hex("7f 61 61 ff"), ...method), "indefinite-length"],
    [
      "a session in chunks",
      rawMap(...id, ...method, "session", hex("d825 5f 50 000102030405060708090a0b0c0d0e0f ff")),
      "bad-uuid",
    ],
    ["bytes behind the end", Uint8Array.from([...rawMap(...id, ...method), 0]), "trailing-bytes"],
    [
      "a second envelope behind the first",
      Uint8Array.from([...rawMap(...id, ...method), ...rawMap(...id, ...method)]),
      "trailing-bytes",
    ],
    ["no id", rawMap(...method), "missing-key"],
    ["no method", rawMap(...id), "missing-key"],
    ["an id that is null", rawMap("id", hex("f6"), ...method), "bad-id"],
    ["an id that is a list", rawMap("id", hex("8101"), ...method), "bad-id"],
    ["an id that is true", rawMap("id", hex("f5"), ...method), "bad-id"],
    ["an id in bytes", rawMap("id", hex("4161"), ...method), "bad-id"],
    ["a method that is a number", rawMap(...id, "method", hex("01")), "bad-method"],
    ["params that are a map", rawMap(...id, ...method, "params", hex("a0")), "bad-params"],
    ["params that are a text", rawMap(...id, ...method, "params", hex("6161")), "bad-params"],
    [
      "params in a tag",
      rawMap(...id, ...method, "params", Uint8Array.from([0xc1, ...query])),
      "bad-params",
    ],
    [
      "a session that is a text without its tag",
      rawMap(...id, ...method, "session", codec.encode(SESSION)),
      "bad-uuid",
    ],
    [
      "a session of 15 bytes",
      rawMap(...id, ...method, "session", hex("d825 4f 000102030405060708090a0b0c0d0e")),
      "bad-uuid",
    ],
    [
      "a session in a text that is no UUID",
      rawMap(...id, ...method, "session", hex("c9 6161")),
      "bad-uuid",
    ],
    [
      "a NONE with something in it",
      rawMap(...id, ...method, "session", Uint8Array.from([0xc6, ...own])),
      "bad-uuid",
    ],
    ["a text that isn't UTF-8", rawMap(...id, "method", hex("61 ff")), "malformed"],
    ["a list", codec.encode([1, "query"]), "not-a-map"],
    ["a map in a tag", Uint8Array.from([0xc1, ...rawMap(...id, ...method)]), "not-a-map"],
    ["nothing", new Uint8Array(), "truncated"],
    ["the promise of 2^32 entries", hex("ba ffffffff 626964 01"), "truncated"],
    [
      "params nested too deep",
      rawMap(...id, ...method, "params", hex(`${"81".repeat(256)}00`)),
      "too-deep",
    ],
    [
      "params nested a million deep",
      rawMap(...id, ...method, "params", hex("81".repeat(1_000_000))),
      "too-deep",
    ],
  ])("with %s is refused", (_what, frame, reason) => {
    expect(reasonOf(readRequest, frame)).toBe(reason);
  });

  test("with params nested as deep as allowed is read", () => {
    const frame = rawMap(...id, ...method, "params", hex(`${"81".repeat(255)}00`));
    expect(reasonOf(readRequest, frame)).toBe("read");
  });

  test("that is damaged is refused, or says what the codec says it says", () => {
    let read = 0;
    fc.assert(
      fc.property(
        anyRequest,
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.boolean(),
        ({ frame }, at, byte, cut) => {
          const pos = at % frame.length;
          const bad = cut
            ? frame.slice(0, pos)
            : Uint8Array.from(frame, (b, i) => (i === pos ? byte : b));
          if (reasonOf(readRequest, bad) !== "read") return;
          read++;
          const { id, method, params, session, txn } = readRequest(bad);
          let decoded: Record<string, unknown>;
          try {
            decoded = codec.decode(bad);
          } catch {
            // Well-formed, but no SurrealDB value (a datetime of one number, say): for the server to refuse.
            return;
          }
          expect(
            Object.keys(decoded).every((key) =>
              ["id", "method", "params", "session", "txn"].includes(key),
            ),
          ).toBe(true);
          expect(id.value).toEqual(decoded.id);
          expect(method).toBe(decoded.method);
          expect(session).toBe(decoded.session == null ? undefined : String(decoded.session));
          expect(txn).toBe(decoded.txn == null ? undefined : String(decoded.txn));
          if (params !== undefined) expect(codec.decode(params)).toEqual(decoded.params);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  test("isn't written for a session that is no UUID", () => {
    for (const session of [
      "",
      "alice",
      SESSION.slice(1),
      `${SESSION}0`,
      SESSION.replace("-", "0"),
      SESSION.replace("0", "g"),
      SESSION.replace("0", "é"),
    ]) {
      expect(() => writeRequest({ id: 1, method: "ping", session })).toThrow(EnvelopeError);
    }
  });

  test("has its params proved before they can be written", () => {
    expect(reasonOf(proveArray, hex("a0"))).toBe("bad-params");
    expect(reasonOf(proveArray, hex("8001"))).toBe("trailing-bytes");
    expect(reasonOf(proveArray, hex("8101 f6"))).toBe("trailing-bytes");
    expect(reasonOf(proveArray, hex("82 01"))).toBe("truncated");
    expect(reasonOf(proveArray, new Uint8Array())).toBe("truncated");
    expect(reasonOf(proveArray, hex("8101"))).toBe("read");
  });
});

describe("an answer", () => {
  test("is read as the codec reads it", () => {
    const anyAnswer = fc
      .record({
        id: anyId,
        session: fc.option(anyUuid, { nil: undefined }),
        failed: fc.boolean(),
        payload: anyValue,
      })
      .chain(({ id, session, failed, payload }) =>
        shuffled([
          ["id", id],
          ["session", session === undefined ? undefined : new Uuid(session)],
        ]).map((object) => ({
          id,
          session,
          failed,
          payload,
          frame: codec.encode({
            ...object,
            [failed ? "error" : "result"]: failed ? { message: payload } : payload,
          }),
        })),
      );
    fc.assert(
      fc.property(anyAnswer, ({ id, session, failed, payload, frame }) => {
        const read = readResponse(frame) as AnswerEnvelope;
        expect(read.kind).toBe("answer");
        expect(read.id?.value).toBe(Object.is(id, -0) ? 0 : id);
        expect(read.session).toBe(session);
        const bytes = (failed ? read.error : read.result) as Uint8Array;
        const wanted = codec.decode(codec.encode(failed ? { message: payload } : payload));
        expect(codec.decode(bytes)).toEqual(wanted);
        expect(failed ? read.result : read.error).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test("written anew carries the same payload under another id and session", () => {
    fc.assert(
      fc.property(
        anyValue,
        anyId,
        fc.option(anyUuid, { nil: undefined }),
        fc.boolean(),
        (payload, id, session, failed) => {
          const bytes = encodeValue(payload);
          const frame = writeResponse(
            failed ? { id, session, error: bytes } : { id, session, result: bytes },
          );
          const wanted: Record<string, unknown> = { id, [failed ? "error" : "result"]: payload };
          if (session !== undefined) wanted.session = new Uuid(session);
          expect(codec.decode(frame)).toEqual(codec.decode(codec.encode(wanted)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("has its payload proved before it can be written", () => {
    expect(reasonOf(proveItem, hex("0101"))).toBe("trailing-bytes");
    expect(reasonOf(proveItem, hex("61"))).toBe("truncated");
  });

  test("may have keys that a newer server adds; they are left out", () => {
    const frame = codec.encode({ id: 1, took: { ms: 3 }, result: "ok" });
    const read = readResponse(frame) as AnswerEnvelope;
    expect(decodeValue(read.result as Uint8Array)).toBe("ok");
    expect(Object.keys(read).sort()).toEqual(["id", "kind", "result"]);
  });

  test("without an id is an error about a request that couldn't be read", () => {
    for (const id of [undefined, null]) {
      const read = readResponse(
        codec.encode({ id, error: { code: -32700, message: "Parse error" } }),
      );
      expect(read).toMatchObject({ kind: "answer" });
      expect((read as AnswerEnvelope).id).toBeUndefined();
    }
  });

  test.each<[string, Uint8Array, string]>([
    [
      "a result and an error",
      codec.encode({ id: 1, result: 1, error: { message: "x" } }),
      "result-and-error",
    ],
    [
      "two results",
      rawMap("id", hex("01"), "result", hex("01"), "result", hex("02")),
      "duplicate-key",
    ],
    ["an indefinite map", hex("bf 626964 01 ff"), "indefinite-length"],
    [
      "bytes behind the end",
      Uint8Array.from([...codec.encode({ id: 1, result: 1 }), 0]),
      "trailing-bytes",
    ],
    ["a malformed unknown value", rawMap("id", hex("01"), "x", hex("ff")), "malformed"],
    ["nothing in it", hex("a0"), "missing-key"],
    ["no id and a plain result", codec.encode({ result: 1 }), "bad-notification"],
    ["text instead of CBOR", new TextEncoder().encode('{"id":1,"result":1}'), "not-a-map"],
    ["an HTML page", new TextEncoder().encode("<!doctype html>"), "malformed"],
    [
      "a result too deep",
      rawMap("id", hex("01"), "result", hex(`${"81".repeat(256)}00`)),
      "too-deep",
    ],
  ])("with %s is refused", (_what, frame, reason) => {
    expect(reasonOf(readResponse, frame)).toBe(reason);
  });

  test("that is refused still tells whose it was, where that can be read", () => {
    expect(answeredId(rawMap("id", hex("07"), "result", hex("81".repeat(300))))?.value).toBe(7);
    expect(answeredId(rawMap("result", hex("01"), "id", hex("07")))).toBeUndefined();
    expect(answeredId(hex("a1 62"))).toBeUndefined();
    expect(answeredId(new Uint8Array())).toBeUndefined();
  });
});

describe("a live notification", () => {
  test("is read as the codec reads it", () => {
    fc.assert(
      fc.property(
        anyUuid,
        fc.option(anyUuid, { nil: undefined }),
        fc.constantFrom("CREATE", "UPDATE", "DELETE", "KILLED"),
        anyValue,
        (liveId, session, action, result) => {
          const record = new RecordId("person", 1);
          const inner: Record<string, unknown> = { id: new Uuid(liveId), action, record, result };
          if (session !== undefined) inner.session = new Uuid(session);
          const read = readResponse(codec.encode({ result: inner })) as LiveEnvelope;
          expect(read).toMatchObject({ kind: "live", liveId, action });
          expect(read.session).toBe(session);
          expect(decodeValue(read.record as Uint8Array)).toEqual(record);
          expect(codec.decode(read.result as Uint8Array)).toEqual(
            codec.decode(codec.encode(result)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test("written anew carries the same record and result to another session", () => {
    const anySession = fc.option(anyUuid, { nil: undefined });
    const anyPayload = fc.option(fc.tuple(anyValue), { nil: undefined });
    const anyAction = fc.constantFrom("CREATE", "UPDATE", "DELETE", "KILLED");
    fc.assert(
      fc.property(
        anyUuid,
        anySession,
        anyAction,
        anyPayload,
        (liveId, session, action, payload) => {
          const record = payload && encodeValue(new RecordId("person", 1));
          const result = payload && encodeValue(payload[0]);
          const frame = writeLive({ liveId, session, action, record, result });
          const uuid = session === undefined ? {} : { session: new Uuid(session) };
          const live = {
            action,
            id: new Uuid(liveId),
            record: payload && new RecordId("person", 1),
            result: payload && codec.decode(codec.encode(payload[0])),
          };
          expect(codec.decode(frame)).toEqual({ result: { ...live, ...uuid }, ...uuid });
          expect(readResponse(frame)).toMatchObject({ kind: "live", liveId, action });
        },
      ),
      { numRuns: 200 },
    );
    const forged = { liveId: SESSION, session: "x", action: "CREATE" } as const;
    expect(() => writeLive(forged)).toThrow(EnvelopeError);
  });

  test.each([
    ["without a live id", { action: "CREATE" }],
    ["without an action", { id: new Uuid(SESSION) }],
    ["with an unknown action", { id: new Uuid(SESSION), action: "EXPLODE" }],
  ])("%s is refused", (_what, result) => {
    expect(reasonOf(readResponse, codec.encode({ result }))).toBe("bad-notification");
  });
});

test("the codec's own params are taken as proved, and are", () => {
  fc.assert(
    fc.property(anyParams, (params) => {
      expect(reasonOf(proveArray, encodeParams(params))).toBe("read");
    }),
    { numRuns: 200 },
  );
});
