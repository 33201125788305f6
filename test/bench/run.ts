/** The command behind `npm run bench`: every speed and size that the project promises, measured. */
import { parseArgs } from "node:util";
import { benchEnvelope } from "./envelope.ts";
import { benchRestore } from "./restore.ts";
import { benchRoundTrip } from "./roundtrip.ts";

const USAGE = `npm run bench -- [restore] [roundtrip] [envelope] [--runs 11]

Without names, all of them. A missed promise is printed as MISSED; the exit code stays 0.
  --runs N   of restore only: each run of the SDK takes most of a minute`;

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "11" }, help: { type: "boolean", default: false } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const measures: Record<string, () => Promise<boolean>> = {
  envelope: benchEnvelope,
  roundtrip: benchRoundTrip,
  restore: () => benchRestore(runs),
};
const unknown = positionals.filter((name) => !(name in measures));
if (values.help || unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const names = positionals.length > 0 ? positionals : Object.keys(measures);
const missed: string[] = [];
for (const name of names) {
  if (!(await measures[name]?.())) missed.push(name);
}
console.log(
  missed.length === 0
    ? "\nEverything that was measured is as wanted."
    : `\nMissed: ${missed.join(", ")}. See docs/benchmarks.md.`,
);
process.exit(0);
