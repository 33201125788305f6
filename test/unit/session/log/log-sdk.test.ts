/** The log beside the real SDKs on the real engine: what they send and what they get, as rows. */
import { type RecordId, Surreal, Table } from "surrealdb";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type RawData, WebSocket } from "ws";
import { DEMO_PEOPLE, signInOf } from "../../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import { COVERED } from "../../../../src/session/log/log-entry.ts";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import type { FrameFormat, FrameRecord } from "../../../../src/session/page/page-model.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { startProxy } from "../../../support/rpc-proxy.ts";
import { requests, SOCKET } from "./log-traffic.ts";

const PATIENT = { timeout: 20_000 };
const { alice } = DEMO_PEOPLE;

let server: DemoServer;
let log: RequestLog;

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  log = new RequestLog();
});

/** Sockets of one client, each frame of which goes into the log. */
function recordedSockets(): typeof globalThis.WebSocket {
  let generation = -1;
  class Recorded extends WebSocket {
    readonly #generation = ++generation;
    readonly #format: FrameFormat;

    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      this.#format = [protocols].flat()[0] as FrameFormat;
      if (this.#generation > 0) this.#mark("reconnected");
      this.on("message", (data, isBinary) =>
        this.#record("received", isBinary ? bytesOf(data) : String(data)),
      );
      this.on("close", () => this.#mark("closed"));
    }

    override send(data: string | Uint8Array | ArrayBuffer): void {
      super.send(data);
      this.#record("sent", data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    }

    #record(direction: FrameRecord["direction"], frame: Uint8Array | string): void {
      const { length: size } = frame;
      const [at, format, own] = [Date.now(), this.#format, this.#generation];
      const place = { socketKey: SOCKET, generation: own, format };
      log.add([{ kind: "frame", at, ...place, direction, size, frame, by: "page" }]);
    }

    #mark(what: "reconnected" | "closed"): void {
      log.add([{ kind: "socket", at: Date.now(), socketKey: SOCKET, what }]);
    }
  }
  return Recorded as unknown as typeof globalThis.WebSocket;
}

function bytesOf(data: RawData): Uint8Array {
  return new Uint8Array(Array.isArray(data) ? Buffer.concat(data) : (data as Buffer));
}

async function connect(url: string, reconnect = false): Promise<Surreal> {
  const db = new Surreal({ websocketImpl: recordedSockets() });
  await db.connect(url, { reconnect });
  return db;
}

function texts(method: string): string[] {
  return requests(log).flatMap((entry) => (entry.method === method ? [entry.text] : []));
}

describe("SDK 2.x", () => {
  test("every request has its answer, its size and what it did", PATIENT, async () => {
    const db = await connect(server.url);
    await db.signin(signInOf(alice));
    const made = await db.create(new Table("note")).content({ text: "From the log" });
    const all = await db.select(new Table("note"));
    await expect(db.query("SELECT * FROM note WHERE")).rejects.toThrow();
    await db.delete((made as unknown as { id: RecordId }[])[0]?.id as RecordId);
    await db.close();
    const rows = requests(log);
    expect(
      rows.every(({ bytesReceived, duration }) => bytesReceived && duration !== undefined),
    ).toBe(true);
    expect(log.counts).toMatchObject({ pending: 0, errors: 1 });
    const [signIn] = rows.filter(({ method }) => method === "signin");
    expect(signIn?.text).toContain(`password: '${COVERED}'`);
    expect(signIn?.text).toContain("name: 'alice'");
    expect(signIn?.outcome).toEqual({ kind: "ok", text: `'${COVERED}'` });
    const select = rows.findLast(
      ({ text }) => /^SELECT \* FROM /.test(text) && !/WHERE/.test(text),
    );
    expect(select?.outcome).toMatchObject({ kind: "ok", rows: all.length });
    expect(rows.find(({ outcome }) => outcome.kind === "error")).toMatchObject({
      text: "SELECT * FROM note WHERE",
    });
  });

  test("a live query's events stand under it until it is killed", PATIENT, async () => {
    const db = await connect(server.url);
    await db.signin(signInOf(alice));
    const live = await db.live(new Table("note"));
    const [note] = (await db.create(new Table("note")).content({ text: "Seen" })) as unknown as {
      id: RecordId;
    }[];
    const watching = () => requests(log).find((entry) => entry.live)?.live?.[0];
    await vi.waitFor(() => expect(watching()?.events).toBe(1), PATIENT);
    expect(watching()?.state).toBe("watching");
    const entry = requests(log).find(({ live: streams }) => streams);
    const [event] = log.details(entry?.seq ?? 0)?.notifications ?? [];
    expect(event?.action).toBe("CREATE");
    expect(String(decodeValue(event?.record as Uint8Array))).toBe(String(note?.id));
    await live.kill();
    await vi.waitFor(() => expect(watching()?.state).toBe("killed"), PATIENT);
    await db.close();
  });

  test("what it sends again after a reconnect is marked", PATIENT, async () => {
    const proxy = await startProxy(server.url);
    const db = await connect(proxy.url, true);
    await db.signin(signInOf(alice));
    let lose = true;
    proxy.onRequest = ({ method, params }) => {
      if (!lose || method !== "query" || !String(params[0]).includes("again")) return undefined;
      lose = false;
      return "lose answer";
    };
    await db.query("RETURN 'again'");
    const tries = requests(log).filter(({ text }) => text === "RETURN 'again'");
    expect(tries.map(({ again, outcome }) => [again, outcome.kind])).toEqual([
      [false, "unknown"],
      [true, "ok"],
    ]);
    await db.close();
    await proxy.close();
  });
});

describe("SDK 1.3.x", () => {
  test("its data methods say what they worked on", PATIENT, async () => {
    // It takes the global WebSocket, once, when it is imported.
    vi.stubGlobal("WebSocket", recordedSockets());
    const { Surreal: Old, RecordId: OldId } = await import("surrealdb-1");
    const db = new Old();
    await db.connect(server.url, { versionCheck: false, reconnect: false });
    const { namespace, database } = alice;
    const variables = { name: "alice", password: "alice" };
    await db.signin({ namespace, database, access: "account", variables });
    await db.create(new OldId("note", "old"), { text: "Old" });
    await db.merge(new OldId("note", "old"), { text: "Older" });
    const live = await db.live("note");
    await db.delete(new OldId("note", "old"));
    await vi.waitFor(
      () => expect(requests(log).find((entry) => entry.live)?.live).toMatchObject([{ events: 1 }]),
      PATIENT,
    );
    await db.kill(live);
    await db.close();
    vi.unstubAllGlobals();
    expect(texts("create")).toEqual(["note:old, { text: 'Old' }"]);
    expect(texts("merge")).toEqual(["note:old, { text: 'Older' }"]);
    expect(texts("live")).toEqual(["note"]);
    const ended = requests(log).find((entry) => entry.live);
    expect(ended?.live?.[0]?.state).toBe("killed");
    expect(requests(log).find(({ method }) => method === "create")?.outcome).toMatchObject({
      text: "note:old",
    });
  });
});
