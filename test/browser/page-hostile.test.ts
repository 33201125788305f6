/**
 * Pages and servers that send what no SDK sends, and pages that break or forge what the extension stands
 * on: the page works as without the extension, the panel says what it couldn't read and goes on, and
 * another tab notices nothing.
 */
import { CborCodec } from "surrealdb";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { HANDSHAKE, LIMITS } from "../../src/messages/page-messages.ts";
import { attachTo, heapOf } from "../bench/debugged-target.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, reloadPage, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import {
  type RawFrame,
  type RawPageWorld,
  type RawServer,
  startRawServer,
  wordsOf,
} from "../support/raw-rpc.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const clients: PageWorld["clients"];
declare const makeClient: PageWorld["makeClient"];
declare const raw: RawPageWorld["raw"];

const MB = 1024 * 1024;
const ALICE = "default: user:alice, app/tenant_a";

const codec = new CborCodec({});
const cbor = (value: unknown) => new Uint8Array(codec.encode(value));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const EMPTY = new Uint8Array();
/** A frame whose last value is empty bytes, up to where 100 MB of them stand instead. */
const hugeAfter = (value: unknown) =>
  new Uint8Array([...cbor(value).slice(0, -1), ...bytes("5a 06 40 00 00")]);
const whole = cbor({ id: 7, result: [{ status: "OK", result: [1, 2, 3], time: "1ms" }] });

const STRANGE: Record<"cbor" | "json", RawFrame[]> = {
  cbor: [
    new Uint8Array(),
    // Cut off, and with something behind.
    whole.slice(0, whole.length / 2),
    new Uint8Array([...whole, 0]),
    // A break with nothing to break; a list, a number, a map of 2^64 - 1 pairs, a text of 4 GB.
    bytes("ff"),
    bytes("82 01 02"),
    bytes("17"),
    bytes("bb ff ff ff ff ff ff ff ff 61 61"),
    bytes("a1 62 69 64 7a ff ff ff ff 61"),
    // {"id": 1, "id": 2, "result": 3}, {"method": "query", "method": "signin"}, an endless map.
    bytes("a3 62 6964 01 62 6964 02 66 726573756c74 03"),
    bytes("a2 66 6d6574686f64 65 7175657279 66 6d6574686f64 66 7369676e696e"),
    bytes("bf 62 6964 01 ff"),
    // A key that isn't UTF-8; 100,000 lists in one another, bare and as a result.
    bytes("a1 62 ff fe 01"),
    new Uint8Array(100_000).fill(0x81),
    new Uint8Array([...bytes("a2 62 6964 01 66 726573756c74"), ...Array(100_000).fill(0x81), 0]),
    // A live notification whose id is none, and text where bytes are spoken.
    bytes("a1 66 726573756c74 a1 62 6964 63 6e6f21"),
    '{"id":1,"result":null}',
    "no RPC at all",
  ],
  json: [
    "",
    "{",
    '{"id":1,"result":[1,2',
    "null",
    "[]",
    '"text"',
    "NaN",
    '{"id":{},"result":1}',
    '{"id":1,"id":2,"result":3}',
    '{"method":5,"id":1}',
    '{"__proto__":{"id":1},"constructor":{"result":1}}',
    "[".repeat(100_000),
    `{"id":1,"result":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "\u0000",
    whole,
  ],
};

describeInBrowsers("hostile pages", (underTest) => {
  let scene: PageScene;
  let server: RawServer;
  /** The page that misbehaves, with its panel. */
  let page: Page;
  let panel: PagePanel;
  /** Another tab, with a panel too. */
  let other: Page;
  let otherPanel: PagePanel;
  beforeAll(async () => {
    const { name, launch } = underTest;
    // For the size of the worker's heap, which only Chromium tells.
    const args = name === "chromium" ? ["--remote-debugging-port=0"] : [];
    [scene, server] = await Promise.all([
      openPageScene({ name, borrow: () => launch({ args }) }),
      startRawServer(),
    ]);
    other = await scene.open({ as: "bob", name: "Another tab" });
    otherPanel = await scene.panelOf(other);
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1000, height: 900 });
  });
  afterAll(async () => {
    server?.close();
    await scene?.close();
  });

  /** A new document, which nothing was done to yet. */
  async function freshPage(): Promise<void> {
    await reloadPage(page);
    await panel.showsSessions([ALICE]);
  }

  /** The page's SDK works, and its panel follows it. */
  async function goesOn(): Promise<void> {
    const value = Math.floor(Math.random() * 1e9);
    await page.evaluate((number) => db.set("lives", number), value);
    await panel.openSession("default");
    await panel.variable("lives", String(value));
    expect(await told(page, "db")).toEqual([ALICE]);
  }

  /** The other tab works, and its panel shows it and nothing else. */
  async function othersGoOn(): Promise<void> {
    const value = Math.floor(Math.random() * 1e9);
    await other.evaluate((number) => db.set("lives", number), value);
    await otherPanel.openSession("default");
    await otherPanel.variable("lives", String(value));
    expect(await otherPanel.sessionLines()).toEqual(await told(other, "db"));
  }

  /** What is said of the page's sockets where all about them is shown. */
  async function saysOfSockets(words: RegExp): Promise<void> {
    await panel.page.click('role=button[name*="This page:"]');
    const warnings = async () => (await panel.page.texts(".sy-sockets-warning")).join("\n");
    await expect.poll(warnings).toMatch(words);
    await panel.page.press("Escape");
  }

  /** Bytes of the worker's heap, where the browser tells them. */
  async function workerHeap(): Promise<number> {
    if (underTest.name !== "chromium") return 0;
    const target = await attachTo(scene.browser.profileDir, (t) => t.type === "service_worker");
    try {
      return await heapOf(target);
    } finally {
      target.close();
    }
  }

  test.each(["cbor", "json"] as const)(
    "%s frames that are no RPC: each side hears what the other said, and the panel counts them",
    async (format) => {
      await freshPage();
      const socket = await server.open(page, format);
      const frames = STRANGE[format];
      const words = frames.map((frame) => wordsOf(frame));
      await socket.ask(...frames);
      socket.say(...frames);
      await expect.poll(() => socket.heard).toEqual(words);
      await expect.poll(() => socket.heardInPage()).toEqual(words);
      await saysOfSockets(/\d\d frames were not RPC, the last: \w/);

      // After all that, what can be read is read.
      const request = { id: "good", method: "query", params: ["RETURN 'still read'"] };
      const answer = { id: "good", result: [{ status: "OK", result: "yes", time: "1ms" }] };
      const write = format === "cbor" ? cbor : (value: unknown) => JSON.stringify(value);
      await socket.ask(write(request));
      await expect.poll(() => socket.heard).toHaveLength(words.length + 1);
      socket.say(write(answer));
      await panel.log.open();
      await panel.log.row("still read");
      await expect.poll(async () => (await panel.log.marks()).join("\n")).toMatch(/no RPC/);
      await goesOn();
    },
  );

  test("100 MB in one frame, each way: they arrive, the log has their size alone", async () => {
    await freshPage();
    const before = await workerHeap();
    const socket = await server.open(page, "cbor");
    const asked = hugeAfter({ id: "huge", method: "query", params: ["RETURN 'huge'", EMPTY] });
    await page.evaluate(
      (at, head, size) => {
        const frame = new Uint8Array(head.length + size);
        frame.set(head);
        raw[at]?.socket.send(frame);
      },
      socket.index,
      [...asked],
      100 * MB,
    );
    await expect.poll(() => socket.heard).toHaveLength(1);
    expect(socket.heard[0]).toMatch(/^binary 10485\d{4} /);
    const head = hugeAfter({ id: "huge", result: EMPTY });
    const answer = new Uint8Array(head.length + 100 * MB);
    answer.set(head);
    const nothing = new Uint8Array(2 * MB);
    socket.say(answer, nothing);
    await expect.poll(() => socket.heardInPage()).toEqual([wordsOf(answer), wordsOf(nothing)]);

    await panel.log.open();
    const row = await panel.log.openRow("RETURN 'huge'");
    expect(row.size).toMatch(/^1\d\d MB/);
    await panel.log.tab("Result");
    await panel.log.detailHas("larger than what is recorded of one frame");
    await panel.log.close();
    await expect
      .poll(async () => (await panel.log.marks()).join("\n"))
      .toMatch(/A frame of 2,097,152 bytes that is larger/);
    expect(await panel.log.foot()).not.toMatch(/\d MB/);
    expect((await workerHeap()) - before).toBeLessThan(20 * MB);
    await goesOn();
    await othersGoOn();
  });

  test("more frames than anybody can take: the page has all, what is missing is counted", async () => {
    await freshPage();
    const socket = await server.open(page, "json");
    const filler = "x".repeat(10_000);
    const frames = Array.from({ length: 4_000 }, (_, id) =>
      JSON.stringify({ id, result: [{ status: "OK", result: filler, time: "1ms" }] }),
    );
    socket.say(...frames);
    await socket.ask(...frames.map((_, id) => JSON.stringify({ id, method: "query", params: [] })));
    await expect.poll(() => socket.heard.length).toBe(frames.length);
    const words = frames.map((frame) => wordsOf(frame));
    await expect.poll(async () => (await socket.heardInPage()).length).toBe(frames.length);
    expect(await socket.heardInPage()).toEqual(words);
    await panel.log.open();
    await expect.poll(() => panel.log.foot()).toMatch(/4,0\d\d requests|frames missed/);
    expect(await workerHeap()).toBeLessThan(60 * MB);
    await goesOn();
    await othersGoOn();
  });

  test("more sessions than are followed: the page has them all, the panel says so", async () => {
    await freshPage();
    const socket = await server.open(page, "json");
    const crowd = Array.from({ length: LIMITS.sessions + 100 }, (_, id) => ({
      id,
      session: crypto.randomUUID(),
    }));
    await socket.ask(...crowd.map((each) => JSON.stringify({ ...each, method: "attach" })));
    await expect.poll(() => socket.heard.length).toBe(crowd.length);
    socket.say(...crowd.map(({ id }) => JSON.stringify({ id, result: null })));
    await expect.poll(async () => (await socket.heardInPage()).length).toBe(crowd.length);
    await panel.openSession("default", 1);
    await panel.page.see("text*=Its page has more sessions than are shown.");
    await othersGoOn();
  });

  test("more sockets than are followed: the page has them all, the panel says so", async () => {
    await freshPage();
    const opened = await page.evaluate(
      async (url, count) => {
        const open = () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(url, "cbor");
            socket.onopen = resolve;
            socket.onerror = () => reject(new Error("It wasn't opened"));
          });
        // One after the other: browsers hold back who opens many at once.
        for (let n = 0; n < count; n++) await open();
        return count;
      },
      server.url,
      LIMITS.sockets + 5,
    );
    expect(opened).toBe(LIMITS.sockets + 5);
    await panel.show("Sessions");
    await panel.page.see("text*=more sockets or sessions than can be shown");
    await panel.socketCount(`${LIMITS.sockets} sockets`);
    await goesOn();
  });

  test("WebSocket classes of the page's own: wrapped, derived, replaced, and with a send of their own", async () => {
    await page.goto(scene.urlOf({ clients: [], name: "Own classes" }));
    await page.waitFor("document.documentElement.dataset.state === 'connected'");
    await page.evaluate(async (alice) => {
      const Usual = WebSocket;
      const use = async (own: unknown) => {
        Object.assign(window, { WebSocket: own });
        await (await makeClient("sdk-2")).signin(alice);
      };
      // As libraries do that log or reconnect: a function that gives back a real one, or a subclass.
      const wrapped = function (this: unknown, url: string, protocols?: string[]) {
        return new Usual(url, protocols);
      };
      await use(Object.assign(wrapped, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }));
      await use(class Derived extends Usual {});
      // On the prototype, for all sockets that there are and will be.
      const { send } = Usual.prototype;
      Usual.prototype.send = function (data) {
        send.call(this, data);
      };
      await use(Usual);
      await use(
        class Sending extends Usual {
          override send(data: Parameters<WebSocket["send"]>[0]) {
            super.send(data);
          }
        },
      );
    }, signInOf(DEMO_PEOPLE.alice));
    const sessions = await told(page, "clients[0]", "clients[1]", "clients[2]", "clients[3]");
    expect(new Set(sessions)).toEqual(new Set([ALICE]));
    // Of the last one nothing is seen but what the server says.
    const unseen = "default: anonymous, -/-";
    await panel.showsSessions([...sessions.slice(1), unseen]);
    await panel.socketCount("4 sockets");
    await saysOfSockets(/send of its own/);

    // One that is no socket at all.
    await page.evaluate(() => {
      class Pretended extends EventTarget {
        readyState = 1;
      }
      Object.assign(window, { WebSocket: Pretended, pretended: new Pretended() });
    });
    expect(await page.evaluate("pretended.readyState")).toBe(1);
    await panel.socketCount("4 sockets");
    await page.goto(scene.urlOf({ as: "alice" }));
  });

  test("a forged handshake is taken by nobody, and messages to no one reach no one", async () => {
    await freshPage();
    const accepted = await page.evaluate((name) => {
      let taken = 0;
      for (let n = 0; n < 1_000; n++) {
        const { port1, port2 } = new MessageChannel();
        const init = { ports: [port2], cancelable: true, bubbles: true };
        for (const target of [document, window, document.documentElement]) {
          if (!target.dispatchEvent(new MessageEvent(name, init))) taken++;
        }
        port1.postMessage({ type: "facts", batch: 1, facts: [{ fact: "whole", sockets: [] }] });
        window.postMessage({ type: "switchyard-listen" }, "*");
        window.postMessage({ type: "mode", mode: "record" }, "*");
      }
      return taken;
    }, HANDSHAKE);
    expect(accepted).toBe(0);
    expect(await panel.sessionLines()).toEqual([ALICE]);
    await goesOn();
    await othersGoOn();
  });

  test("a page that puts facts into the hook's mouth: what makes no sense is left out, and said", async () => {
    await freshPage();
    await page.evaluate(() => {
      const { slice } = Array.prototype;
      const forged: object[] = [
        { fact: "session" },
        { fact: "session", session: { client: 1, order: -1 } },
        { fact: "socket", socket: { client: "one", url: {} } },
        { fact: "socket-gone", client: {} },
        { fact: "frame", client: 1, direction: "sideways", size: -5 },
        { fact: "dropped", frames: "many" },
        { fact: "whole", sockets: 5, sessions: "none" },
        { fact: "no such fact" },
        {},
      ];
      // By way of what the hook uses: its port itself is out of a page's reach.
      Array.prototype.slice = function (...args: [number?, number?]) {
        const found = slice.apply(this, args);
        return found[0]?.fact ? found.concat(forged) : found;
      };
    });
    await page.evaluate(() => db.set("stirs", 1));
    await panel.show("Sessions");
    await panel.page.see("text*=facts that it told couldn't be read");
    await goesOn();
    await othersGoOn();
  });

  test("a flood of messages: the page is listened to no more until it is loaded again, and that is said", async () => {
    await freshPage();
    await page.evaluate(() => {
      const { slice } = Array.prototype;
      let facts: unknown;
      let told: unknown[] = [];
      // As long as there seem to be more, the hook goes on posting.
      Array.prototype.slice = function (...args: [number?, number?]) {
        const found = slice.apply(this, args);
        if (found[0]?.fact && !facts) {
          facts = this;
          told = found;
          this.length = 2_000 * 1_000;
        }
        return this === facts ? told : found;
      };
    });
    await page.evaluate(() => db.set("stirs", 1));
    await panel.show("Sessions");
    await panel.page.see("text*=nobody listens to it any more. Reload the page.");
    expect(await told(page, "db")).toEqual([ALICE]);
    await othersGoOn();
    await freshPage();
    await goesOn();
  });

  test("a page that breaks the language beneath, while it is recorded, keeps its sockets", async () => {
    await freshPage();
    const socket = await server.open(page, "cbor");
    socket.echo();
    // Not at once: whoever evaluates this stands on the same ground.
    await page.evaluate(`void setTimeout(() => (${breakTheLanguage})(${socket.index}), 100)`);
    await page.waitFor("window.brokenAndMended !== undefined");
    expect(await page.evaluate("window.brokenAndMended")).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
    await expect.poll(() => socket.heard).toHaveLength(20);
    expect(await told(page, "db")).toEqual([ALICE]);
    await othersGoOn();
    await saysOfSockets(/not RPC|nothing of it is seen any more/);
    const errors = await scene.browser.errors();
    expect(errors.filter((error) => error.includes("Broken by the page"))).toEqual([]);
    await freshPage();
    await goesOn();
  });

  test("a frame without an origin, removed in mid-request: its session leaves, its request is unknown", async () => {
    await freshPage();
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const script = `
            const socket = new WebSocket(${JSON.stringify(url)}, "json");
            socket.onopen = () => {
              socket.send('{"id":1,"method":"query","params":["RETURN 1 + 1"]}');
              parent.postMessage("asked", "*");
            };`;
          addEventListener("message", ({ data }) => data === "asked" && resolve(undefined));
          const frame = document.createElement("iframe");
          frame.setAttribute("sandbox", "allow-scripts");
          frame.srcdoc = `<script>${script}</${"script"}>`;
          document.body.append(frame);
        }),
      server.url,
    );
    await panel.showsSessions([ALICE, "default: anonymous, -/-"]);
    expect((await panel.sockets()).join()).toContain("a frame without an origin");
    await panel.log.open();
    await panel.log.row("RETURN 1 + 1", ({ result }) => result.includes("pending"));
    await page.evaluate(() => document.querySelector("iframe")?.remove());
    await panel.log.row("RETURN 1 + 1", ({ result }) => result.includes("unknown"));
    await panel.showsSessions([ALICE]);
    await goesOn();
  });
});

/**
 * Replaces what code relies on by functions that throw, has 20 frames echoed, and puts all back.
 * `brokenAndMended` is what came, then. In the page.
 */
function breakTheLanguage(index: number): void {
  const { socket } = raw[index] as RawPageWorld["raw"][number];
  const { defineProperty } = Object;
  const owners: object[] = [JSON, Reflect, Number, Math];
  const types = [Map, Set, WeakMap, Uint8Array, TextDecoder, String, Array];
  for (const { prototype } of [...types, Promise, Function, MessagePort, EventTarget, Event]) {
    owners.push(prototype);
  }
  const methods = owners.flatMap((owner) =>
    Object.entries(Object.getOwnPropertyDescriptors(owner))
      .filter(([name, { value }]) => typeof value === "function" && name !== "constructor")
      .map(([name, usual]) => ({ owner, name, usual })),
  );
  // From here on nothing is used but what the language itself can do.
  const put = (value?: () => never) => {
    for (let at = 0; at < methods.length; at++) {
      // biome-ignore lint/style/noNonNullAssertion: iterators are broken, too
      const { owner, name, usual } = methods[at]!;
      defineProperty(owner, name, value ? { ...usual, value } : usual);
    }
  };
  const came: unknown[] = [];
  socket.onmessage = ({ data }) => {
    came[came.length] = new Uint8Array(data)[1];
    if (came.length < 20) socket.send(new Uint8Array([0x81, came.length]));
    else {
      put();
      Object.assign(window, { brokenAndMended: came });
    }
  };
  put(() => {
    throw new Error("Broken by the page");
  });
  socket.send(new Uint8Array([0x81, 0]));
}
