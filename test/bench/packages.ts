/** What people download: the store zips of both builds, packed as `npm run package` does. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { report } from "./measure.ts";

/** Bytes. */
const LARGEST = 500_000;

/** Prints one line for each browser. @returns whether both are small enough. */
export async function benchPackages(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-packages-"));
  const webExt = fileURLToPath(
    new URL("../../node_modules/web-ext/bin/web-ext.js", import.meta.url),
  );
  let met = true;
  try {
    for (const browser of ["chrome", "firefox"]) {
      const source = fileURLToPath(new URL(`../../dist/${browser}`, import.meta.url));
      const target = join(folder, browser);
      await promisify(execFile)(process.execPath, [
        webExt,
        ...["build", "--no-input", "-s", source, "-a", target],
      ]);
      const [zip] = await readdir(target);
      if (zip === undefined) throw new Error(`web-ext made no package of ${source}`);
      const { size } = await stat(join(target, zip));
      const ratio = size / LARGEST;
      const measured = { ratio, lowest: ratio, highest: ratio };
      const detail = `${(size / 1000).toFixed(0)} KB of ${LARGEST / 1000} KB`;
      met =
        report(`Package for ${browser}, of what is allowed`, measured, { atMost: 1 }, detail) &&
        met;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return met;
}
