/**
 * What a fresh clone lacks: checks Node's version and installs the packages.
 *
 * Used by every command that has to work with nothing but Node and npm, so it imports nothing that isn't
 * Node's own.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The oldest Node that the tools (Vite 8) run on. */
const OLDEST_NODE = [20, 19];

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Makes sure that Node is new enough and that node_modules is what package-lock.json says; runs `npm ci`
 * with its output shown where it isn't. Ends the process with a word to the person where that can't be had.
 */
export async function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    console.error(
      `Switchyard needs Node ${OLDEST_NODE.join(".")} or later; this is ${process.versions.node}. Get it from https://nodejs.org.`,
    );
    process.exit(1);
  }
  if (isInstalled()) return;

  console.log("Installing the packages (npm ci) …");
  // On Windows npm is a .cmd file, which only a shell can start.
  const shell = process.platform === "win32";
  const { status, error } = spawnSync("npm", ["ci"], { cwd: ROOT, stdio: "inherit", shell });
  if (status !== 0) {
    console.error(`npm ci failed${error ? `: ${error.message}` : ""}. Nothing was started.`);
    process.exit(1);
  }
}

/**
 * Whether each package of the lock file is installed in its version. npm keeps a list of what it installed
 * in node_modules; packages for other systems are missing from it, so optional ones may be absent.
 */
function isInstalled() {
  const wanted = readPackages("package-lock.json");
  const present = readPackages("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  return Object.entries(wanted)
    .filter(([path]) => path !== "")
    .every(([path, { version, optional }]) => {
      const found = present[path];
      return found ? found.version === version : optional === true;
    });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(`${ROOT}/${file}`, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
