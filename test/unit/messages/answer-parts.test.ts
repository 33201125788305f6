/** Answers that cross a port in parts: whole when they arrive, in turns, and only as far as somebody waits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnswerMessage,
  AnswerReceiver,
  AnswerSender,
  PartError,
  type PartMessage,
} from "../../../src/messages/answer-parts.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** So many bytes, of which no two stretches are alike. */
function noise(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 997) bytes[at] = (at / 997 + seed * 31) & 0xff;
  return bytes;
}

/** Both ends, and between them a port on which each message waits for its turn. */
function line() {
  const sent: (AnswerMessage | PartMessage)[] = [];
  const whole = new Map<number, unknown>();
  const receiver = new AnswerReceiver();
  const sender = new AnswerSender((message) => sent.push(structuredClone(message)));
  /** Takes the next message out of the port. @returns what was taken */
  function take(): AnswerMessage | PartMessage | undefined {
    const message = sent.shift();
    if (message?.type === "answer") {
      if (receiver.begin(message)) whole.set(message.id, message.result);
    } else if (message) {
      const done = receiver.part(message);
      if (done) whole.set(message.id, done.result);
      sender.taken();
    }
    return message;
  }
  function takeAll() {
    while (take());
  }
  return { sent, sender, receiver, whole, take, takeAll };
}

describe("an answer", () => {
  it("without large bytes goes as it is", () => {
    const { sender, sent, whole, takeAll } = line();
    const result = { result: noise(200 * KIB), duration: 1, identity: "user:bob" };
    sender.send(7, result);
    expect(sent).toHaveLength(1);
    takeAll();
    expect(same(whole.get(7), result)).toBe(true);
  });

  it("with large bytes arrives whole, whatever their number, size and place", () => {
    const size = fc.constantFrom(1, 256 * KIB - 1, 256 * KIB, MIB, MIB + 1, 2 * MIB, 2.5 * MIB);
    const result = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        size.map((bytes) => noise(bytes, bytes)),
        fc.constantFrom<unknown>(null, undefined, 5, "text", new Date(0)),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom("result", "record", "__proto__", "0"), tie("value"), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 3 }), (results) => {
        const { sender, whole, takeAll, sent } = line();
        for (const [id, each] of results.entries()) sender.send(id, each);
        takeAll();
        expect(sent).toEqual([]);
        for (const [id, each] of results.entries()) {
          expect(whole.has(id)).toBe(true);
          expect(same(whole.get(id), each)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("keeps what it was asked for as it is: the sender's own result isn't changed", () => {
    const { sender, takeAll } = line();
    const bytes = noise(3 * MIB);
    const result = { result: bytes, deep: [{ bytes }] };
    sender.send(1, result);
    takeAll();
    expect(result.result).toBe(bytes);
    expect(result.deep[0]?.bytes).toBe(bytes);
  });

  it("of a window sends the window alone", () => {
    const { sender, sent, whole, takeAll } = line();
    const frame = noise(5 * MIB);
    sender.send(1, { result: frame.subarray(40, 40 + 300 * KIB) });
    const [, part] = sent as [AnswerMessage, PartMessage];
    expect(part.bytes.buffer.byteLength).toBe(300 * KIB);
    takeAll();
    const { result } = whole.get(1) as { result: Uint8Array };
    expect(Buffer.compare(result, frame.subarray(40, 40 + 300 * KIB))).toBe(0);
  });
});

describe("on the way", () => {
  it("are two parts at most, however much there is to send", () => {
    const { sender, sent, take } = line();
    sender.send(1, { result: noise(10 * MIB) });
    sender.send(2, { result: noise(10 * MIB) });
    const parts = () => sent.filter(({ type }) => type === "part").length;
    expect(parts()).toBe(2);
    while (sent.length > 0) {
      take();
      expect(parts()).toBeLessThanOrEqual(2);
    }
  });

  it("a small answer waits for no large one", () => {
    const { sender, whole, take } = line();
    sender.send(1, { result: noise(50 * MIB) });
    take();
    sender.send(2, { result: noise(10) });
    for (let n = 0; n < 3; n++) take();
    expect([...whole.keys()]).toEqual([2]);
  });

  it("large ones take turns", () => {
    const { sender, whole, take, sent } = line();
    sender.send(1, { result: noise(20 * MIB) });
    sender.send(2, { result: noise(3 * MIB) });
    sender.send(3, { result: noise(2 * MIB) });
    const ended: number[] = [];
    while (sent.length > 0) {
      take();
      for (const id of whole.keys()) if (!ended.includes(id)) ended.push(id);
    }
    expect(ended).toEqual([3, 2, 1]);
  });
});

describe("an answer that nobody waits for", () => {
  it("isn't sent on, and leaves the others their turn", () => {
    const { sender, receiver, whole, take, takeAll, sent } = line();
    sender.send(1, { result: noise(50 * MIB) });
    sender.send(2, { result: noise(2 * MIB) });
    take();
    take();
    receiver.drop(1);
    sender.drop(1);
    let parts = 0;
    while (sent.length > 0) if (take()?.type === "part") parts += 1;
    expect([...whole.keys()]).toEqual([2]);
    // Those of it that were on their way, and the other's two.
    expect(parts).toBeLessThanOrEqual(4);
    sender.send(3, { result: noise(2 * MIB) });
    takeAll();
    expect([...whole.keys()]).toEqual([2, 3]);
  });
});

describe("parts that don't fit", () => {
  const receive = (beside: AnswerMessage["beside"]) => {
    const receiver = new AnswerReceiver();
    const result = { result: null, other: [null], there: 1 };
    receiver.begin({ type: "answer", id: 1, result, beside });
    return receiver;
  };
  const part = (bytes: number) => ({ type: "part", id: 1, bytes: new Uint8Array(bytes) }) as const;

  it("are refused: too many bytes, or none", () => {
    const beside = [{ path: ["result"], size: 10 }];
    expect(() => receive(beside).part(part(11))).toThrow(PartError);
    expect(() => receive(beside).part(part(0))).toThrow(PartError);
    const receiver = receive(beside);
    expect(receiver.part(part(9))).toBeUndefined();
    expect(() => receiver.part(part(2))).toThrow("2 bytes came, 1 are due");
  });

  it("and places that the answer doesn't have, or that are taken", () => {
    for (const path of [[], ["nowhere"], ["there"], ["other", 1], ["result", "x"], ["__proto__"]]) {
      expect(() => receive([{ path, size: 10 }]), path.join(".")).toThrow(PartError);
    }
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => receive([{ path: ["result"], size }])).toThrow(PartError);
    }
  });
});

/** Compares bytes in one go: an assertion library compares item by item. */
function same(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === others.length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
