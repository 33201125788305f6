/**
 * How every speed in this project is measured: two sides run in turn on the same machine in the
 * same minute, and only the ratio of the two is reported. A slow or busy machine slows both, so
 * the ratio stays; the spread over the runs tells how far it can be trusted.
 */
import { performance } from "node:perf_hooks";

/**
 * One side of a comparison. Where only a part of the work counts, it measures that part itself
 * and returns the milliseconds; else the whole call counts.
 */
export type Side = () => number | undefined | Promise<number | undefined> | Promise<void>;

export interface Comparison<Name extends string> {
  /** Milliseconds, the median over the runs, of each side. */
  medians: Record<Name, number>;
  /** Milliseconds of every run, in order, of each side. */
  runs: Record<Name, number[]>;
}

/** A ratio, by the median of the runs' own ratios, with the lowest and highest of them. */
export interface Ratio {
  ratio: number;
  lowest: number;
  highest: number;
}

/**
 * Runs the sides in turn, after one run of each that doesn't count. Every second run goes in the
 * opposite order, so that neither side always has the warmer cache or the fuller heap.
 * @param runs how often each side runs.
 */
export async function interleaved<Name extends string>(
  sides: Record<Name, Side>,
  runs = 11,
): Promise<Comparison<Name>> {
  const names = Object.keys(sides) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (const name of names) await timed(sides[name]);
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? names : [...names].reverse();
    for (const name of order) times[name].push(await timed(sides[name]));
  }
  const medians = Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<
    Name,
    number
  >;
  return { medians, runs: times };
}

/** @returns how many times longer `upper` took than `lower`, run by run. */
export function ratioOf<Name extends string>(
  comparison: Comparison<Name>,
  upper: Name,
  lower: Name,
): Ratio {
  const below = comparison.runs[lower];
  const ratios = comparison.runs[upper].map((time, run) => time / (below[run] as number));
  return {
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}

/** With `bySpread` it is missed only where every run misses it: for bars as close as the spread is wide. */
export type Wanted = ({ atLeast: number } | { atMost: number }) & { bySpread?: true };

/**
 * Prints one line: name, ratio, spread, what is wanted, met or missed.
 * @param detail said at the end of the line, such as the two medians.
 * @returns whether the wanted is met.
 */
export function report(name: string, measured: Ratio, wanted: Wanted, detail = ""): boolean {
  const { bySpread } = wanted;
  const met =
    "atLeast" in wanted
      ? (bySpread ? measured.highest : measured.ratio) >= wanted.atLeast
      : (bySpread ? measured.lowest : measured.ratio) <= wanted.atMost;
  const bound = "atLeast" in wanted ? `≥ ${wanted.atLeast}` : `≤ ${wanted.atMost}`;
  const spread = `${show(measured.lowest)} … ${show(measured.highest)}`;
  const end = detail === "" ? "" : `   ${detail}`;
  console.log(
    `${name.padEnd(44)} ${show(measured.ratio).padStart(7)}   (${spread})   wanted ${bound}   ${met ? "met" : "MISSED"}${end}`,
  );
  return met;
}

/**
 * The same for what is promised as a number of its own: median, lowest and highest run. Missed only if
 * every run misses it: what else the machine does is in the others.
 */
export function reportLimit(
  name: string,
  runs: readonly number[],
  atMost: number,
  unit: string,
  detail = "",
): boolean {
  const lowest = Math.min(...runs);
  const met = lowest <= atMost;
  const spread = `${lowest.toFixed(0)} … ${Math.max(...runs).toFixed(0)}`;
  const end = detail === "" ? "" : `   ${detail}`;
  console.log(
    `${name.padEnd(44)} ${median(runs).toFixed(0).padStart(7)}   (${spread})   wanted ≤ ${atMost} ${unit}   ${met ? "met" : "MISSED"}${end}`,
  );
  return met;
}

function show(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}

async function timed(side: Side): Promise<number> {
  const begin = performance.now();
  const own = await side();
  return typeof own === "number" ? own : performance.now() - begin;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
