/**
 * `npm run server`: the embedded SurrealDB alone.
 *
 * Plain JavaScript, so that it runs on a fresh clone: it installs what is missing, and only then hands over
 * to TypeScript. Signals go to the whole process group on Ctrl-C; those sent to this process alone are passed
 * on.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

await ensureInstalled();

const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const main = fileURLToPath(new URL("./server/main.ts", import.meta.url));
const child = spawn(process.execPath, [tsx, main, ...process.argv.slice(2)], { stdio: "inherit" });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // On Ctrl-C the terminal has told the child already.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
