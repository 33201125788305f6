/** The echo server in a process of its own. */
import { startEchoServer } from "../support/transparency/echo-server.ts";
import { serveAsChild, startChild } from "./child.ts";

/** Starts it. `url` is `http://localhost:PORT/`. @throws Error when it ends before it is ready */
export async function startEchoProcess(): Promise<{ url: string; close(): Promise<void> }> {
  const { told: url, close } = await startChild<string>(import.meta.url);
  return { url, close };
}

await serveAsChild(import.meta.url, async () => (await startEchoServer()).url);
