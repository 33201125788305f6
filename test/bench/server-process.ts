/**
 * The embedded server in a process of its own, so that what a client costs isn't hidden behind what
 * the server costs. It ends with the process that started it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startServer } from "../../demo/server/server.ts";
import { seedCrowd } from "./crowd.ts";

export interface ServerProcess {
  /** `ws://127.0.0.1:PORT/rpc` */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Starts the server with `crowd` users. @throws Error when it ends before it is ready */
export async function startServerProcess(crowd: number): Promise<ServerProcess> {
  // fork passes on the flags by which this process reads TypeScript.
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [String(crowd)]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as number));
    child.once("exit", (code) => reject(new Error(`The server ended with code ${code}.`)));
  });
  return {
    url: `ws://127.0.0.1:${port}/rpc`,
    port,
    close: () => {
      child.disconnect();
      return ended;
    },
  };
}

async function serve(crowd: number): Promise<void> {
  // The engine keeps the process alive, closed or not.
  process.once("disconnect", () => process.exit(0));
  const server = await startServer({ port: 0, empty: true });
  await seedCrowd(server.query, crowd);
  process.send?.(server.port);
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  await serve(Number(process.argv[2]));
}
