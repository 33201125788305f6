/** Asking a server from the worker: nothing goes where it wasn't meant to go. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createOwnFetch } from "../../../src/background/own-fetch.ts";
import { failureOf } from "../../support/scene.ts";

let server: Server;
let url: string;
const seen: IncomingMessage[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    if (request.url === "/elsewhere") {
      response.writeHead(307, { location: "/stolen" }).end();
      return;
    }
    response.writeHead(request.url === "/no" ? 401 : 200, { "St-Access-Token": "new" });
    response.end(request.url === "/much" ? "x".repeat(3_000_000) : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const options: RequestInit[] = [];
const own = createOwnFetch({
  // Node tells a redirect that isn't followed as what it is; browsers hide it.
  fetch: async (input, init) => {
    options.push(init ?? {});
    const response = await fetch(input, init);
    if (response.status !== 307) return response;
    return { type: "opaqueredirect", status: 0 } as Response;
  },
  mayReach: async (asked) => new URL(asked).hostname === "127.0.0.1",
});

it("answers status, headers and text, and sends no cookies", async () => {
  const answer = await own(`${url}/ok`, { method: "POST", headers: { rid: "session" }, body: "x" });
  expect(answer).toMatchObject({ status: 200, text: "{}" });
  expect(answer.headers.get("st-access-token")).toBe("new");
  expect(options.at(-1)).toMatchObject({ credentials: "omit", redirect: "manual" });
  expect(seen.at(-1)?.headers).toMatchObject({ rid: "session" });
  expect((await own(`${url}/no`, { method: "GET" })).status).toBe(401);
});

it("reads at most a megabyte", async () => {
  expect((await own(`${url}/much`, { method: "GET" })).text).toHaveLength(1024 * 1024);
});

it("follows nobody elsewhere", async () => {
  const before = seen.length;
  const { name, message } = await failureOf(own(`${url}/elsewhere`, { method: "POST" }));
  expect([name, message]).toEqual(["WebError", expect.stringContaining("not followed")]);
  expect(seen.slice(before).map((each) => each.url)).toEqual(["/elsewhere"]);
});

it("sends nothing where it may not, or where no server can be", async () => {
  const before = seen.length;
  const port = new URL(url).port;
  expect((await failureOf(own(`http://localhost:${port}/`, { method: "GET" }))).message).toContain(
    "may not reach localhost",
  );
  expect((await failureOf(own("file:///etc/passwd", { method: "GET" }))).name).toBe("WebError");
  expect((await failureOf(own("/auth", { method: "GET" }))).name).toBe("WebError");
  expect(seen).toHaveLength(before);
});

it("says that nobody answers", async () => {
  const { name, message } = await failureOf(own("http://127.0.0.1:9/", { method: "GET" }));
  expect([name, message]).toEqual([
    "WebError",
    expect.stringContaining("127.0.0.1:9 doesn't answer"),
  ]);
});
