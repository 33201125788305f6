/** The demo application's server, and the command `npm run server`. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { startApp } from "../../../demo/server/app-server.ts";
import { connectSdk, failure } from "./sdk.ts";

it("serves the page with the database's URL, the SDK, and nothing else", async () => {
  const app = await startApp({ port: 0, rpcUrl: "ws://127.0.0.1:1234/rpc" });
  const base = `http://127.0.0.1:${app.port}`;
  expect(app.url).toBe(`http://localhost:${app.port}/`);
  const page = await (await fetch(base)).text();
  expect(page).toContain('content="ws://127.0.0.1:1234/rpc"');
  for (const file of ["app.js", "app.css", "icon.svg", "surrealdb.mjs"]) {
    expect((await fetch(`${base}/${file}`)).status, file).toBe(200);
  }
  expect((await fetch(`${base}/../package.json`)).status).toBe(404);
  await app.close();
});

describe("npm run server", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  /** Runs the command; `output` grows as it speaks, `ended` is its exit code. */
  function run(...options: string[]) {
    const script = fileURLToPath(new URL("../../../demo/server.mjs", import.meta.url));
    const child = spawn(process.execPath, [script, ...options]);
    children.push(child);
    let output = "";
    const ready = new Promise<void>((resolve) => {
      const hear = (data: Buffer) => {
        output += data;
        if (output.includes("Ctrl-C")) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    return { child, ready, ended, output: () => output };
  }

  it("says URL and sign-ins, refuses a taken port, and ends cleanly", async () => {
    const server = run("--port", "0");
    await server.ready;
    const url = /ws:\/\/127\.0\.0\.1:\d+\/rpc/.exec(server.output())?.[0] ?? "";
    expect(server.output()).toMatch(/Not production software/);
    expect(server.output()).toContain("root / root");
    expect(server.output()).toContain("alice / alice");
    const db = await connectSdk({ url } as Parameters<typeof connectSdk>[0]);
    await db.signin({ username: "root", password: "root" });

    const { port } = new URL(url);
    const second = run("--port", port);
    expect(await second.ended).toBe(1);
    expect(second.output().trim()).toBe(
      `Port ${port} is taken, perhaps by another SurrealDB. Choose another: --port ${Number(port) + 1}`,
    );

    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    await failure(db.query("RETURN 1"));
    await db.close();
  }, 20_000);

  it("refuses options it doesn't know", async () => {
    const wrong = run("--prot", "1");
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toMatch(/--prot/);
  });
});
