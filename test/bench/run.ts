/** The command behind `npm run bench`: every speed and size that the project promises, measured. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { benchEnvelope } from "./envelope.ts";
import { benchHook } from "./hook.ts";
import { benchLog } from "./log.ts";
import { benchLogScroll } from "./log-scroll.ts";
import { benchPackages } from "./packages.ts";
import { benchPanel } from "./panel.ts";
import { benchRelay } from "./relay.ts";
import { benchRestore } from "./restore.ts";
import { benchRoundTrip } from "./roundtrip.ts";
import { benchTyping } from "./typing.ts";

const USAGE = `npm run bench -- [envelope] [roundtrip] [log] [scroll] [packages] [panel] [hook]
                  [relay] [typing] [restore] [--runs 11] [--queries 10000]

Without names, all of them. A missed promise is printed as MISSED; the exit code stays 0.
  --runs N      runs of hook, relay and restore, 11 if not given: the SDK takes most of a minute for one of restore
  --queries N   queries in each run of hook, 10000 if not given`;

const { values, positionals } = parseArgs({
  options: {
    runs: { type: "string", default: "11" },
    queries: { type: "string", default: "10000" },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const runs = Number(values.runs);
const queries = Number(values.queries);
const measures: Record<string, () => Promise<boolean>> = {
  envelope: benchEnvelope,
  roundtrip: benchRoundTrip,
  log: benchLog,
  scroll: benchLogScroll,
  packages: benchPackages,
  panel: benchPanel,
  hook: () => benchHook({ runs, queries }),
  relay: () => benchRelay(runs),
  typing: () => benchTyping(),
  restore: () => benchRestore(runs),
};
const unknown = positionals.filter((name) => !(name in measures));
const areCounts = [runs, queries].every((each) => Number.isInteger(each) && each > 0);
if (values.help || unknown.length > 0 || !areCounts) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const names = positionals.length > 0 ? positionals : Object.keys(measures);
const missed: string[] = [];
console.log(`${availableParallelism()} cores, Node ${process.versions.node}\n`);
for (const name of names) {
  if (name === "restore")
    console.log(`(restore: about ${runs} minutes, nearly all of it the SDK's)`);
  if (!(await measures[name]?.())) missed.push(name);
}
console.log(
  missed.length === 0
    ? "\nEverything that was measured is as wanted."
    : `\nMissed: ${missed.join(", ")}. See docs/benchmarks.md.`,
);
process.exit(0);
