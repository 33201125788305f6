/**
 * `npm test`: everything that is checked, on a fresh clone too, ending in one line
 * `N passed, N failed`.
 *
 * Plain JavaScript that imports only Node's own, because it installs the packages before it can use
 * them. A step that fails doesn't hide the ones after it; the browsers, types, lint, build and
 * the lint of the extension count as one test each. The environment variable BROWSER (`chromium` or `firefox`)
 * leaves out the other browser.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "../demo/install.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Ends what hangs. Machines differ by three times and more: one that is slow is let finish. */
const STEP_LIMIT_MS = 20 * 60_000;
const BROWSER_LIMIT_MS = 45 * 60_000;

/** The only warning of web-ext that is allowed, once: Preact's own use of innerHTML. */
const KNOWN_WARNING = "UNSAFE_VAR_ASSIGNMENT";

const total = { passed: 0, failed: 0, skipped: 0 };

/** Counts a step and says how it went; its output only if it failed. */
function report(name, counts, seconds, output = "") {
  for (const key of Object.keys(total)) total[key] += counts[key] ?? 0;
  const failed = counts.failed > 0;
  const more = counts.passed + counts.failed > 1 ? `, ${words(counts)}` : "";
  if (failed && output) console.log(`\n--- ${name}\n${output.trimEnd()}\n---`);
  console.log(`${failed ? "✗" : "✓"} ${name} (${seconds.toFixed(1)} s${more})`);
  return !failed;
}

function words({ passed = 0, failed = 0, skipped = 0 }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
}

/** Runs a program to its end. What it prints is kept, or with `show` printed as it comes. */
function run(command, args, { show = false, limitMs = STEP_LIMIT_MS, shell = false } = {}) {
  const start = performance.now();
  return new Promise((resolve) => {
    const stdio = show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd: ROOT, stdio, shell });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    const limit = setTimeout(() => {
      stderr += `\nStopped after ${limitMs / 1000} s.`;
      child.kill("SIGKILL");
    }, limitMs);
    const end = (code) => {
      clearTimeout(limit);
      const seconds = (performance.now() - start) / 1000;
      resolve({ code, stdout, output: stdout + stderr, seconds });
    };
    child.on("error", (error) => {
      stderr += error.message;
      end(1);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/** Runs a tool from node_modules by its script: npx would look for updates, and needs a shell. */
function tool(script, args, options) {
  return run(process.execPath, [join(ROOT, "node_modules", script), ...args], options);
}

/** A step that passes when its program exits with 0. */
async function check(name, running) {
  const { code, output, seconds } = await running;
  const ok = code === 0;
  return report(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }, seconds, output);
}

function build() {
  // On Windows npm is a .cmd file, which only a shell can start.
  return check("build", run("npm", ["run", "build"], { shell: process.platform === "win32" }));
}

async function lintExtension(built) {
  const name = "web-ext lint";
  if (!built) return report(name, { passed: 0, failed: 1 }, 0, "Not run: the build failed.");
  const args = ["lint", "-s", "dist/firefox", "-o", "json"];
  const { stdout, output, seconds } = await tool("web-ext/bin/web-ext.js", args);
  let found = output;
  let ok = false;
  try {
    const { errors, warnings } = JSON.parse(stdout);
    const known = warnings.filter(({ code }) => code === KNOWN_WARNING).length;
    ok = errors.length === 0 && warnings.length === known && known <= 1;
    found = [...errors, ...warnings]
      .map(({ _type, code, message, file, line }) => `${_type} ${code} ${file}:${line} ${message}`)
      .join("\n");
  } catch (error) {
    found = `${error.message}\n${output}`;
  }
  return report(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }, seconds, found);
}

async function runTests(project, limitMs) {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-results-"));
  const file = join(folder, "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const args = ["run", "--project", `${project}*`, ...reporters];
  console.log(`\n${project} tests`);
  const { code, seconds } = await tool("vitest/vitest.mjs", args, { show: true, limitMs });
  const counts = countTests(file);
  rmSync(folder, { recursive: true });
  // Vitest also fails on what no test caught, on no tests at all, or because it was stopped.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  report(`${project} tests`, counts, seconds);
}

/** Counts the tests of Vitest's JSON. Tests that couldn't run because their set-up failed have failed. */
function countTests(file) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let results;
  try {
    results = JSON.parse(readFileSync(file, "utf8")).testResults;
  } catch (error) {
    console.log(`Vitest left no results: ${error.message}`);
    return { ...counts, failed: 1 };
  }
  for (const { status, assertionResults } of results) {
    const groups = Object.values(
      assertionResults.reduce((all, test) => {
        const group = test.ancestorTitles[0] ?? "";
        all[group] = [...(all[group] ?? []), test];
        return all;
      }, {}),
    );
    let failedHere = 0;
    for (const tests of groups) {
      const passed = tests.filter((one) => one.status === "passed").length;
      const failed = tests.filter((one) => one.status === "failed").length;
      const rest = tests.length - passed - failed;
      const setUpFailed = status === "failed" && passed + failed === 0;
      counts.passed += passed;
      counts.failed += setUpFailed ? rest : failed;
      counts.skipped += setUpFailed ? 0 : rest;
      failedHere += setUpFailed ? rest : failed;
    }
    // The file itself couldn't be loaded, or its clean-up failed.
    if (status === "failed" && failedHere === 0) counts.failed += 1;
  }
  return counts;
}

/** Makes sure that the browsers are there, and says what to do if they can't be had. A test. */
async function ensureBrowsers() {
  const start = performance.now();
  let trouble;
  try {
    let missing = await missingBrowsers();
    if (missing.length > 0 && isDebian() && process.getuid?.() === 0) {
      aptInstall(missing.map(({ debian }) => debian));
      missing = await missingBrowsers();
    }
    trouble = missing
      .map(
        ({ name, get, variable }) => `${name} is missing. Install it (${get}), or set ${variable}.`,
      )
      .join("\n");
  } catch (error) {
    trouble = error.message;
  }
  const counts = { passed: trouble ? 0 : 1, failed: trouble ? 1 : 0 };
  return report("browsers", counts, (performance.now() - start) / 1000, trouble);
}

function aptInstall(packages) {
  console.log(`Installing ${packages.join(" and ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  for (const args of [["update"], install]) {
    const { status, error } = spawnSync("apt-get", ["-q", ...args], { stdio: "inherit", env });
    if (status !== 0) throw new Error(`apt-get ${args[0]} failed${error ? `: ${error}` : ""}.`);
  }
}

async function missingBrowsers() {
  // tsx is there by now; Node 20 itself can't import TypeScript.
  const { tsImport } = await import("tsx/esm/api");
  const { findChromium, findFirefox } = await tsImport("../demo/browser/find.ts", import.meta.url);
  return [
    {
      id: "chromium",
      name: "Chromium or Google Chrome",
      find: findChromium,
      debian: "chromium",
      get: "https://www.google.com/chrome/ or your system's package chromium",
      variable: "CHROMIUM_BIN",
    },
    {
      id: "firefox",
      name: "Firefox",
      find: findFirefox,
      debian: "firefox-esr",
      get: "https://www.mozilla.org/firefox/ or your system's package firefox",
      variable: "FIREFOX_BIN",
    },
  ].filter(({ id, find }) => (process.env.BROWSER ?? id) === id && find() === undefined);
}

function isDebian() {
  if (process.platform !== "linux") return false;
  const { stdout } = spawnSync("sh", ["-c", ". /etc/os-release && echo $ID"], { encoding: "utf8" });
  return stdout?.trim() === "debian";
}

const start = performance.now();
await ensureInstalled();
await ensureBrowsers();

// The unit tests wait for half of their time, and need no build: they fill what the checks leave.
const [built] = await Promise.all([
  build().then(async (built) => {
    await lintExtension(built);
    return built;
  }),
  check("lint", tool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."])),
  check("types", tool("typescript/bin/tsc", ["--noEmit"])),
  runTests("unit", STEP_LIMIT_MS),
]);
if (built) await runTests("browser", BROWSER_LIMIT_MS);
else report("browser tests", { passed: 0, failed: 1 }, 0, "Not run: the build failed.");

console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s in all`);
console.log(words(total));
process.exitCode = total.failed > 0 ? 1 : 0;
