/** The embedded SurrealDB in a process of its own. */
import { startServer } from "../../demo/server/server.ts";
import { serveAsChild, startChild } from "./child.ts";
import { seedCrowd } from "./crowd.ts";

export interface ServerProcess {
  /** `ws://127.0.0.1:PORT/rpc` */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Starts the server with `crowd` users. @throws Error when it ends before it is ready */
export async function startServerProcess(crowd: number): Promise<ServerProcess> {
  const { told: port, close } = await startChild<number>(import.meta.url, String(crowd));
  return { url: `ws://127.0.0.1:${port}/rpc`, port, close };
}

await serveAsChild(import.meta.url, async (crowd) => {
  const server = await startServer({ port: 0, empty: true });
  await seedCrowd(server.query, Number(crowd));
  return server.port;
});
