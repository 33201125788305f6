/** The command behind `npm run soak`. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launchChromium } from "../../demo/browser/chromium.ts";
import { launchFirefox } from "../../demo/browser/firefox.ts";
import { soak } from "./soak.ts";

const USAGE = `npm run soak -- [--operations 10000] [--seed N] [--firefox]

Random operations on a routed page; a violation ends it with exit code 1. The same seed gives the same
operations in the same order.`;

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    firefox: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [operations, seed] = [Number(values.operations), Number(values.seed)];
if (values.help || ![operations, seed].every((each) => Number.isInteger(each) && each >= 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const build = values.firefox ? "firefox" : "chrome";
const extensionDir = fileURLToPath(new URL(`../../dist/${build}`, import.meta.url));
const launch = values.firefox
  ? () => launchFirefox({ extensionDir })
  : () =>
      launchChromium({
        extensionDir,
        args: ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
      });
console.log(`${operations} operations in ${build}, seed ${seed}`);
const begun = performance.now();
try {
  const { kinds, ...counts } = await soak({ launch, seed, operations, tell: console.log });
  console.log(`Nothing is wrong: ${JSON.stringify(counts)}`);
  for (const [kind, times] of Object.entries(kinds)) console.log(`  ${times} × ${kind}`);
  console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
