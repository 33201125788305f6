/**
 * What a relayed frame costs: reading a request's envelope and writing a new one around the same
 * params, against decoding and encoding the whole frame with the official codec.
 */
import { pathToFileURL } from "node:url";
import { CborCodec, DateTime, RecordId, Uuid } from "surrealdb";
import { readRequest, writeRequest } from "../../src/wire/envelope.ts";
import { interleaved, ratioOf, report } from "./measure.ts";

const codec = new CborCodec({});
const session = new Uuid("0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90");

/** Prints one line per frame size. @returns whether all that is wanted is met. */
export async function benchEnvelope(): Promise<boolean> {
  let met = true;
  for (const [label, size, atLeast] of [
    ["200 B", 200, 5],
    ["10 KB", 10_000, 10],
    ["1 MB", 1_000_000, 20],
  ] as const) {
    const frame = requestOf(size);
    // As many rounds as make one run some 20 ms for the slower side.
    const rounds = Math.max(1, Math.round(2_000_000 / (size + 500)));
    const comparison = await interleaved({
      envelope: () => repeat(rounds, () => rewrite(frame)),
      codec: () => repeat(rounds, () => recode(frame)),
    });
    const { medians } = comparison;
    const name = `Envelope read and rewrite, ${label}`;
    const each = (side: "codec" | "envelope") =>
      `${((medians[side] / rounds) * 1000).toFixed(1)} µs`;
    const detail = `${frame.length} B: ${each("envelope")} against ${each("codec")}`;
    met = report(name, ratioOf(comparison, "codec", "envelope"), { atLeast }, detail) && met;
  }
  return met;
}

function rewrite(frame: Uint8Array): number {
  const { method, params } = readRequest(frame);
  return writeRequest({ id: 7, method, params, session: "0190a3f4-5b1c-7d2e-8f3a-000000000001" })
    .length;
}

function recode(frame: Uint8Array): number {
  const { method, params } = codec.decode<{ method: string; params: unknown[] }>(frame);
  return codec.encode({ id: 7, method, params, session }).length;
}

function repeat(rounds: number, work: () => number): undefined {
  let bytes = 0;
  for (let round = 0; round < rounds; round++) bytes += work();
  if (bytes === 0) throw new Error("The work was left out");
}

/** A query frame of about `size` bytes, its binding filled with ordinary records. */
function requestOf(size: number): Uint8Array {
  const records: unknown[] = [];
  const frame = () =>
    codec.encode({
      id: "00000000000000001a2b",
      method: "query",
      params: ["INSERT INTO person $rows", { rows: records }],
      session,
    });
  const record = size < 500 ? smallRecord : wholeRecord;
  const count = Math.round((size - frame().length) / codec.encode(record(1000)).length);
  for (let n = 0; n < Math.max(1, count); n++) records.push(record(1000 + n));
  return frame();
}

function smallRecord(n: number): Record<string, unknown> {
  return {
    id: new RecordId("person", n),
    name: "Alice Adams",
    email: "alice@example.com",
    age: 31,
    active: true,
    since: new DateTime([1_700_000_000n, 0n]),
  };
}

function wholeRecord(n: number): Record<string, unknown> {
  return {
    id: new RecordId("person", `k${n}`),
    name: `Person number ${n}`,
    email: `person.${n}@example.com`,
    age: 20 + (n % 60),
    score: n / 7,
    active: n % 2 === 0,
    manager: new RecordId("person", `k${n >> 1}`),
    created: new DateTime([1_700_000_000n + BigInt(n), 123_456_789n]),
    tags: ["reader", "writer", `team-${n % 9}`],
    address: { street: `${n} Long Street`, city: "Springfield", zip: 10_000 + n },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = (await benchEnvelope()) ? 0 : 1;
}
