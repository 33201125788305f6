/** Waiting for something to become true, by asking again and again. */

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
    pause = Math.min(pause * 1.5, 100);
  }
}
