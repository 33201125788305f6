/**
 * Pages that send what no SDK sends, and pages that try to talk to the extension: the page works as
 * without the extension, the panel goes on and says what it couldn't read.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { HANDSHAKE, LIMITS } from "../../src/messages/page-messages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { pageConnected } from "../support/page-sdk/pages.ts";
import { type EchoServer, startEchoServer } from "../support/transparency/echo-server.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const makeClient: PageWorld["makeClient"];

describeInBrowsers("hostile pages", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  let echo: EchoServer;
  /** Sends back what it is sent; a request in a socket's format is answered. */
  let echoUrl: string;
  beforeAll(async () => {
    [scene, echo] = await Promise.all([openPageScene(underTest), startEchoServer()]);
    echoUrl = `${echo.url.replace("http", "ws")}echo/rpc`;
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1000, height: 1000 });
  });
  afterAll(async () => {
    echo?.close();
    await scene?.close();
  });

  /** The page's SDK works, and the panel follows it. */
  async function goesOn(): Promise<void> {
    const name = `n${Math.random().toString(36).slice(2, 8)}`;
    await page.evaluate((variable) => db.set(variable, 1), name);
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    await panel.variable(name, "1");
    await page.evaluate((variable) => db.unset(variable), name);
  }

  /** Opens a socket, sends these frames (text, or bytes as hex), and returns what came back. */
  const exchange = (protocol: string, frames: { text?: string; hex?: string }[]) =>
    page.evaluate(
      (url, format, wanted) =>
        new Promise<string[]>((resolve, reject) => {
          const socket = new WebSocket(url, format);
          socket.binaryType = "arraybuffer";
          const answers: string[] = [];
          socket.onerror = () => reject(new Error("the socket failed"));
          socket.onopen = () => {
            for (const { text, hex } of wanted) {
              if (text !== undefined) socket.send(text);
              else {
                const bytes = (hex ?? "").match(/../g)?.map((byte) => Number.parseInt(byte, 16));
                socket.send(new Uint8Array(bytes ?? []));
              }
            }
          };
          socket.onmessage = ({ data }) => {
            answers.push(
              typeof data === "string"
                ? data
                : Array.from(new Uint8Array(data), (byte) =>
                    byte.toString(16).padStart(2, "0"),
                  ).join(""),
            );
            if (answers.length === wanted.length) resolve(answers);
          };
        }),
      echoUrl,
      protocol,
      frames,
    );

  test("malformed, truncated and non-RPC frames reach the page as they came; the panel counts them", async () => {
    const bytes = [
      "",
      "00",
      "ff",
      // A request that breaks off; a map that says it has a thousand million pairs.
      "a3626964016666",
      "ba3b9aca00",
      // Nested deeper than anything reads: 600 lists in one another.
      "81".repeat(600),
      // A notification whose live id is no UUID.
      "a166726573756c74a1626964636e6f21",
      // A key twice.
      "a26269640162696402",
      "d82550000102",
    ].map((hex) => ({ hex }));
    expect(await exchange("cbor", bytes)).toEqual(bytes.map(({ hex }) => hex));
    const texts = ["", "{", "null", "[]", '{"id":{}}', '{"method":5}', "\u0000"].map((text) => ({
      text,
    }));
    expect(await exchange("json", texts)).toEqual(texts.map(({ text }) => text));
    await panel.socketCount("3 sockets");
    await panel.page.click('role=button[name="This page: 3 sockets"]');
    const popup = "[role=dialog] >> text*=last:";
    await expect.poll(() => panel.page.texts(popup)).toHaveLength(2);
    await panel.page.press("Escape");
    await panel.log.open();
    await expect.poll(async () => (await panel.log.marks()).join("\n")).toMatch(/⚠/);
    await goesOn();
  });

  test("a frame of 100 MB passes, and is in the log by its size alone", async () => {
    // Firefox takes its time for so much.
    const megabytes = underTest.name === "chromium" ? 100 : 30;
    const received = await page.evaluate(
      (url, size) =>
        new Promise<number>((resolve, reject) => {
          const socket = new WebSocket(url, "cbor");
          socket.binaryType = "arraybuffer";
          const head = [0xa3, 0x62, ...bytes("id"), 0x01, 0x66, ...bytes("method")];
          const rest = [0x65, ...bytes("query"), 0x66, ...bytes("params"), 0x82];
          const statement = [0x67, ...bytes("RETURN7"), 0xa1, 0x61, ...bytes("x"), 0x5a];
          const length = [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255];
          const start = new Uint8Array([...head, ...rest, ...statement, ...length]);
          const frame = new Uint8Array(start.length + size);
          frame.set(start);
          socket.onerror = () => reject(new Error("the socket failed"));
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
          socket.onopen = () => socket.send(frame);
          socket.onmessage = ({ data }) => {
            socket.onclose = null;
            socket.close();
            resolve(data.byteLength);
          };
          function bytes(text: string): number[] {
            return Array.from(text, (character) => character.charCodeAt(0));
          }
        }),
      echoUrl,
      megabytes * 1_000_000,
    );
    expect(received).toBeGreaterThan(megabytes * 1_000_000);
    await panel.log.open();
    const row = await panel.log.row("RETURN7");
    expect(row.method).toBe("query");
    expect(row.size).toMatch(/\d+(\.\d)? MB/);
    await panel.log.openRow("RETURN7");
    await panel.log.tab("Result");
    await expect.poll(() => panel.log.detail()).toMatch(/MB|too large|not kept/i);
    await panel.log.close();
    await goesOn();
  });

  test("more frames than anybody can take: the page isn't slowed, what is missing is counted", async () => {
    const answered = await page.evaluate(
      (url) =>
        new Promise<number>((resolve, reject) => {
          const socket = new WebSocket(url, "json");
          const filler = "x".repeat(20_000);
          let count = 0;
          socket.onerror = () => reject(new Error("the socket failed"));
          socket.onopen = () => {
            for (let id = 1; id <= 2_000; id++)
              socket.send(
                JSON.stringify({ id, method: "query", params: ["RETURN 1", { filler }] }),
              );
          };
          socket.onmessage = () => {
            if (++count === 2_000) resolve(count);
          };
        }),
      echoUrl,
    );
    expect(answered).toBe(2_000);
    await panel.log.open();
    // All that came is there, or counted as missed.
    await expect.poll(() => panel.log.foot()).toMatch(/2,0\d\d requests|frames missed/);
    await panel.log.clear();
    await goesOn();
  });

  test("more sessions than are shown: the page has them all, the panel says so", async () => {
    const wanted = LIMITS.sessions + 500;
    const attached = await page.evaluate(
      (url, count) =>
        new Promise<number>((resolve, reject) => {
          const socket = new WebSocket(url, "json");
          let answers = 0;
          socket.onerror = () => reject(new Error("the socket failed"));
          socket.onopen = () => {
            for (let id = 1; id <= count; id++)
              socket.send(JSON.stringify({ id, method: "attach", session: crypto.randomUUID() }));
          };
          socket.onmessage = () => {
            if (++answers === count) resolve(answers);
          };
          Object.assign(globalThis, { crowd: socket });
        }),
      echoUrl,
      wanted,
    );
    expect(attached).toBe(wanted);
    await panel.show("Sessions");
    await expect
      .poll(() => panel.page.text("nav [data-group=page]"))
      .toMatch(new RegExp(`${LIMITS.sessions.toLocaleString("en-US")}|${LIMITS.sessions}`));
    await page.evaluate("crowd.close()");
    await goesOn();
  });

  test("forged handshakes and messages have no effect", async () => {
    await page.evaluate((name) => {
      for (let n = 0; n < 2_000; n++) {
        const { port1, port2 } = new MessageChannel();
        for (const target of [document, window, document.documentElement]) {
          target.dispatchEvent(new MessageEvent(name, { ports: [port2], data: {} }));
          target.dispatchEvent(new CustomEvent(name, { detail: {} }));
        }
        port1.postMessage({ type: "facts", batch: 1, facts: [{ fact: "whole", sockets: [] }] });
        window.postMessage({ type: "switchyard-listen" }, "*");
        window.postMessage({ type: "mode", mode: "record" }, "*");
        if (n % 100 === 0) port1.close();
      }
    }, HANDSHAKE);
    await goesOn();
    await panel.showsSessions(await told(page, "db"));
  });

  test("a page that puts a WebSocket of its own in place goes on, and is watched where it uses the browser's", async () => {
    await page.evaluate(() => {
      const Usual = WebSocket;
      // As libraries do that log or reconnect: no subclass, but a function that gives back a real one.
      const Own = Object.assign(
        function (this: unknown, url: string, protocols?: string | string[]) {
          return new Usual(url, protocols);
        },
        { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
      );
      Object.assign(globalThis, { WebSocket: Own });
    });
    await page.evaluate(async () => {
      const second = await makeClient("sdk-2");
      Object.assign(globalThis, { second });
      await second.signin({ username: "root", password: "root" });
    });
    await panel.showsSessions(await told(page, "db", "second"));
    // And one that takes the native one out of a frame, past everything: it works, and isn't watched.
    const past = await page.evaluate(
      (url) =>
        new Promise<string>((resolve, reject) => {
          const frame = document.body.appendChild(document.createElement("iframe"));
          const { WebSocket: Inner } = frame.contentWindow as unknown as typeof globalThis;
          const socket = new Inner(url, "json");
          socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "ping" }));
          socket.onmessage = ({ data }) => resolve(String(data));
          socket.onerror = () => reject(new Error("the socket failed"));
        }),
      echoUrl,
    );
    expect(past).toContain('"id":1');
    await goesOn();
  });

  test("a page that breaks the language beneath: arrays, maps, promises, JSON", async () => {
    await page.goto(scene.urlOf({ as: "alice", name: "Broken" }));
    await pageConnected(page);
    await page.evaluate(() => {
      const boom = () => {
        throw new Error("broken by the page");
      };
      const kept = { push: Array.prototype.push };
      Object.assign(globalThis, { kept });
      for (const target of [MessagePort.prototype, EventTarget.prototype, TextDecoder.prototype]) {
        for (const name of ["postMessage", "dispatchEvent", "decode"])
          if (name in target) Object.defineProperty(target, name, { value: boom });
      }
      Object.defineProperty(Uint8Array.prototype, "slice", { value: boom });
      Object.defineProperty(Event.prototype, "stopImmediatePropagation", { value: boom });
    });
    expect(await page.evaluate(() => typeof sdk.RecordId)).toBe("function");
    const inner = page.evaluate(async () => {
      const socket = (await makeClient("json")).socket;
      return socket.readyState;
    });
    expect(await inner).toBe(1);
    await panel.socketCount("2 sockets");
    await panel.openSession("default");
    await panel.confirms("user:alice, app/tenant_a");
  });
});
