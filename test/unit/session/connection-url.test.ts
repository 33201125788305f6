/** What people paste as the address of a server, and what becomes of it. */
import { describe, expect, it } from "vitest";
import { isLocal, mendUrl } from "../../../src/session/connection-url.ts";

describe("mendUrl", () => {
  it.each([
    ["ws://localhost:8000/rpc", "ws://localhost:8000/rpc", undefined],
    ["wss://db.example.com/rpc", "wss://db.example.com/rpc", undefined],
    ["  ws://localhost:8000/rpc\n", "ws://localhost:8000/rpc", undefined],
    ["localhost:8000", "ws://localhost:8000/rpc", /ws:\/\/ was added.*\/rpc was added/],
    ["127.0.0.1:8000/rpc", "ws://127.0.0.1:8000/rpc", /ws:\/\/ was added/],
    ["[::1]:8000", "ws://[::1]:8000/rpc", /ws:\/\/ was added/],
    ["db.example.com", "ws://db.example.com/rpc", /ws:\/\/ was added/],
    ["http://localhost:8000", "ws://localhost:8000/rpc", /instead of HTTP/],
    ["https://db.example.com", "wss://db.example.com/rpc", /wss:\/\/ instead of HTTP/],
    ["HTTPS://DB.example.com/sql", "wss://db.example.com/sql/rpc", /instead of HTTP/],
    ["ws://localhost:8000/", "ws://localhost:8000/rpc", /\/rpc was added/],
    ["ws://localhost:8000/rpc/", "ws://localhost:8000/rpc", /\/rpc/],
    ["ws://localhost:8000/db/rpc", "ws://localhost:8000/db/rpc", undefined],
    ["ws://localhost:8000/rpc#x", "ws://localhost:8000/rpc", undefined],
    ["ws://root:root@localhost:8000/rpc", "ws://localhost:8000/rpc", /sign-in was taken out/],
  ])("%s becomes %s", (given, url, mended) => {
    const answer = mendUrl(given);
    expect(answer.url).toBe(url);
    if (mended === undefined) expect(answer.mended).toBeUndefined();
    else expect(answer.mended).toMatch(mended);
    // What was mended once needs no more mending.
    expect(mendUrl(answer.url)).toEqual({ url: answer.url, mended: undefined });
  });

  it.each([
    "",
    "   ",
    "my server",
    "ftp://localhost:8000",
    "surrealkv://data",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "ws://",
    "ws:/localhost:8000",
    "http:localhost:8000",
    "localhost:port",
    "ws://localhost:99999/rpc",
    "ws://exa mple/rpc",
  ])("refuses “%s” and says what an address looks like", (given) => {
    expect(() => mendUrl(given)).toThrow(
      expect.objectContaining({
        name: "InvalidUrlError",
        advice: expect.stringContaining("ws://localhost:8000/rpc"),
      }),
    );
  });

  it.each([
    ["ws://localhost:8000/rpc", true],
    ["ws://demo.localhost/rpc", true],
    ["ws://127.0.0.1:8000/rpc", true],
    ["ws://127.1:8000/rpc", true],
    ["wss://[::1]/rpc", true],
    ["ws://localhost.example.com/rpc", false],
    ["ws://127.0.0.1.example.com/rpc", false],
    ["ws://192.168.0.1/rpc", false],
    ["wss://db.example.com/rpc", false],
  ])("remembers sign-ins for %s: %s", (url, local) => {
    expect(isLocal(url)).toBe(local);
  });
});
