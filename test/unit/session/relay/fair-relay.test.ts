/**
 * Documents share what they have at the server: none waits for all that another one asks, and what waits
 * for its turn is sent as what it was asked as, once, or never.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import { writeRequest } from "../../../../src/wire/envelope.ts";
import { encodeParams } from "../../../../src/wire/values.ts";
import { until } from "../../../support/registry.ts";
import { RelayedPage, readAnswer } from "../../../support/relayed-page.ts";
import { latch, type RpcProxy, startProxy } from "../../../support/rpc-proxy.ts";
import { openScene, type Scene, SIGN_INS } from "../../../support/scene.ts";

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
let bob: string;
let page: RelayedPage;
let other: RelayedPage;
let count = 0;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  scene = await openScene(proxy.url);
});
beforeEach(async () => {
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
  count += 1;
  page = new RelayedPage(scene, `page-${count}`);
  other = new RelayedPage(scene, `other-${count}`, page.relay);
  for (const each of [page, other]) each.runAs(bob);
});
afterEach(() => {
  proxy.onRequest = () => undefined;
  for (const each of [page, other]) each.page.close();
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

const OK = { result: [{ status: "OK", time: "1µs", result: 1 }] };

/** Asks without waiting. @returns by which number the page knows it */
function ask(from: RelayedPage, text: string): number {
  const params = encodeParams([text, {}]);
  return from.send(writeRequest({ id: text, method: "query", params }));
}

function askMany(from: RelayedPage, text: string, many: number): number[] {
  return Array.from({ length: many }, (_, n) => ask(from, `${text} ${n}`));
}

/** The texts that came to the server and begin so, in order. */
function seen(start: string): string[] {
  const texts = proxy.of("query").map(({ params }) => String(params[0]));
  return texts.filter((text) => text.startsWith(start));
}

function errorOf(from: RelayedPage, seq: number): string | undefined {
  const answer = from.posted.find((each) => each.type === "relayed" && each.seq === seq);
  return answer?.type === "relayed" ? readAnswer(answer.frame).error?.details?.kind : undefined;
}

/** Time for whatever might still be sent to be sent. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 300));

describe("in a flood of 10,000 requests", () => {
  it("another document's are sent after a few of them, and what is too much is refused", async () => {
    proxy.onRequest = ({ params }) => (/^(flood|one)/.test(String(params[0])) ? OK : undefined);
    const flood = askMany(page, "flood", 10_000);
    for (let n = 0; n < 20; n++) {
      const before = seen("flood").length;
      const seq = ask(other, `one ${n}`);
      await until(() => other.answersTo(seq) === 1);
      const between = proxy.seen.findIndex(({ params }) => params[0] === `one ${n}`);
      const texts = proxy.seen.slice(0, between).map(({ params }) => String(params[0]));
      const meanwhile = texts.filter((text) => text.startsWith("flood")).length - before;
      // What it had under way while it was alone; then what it may have among others.
      expect(meanwhile).toBeLessThanOrEqual(n === 0 ? 32 : 8);
    }
    await until(() => flood.every((seq) => page.answersTo(seq) === 1));
    const refused = flood.filter((seq) => errorOf(page, seq) === "TooMuch");
    expect(refused).toHaveLength(8_000);
    expect(seen("flood")).toEqual(Array.from({ length: 2_000 }, (_, n) => `flood ${n}`));
  });
});

describe("a document that is alone", () => {
  it("has 32 under way", async () => {
    const { opened, open } = latch();
    proxy.onRequest = ({ params }) => (String(params[0]).startsWith("alone") ? opened : undefined);
    askMany(page, "alone", 100);
    await moment();
    expect(seen("alone")).toHaveLength(32);
    open();
    await until(() => seen("alone").length === 100);
  });
});

describe("a document whose requests are never answered", () => {
  it("keeps nobody else waiting, and itself no longer than others are there", async () => {
    proxy.onRequest = ({ params }) => {
      const text = String(params[0]);
      return text.startsWith("hangs") ? "swallow" : /^(goes|others)/.test(text) ? OK : undefined;
    };
    const first = ask(other, "others");
    await until(() => other.answersTo(first) === 1);
    askMany(page, "hangs", 20);
    const going = ask(page, "goes");
    const seq = ask(other, "others again");
    await until(() => other.answersTo(seq) === 1);
    expect(seen("hangs")).toHaveLength(8);
    expect(seen("goes")).toEqual([]);
    // No answer tells the document that the other one asks no more.
    await until(() => page.answersTo(going) === 1);
    expect(seen("hangs")).toHaveLength(20);
  });
});

describe("what waits for its turn", () => {
  let open: () => void;
  beforeEach(() => {
    const held = latch();
    open = held.open;
    proxy.onRequest = ({ params }) =>
      String(params[0]).startsWith(`RETURN 'first ${count}`) ? held.opened : undefined;
    for (let n = 0; n < 32; n++) ask(page, `RETURN 'first ${count} ${n}'`);
  });

  it("runs as who was chosen when the page sent it", async () => {
    const alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
    const seq = ask(page, "RETURN <string> $auth.id");
    page.runAs(alice);
    open();
    await until(() => page.answersTo(seq) === 1);
    const answer = page.posted.find((each) => each.type === "relayed" && each.seq === seq);
    const { result } = answer?.type === "relayed" ? readAnswer(answer.frame) : {};
    expect(result).toMatchObject([{ result: "user:bob" }]);
  });

  it("is refused where that session is over by then", async () => {
    const text = `RETURN 'over ${count}'`;
    const seq = ask(page, text);
    await scene.registry.session(bob).close();
    open();
    await until(() => page.answersTo(seq) === 1);
    expect(errorOf(page, seq)).toBe("CannotServe");
    expect(seen(text)).toEqual([]);
  });

  const ends: [string, () => void][] = [
    ["document", () => page.page.close()],
    ["port", () => page.page.disconnected()],
    ["socket", () => page.page.receive({ type: "relay-closed", client: 1, generation: 0 })],
  ];
  for (const [what, end] of ends) {
    it(`is never sent once its ${what} is gone`, async () => {
      const text = `RETURN '${what} ${count}'`;
      const seq = ask(page, text);
      end();
      open();
      await moment();
      expect(seen(text)).toEqual([]);
      expect(page.answersTo(seq)).toBe(0);
    });
  }
});
