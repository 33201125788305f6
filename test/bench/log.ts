/**
 * What a full log of requests costs: the memory of 100,000 entries, the time of a new filter over all
 * of them, and that taking in the next pair costs the same in a full log as in an empty one.
 *
 * Memory and the filter's time are promises in numbers of their own, not ratios: the panel that holds
 * the log is one process, and a filter that takes long is felt as typing that lags.
 */
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CborCodec, RecordId } from "surrealdb";
import { DEFAULT_LIMITS } from "../../src/session/log/log-entry.ts";
import { NO_FILTER } from "../../src/session/log/log-filter.ts";
import { RequestLog } from "../../src/session/log/request-log.ts";
import type { FrameRecord, TrafficRecord } from "../../src/session/page/page-model.ts";
import { interleaved, ratioOf, report, reportLimit } from "./measure.ts";

const ENTRIES = 100_000;
const BATCH = 500;
/** Megabytes. */
const HEAP = 200;
/** Milliseconds. */
const FILTER = 100;
const MEGABYTE = 1024 * 1024;

const codec = new CborCodec({});

/** Prints one line per promise. @returns whether all are met. */
export async function benchLog(): Promise<boolean> {
  // The collector has to run when it is asked to, else rubbish is counted as memory.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const inUse = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return { heap: heapUsed / MEGABYTE, buffers: arrayBuffers / MEGABYTE };
  };

  const before = inUse();
  const log = new RequestLog();
  fill(log, 0, ENTRIES);
  const after = inUse();
  const { entries } = log.counts;
  if (entries !== ENTRIES) throw new Error(`The log holds ${entries} entries`);
  const heap = after.heap - before.heap;
  const frames = after.buffers - before.buffers;
  let met = reportLimit("Log of 100,000 entries, heap", [heap], HEAP, "MB");
  console.log(`${" ".repeat(44)} beside ${frames.toFixed(0)} MB of frames`);
  for (const text of ["note", "select tenant_a n 3 rows", "nowhere"]) {
    const times = Array.from({ length: 11 }, () =>
      timed(() => log.setFilter({ ...NO_FILTER, text })),
    );
    met = reportLimit(`Filter over 100,000 entries, “${text}”`, times, FILTER, "ms") && met;
  }
  log.setFilter(NO_FILTER);

  let next = ENTRIES;
  const empty = () => {
    const fresh = new RequestLog();
    const records = batches(0, 10_000);
    return timed(() => {
      for (const batch of records) fresh.add(batch);
    });
  };
  const full = () => {
    const records = batches(next, 10_000);
    next += 10_000;
    return timed(() => {
      for (const batch of records) log.add(batch);
    });
  };
  const comparison = await interleaved({ full, empty });
  const detail = `${((comparison.medians.full / 10_000) * 1000).toFixed(1)} µs for each pair`;
  const ratio = ratioOf(comparison, "full", "empty");
  return (
    report("Next pair in a full log against an empty one", ratio, { atMost: 2 }, detail) && met
  );
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function fill(log: RequestLog, from: number, count: number): void {
  // In pieces, so that the records themselves aren't what is measured.
  for (let at = from; at < from + count; at += BATCH) {
    for (const batch of batches(at, BATCH)) log.add(batch);
  }
}

function batches(from: number, count: number): TrafficRecord[][] {
  const all: TrafficRecord[][] = [];
  for (let at = from; at < from + count; at += BATCH) {
    all.push(Array.from({ length: BATCH }, (_, n) => pair(at + n)).flat());
  }
  return all;
}

/** A pair of about 500 bytes; each text is a new one, as if it came through a port. */
function pair(n: number): TrafficRecord[] {
  const id = n.toString(16).padStart(20, "0");
  const statement = `SELECT id, title, owner FROM note WHERE owner = $auth AND n > ${n} LIMIT 3`;
  const rows = Array.from({ length: 3 }, (_, row) => ({
    id: new RecordId("note", n * 3 + row),
    title: `Note number ${n}`,
    done: row === 1,
  }));
  const answer =
    n % 50 === 0
      ? {
          id,
          error: { code: -32000, message: "You may not select this table", kind: "NotAllowed" },
        }
      : { id, result: [{ status: "OK", time: "112.5µs", result: rows }] };
  return [
    frame("sent", n, codec.encode({ id, method: "query", params: [statement, { n }] })),
    frame("received", n + 0.5, codec.encode(answer)),
  ];
}

function frame(direction: FrameRecord["direction"], at: number, bytes: Uint8Array): FrameRecord {
  return {
    kind: "frame",
    at,
    socketKey: `${"5D0C0A1E".repeat(4)}/1`,
    generation: 0,
    format: "cbor",
    direction,
    size: bytes.length,
    frame: bytes.slice(),
    by: "page",
    ...(direction === "sent" && {
      as: {
        sessionKey: `page/${"5D0C0A1E".repeat(4)}/1/default`,
        user: `user:${"alice"}`,
        namespace: "app",
        database: "tenant_a",
      },
    }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (DEFAULT_LIMITS.entries < ENTRIES) throw new Error("The log keeps fewer entries by default");
  process.exitCode = (await benchLog()) ? 0 : 1;
}
