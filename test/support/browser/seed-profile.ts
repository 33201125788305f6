/**
 * The profile that every new one of Firefox begins with, made once for all browser tests: each of them is
 * a folder of its own as before, but Firefox needn't compile itself anew in each.
 */
import type { TestProject } from "vitest/node";
import { makeFirefoxSeed } from "../../../demo/browser/firefox.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder; undefined where it isn't worth its while, or couldn't be made. */
    firefoxSeed: string | undefined;
  }
}

export default async function makeSeed({ provide }: TestProject) {
  provide("firefoxSeed", undefined);
  const onlySome = process.argv.some((argument) => argument.includes("test/browser/"));
  if (process.env.BROWSER === "chromium" || onlySome) return undefined;
  try {
    const seed = await makeFirefoxSeed();
    provide("firefoxSeed", seed.dir);
    return () => seed.discard();
  } catch (error) {
    // The tests in Firefox will say what is the matter, and those in Chromium can run.
    console.error("No profile to begin with:", error);
    return undefined;
  }
}
