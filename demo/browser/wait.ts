/** Waiting for something to become true, by asking again and again. */

/**
 * How long anything on screen is waited for, unless told otherwise. A machine under load takes
 * seconds for what takes milliseconds elsewhere; nothing that comes in time is slowed by it.
 */
export const PATIENCE_MS = 60_000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks until the answer is neither undefined, null nor false, and returns it. After `timeoutMs` it
 * throws what `describe` says.
 */
export async function until<T>(
  ask: () => Promise<T>,
  timeoutMs: number,
  describe: () => string | Promise<string>,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let pause = 10;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > end) throw new Error(await describe());
    await sleep(pause);
    // To ask costs a few milliseconds of a processor that what is waited for needs itself.
    pause = Math.min(pause * 1.5, 200);
  }
}
