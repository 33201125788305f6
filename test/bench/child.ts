/**
 * A server in a process of its own, so that what a client costs isn't hidden behind what the server
 * costs. It ends with the process that started it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Child<Told> {
  /** What the server told when it was ready. */
  told: Told;
  close(): Promise<void>;
}

/**
 * Starts a module that calls `serveAsChild`.
 * @param module its `import.meta.url`
 * @throws Error when it ends before it is ready
 */
export async function startChild<Told>(
  module: string,
  ...args: readonly string[]
): Promise<Child<Told>> {
  // fork passes on the flags by which this process reads TypeScript.
  const child: ChildProcess = fork(fileURLToPath(module), args);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const told = await new Promise<Told>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Told));
    child.once("exit", (code) => reject(new Error(`The server ended with code ${code}.`)));
  });
  return {
    told,
    close: () => {
      child.disconnect();
      return ended;
    },
  };
}

/**
 * To be called by the module itself; does nothing in any other process.
 * @param module its `import.meta.url`
 * @param serve starts the server; what it returns goes to the one who started the process
 */
export async function serveAsChild(
  module: string,
  serve: (...args: string[]) => Promise<string | number>,
): Promise<void> {
  if (!process.send || process.argv[1] !== fileURLToPath(module)) return;
  // A server may keep its process alive, closed or not.
  process.once("disconnect", () => process.exit(0));
  process.send(await serve(...process.argv.slice(2)));
}
