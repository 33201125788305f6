/**
 * From plain JavaScript to TypeScript: runs a TypeScript program with this process's arguments, and ends
 * with it. For the commands that have to work on a fresh clone, once the packages are installed.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** @param {string} program its path, from this folder */
export function handOverTo(program) {
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const main = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [tsx, main, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // On Ctrl-C the terminal has told the child already.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}
