/**
 * What the hook adds to the start of each page: its own run in a fresh document, compiled anew as in a new
 * process or known to the browser as on a reload, and how much later the first script of an empty page
 * runs with the extension.
 */
import { readFile } from "node:fs/promises";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { serveStatic } from "../../demo/server/static-server.ts";
import { HANDSHAKE } from "../../src/messages/page-messages.ts";
import { report } from "./measure.ts";

/** Milliseconds that the hook may add. */
const ALLOWED = 2;
const RUNS = 41;

const PAGE = `<!doctype html><title>Start</title><script>
const [{ responseStart }] = performance.getEntriesByType("navigation");
window.firstScriptAfter = performance.now() - responseStart;
</script>`;

/** Prints a line for each measure. @returns whether both are small enough. */
export async function benchHookStart(
  browsers: Record<"without" | "hook", ExtensionBrowser>,
): Promise<boolean> {
  const server = await serveStatic(0, () => ({ type: "text/html", body: PAGE }));
  try {
    const open = (browser: ExtensionBrowser) =>
      browser.openPage(`http://localhost:${server.port}/`);
    const pages = { without: await open(browsers.without), hook: await open(browsers.hook) };
    const source = await hookSource();
    const run = (anew: boolean) => pages.without.evaluate(runHook, source, HANDSHAKE, RUNS, anew);
    const [compiled, known] = [await run(true), await run(false)];
    const later: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const [first, second] =
        run % 2 === 0 ? (["without", "hook"] as const) : (["hook", "without"] as const);
      const times = {
        [first]: await firstScript(pages[first]),
        [second]: await firstScript(pages[second]),
      };
      later.push((times.hook as number) - (times.without as number));
    }
    return [
      reportShare("Hook: its own run, compiled anew", compiled),
      reportShare("Hook: its own run, known", known),
      reportShare("Page: its first script runs later", later),
    ].every(Boolean);
  } finally {
    await server.close();
  }
}

/** Milliseconds from the first byte of the page until its first script runs. */
async function firstScript(page: Page): Promise<number> {
  await page.reload();
  return page.evaluate("firstScriptAfter");
}

/** The hook as it was built: the content script of the manifest for the page's own world. */
async function hookSource(): Promise<string> {
  const built = new URL("../../dist/chrome/", import.meta.url);
  const manifest = JSON.parse(await readFile(new URL("manifest.json", built), "utf8")) as {
    content_scripts: { world?: string; js: string[] }[];
  };
  const script = manifest.content_scripts.find(({ world }) => world === "MAIN")?.js[0];
  if (script === undefined) throw new Error("The build has no hook.");
  return readFile(new URL(script, built), "utf8");
}

/** Runs in the page: evaluates the hook in new frames, each accepting it as the bridge does. */
function runHook(source: string, handshake: string, runs: number, anew: boolean): number[] {
  return Array.from({ length: runs }, (_, run) => {
    const frame = document.createElement("iframe");
    document.documentElement.append(frame);
    const inside = frame.contentWindow as Window & typeof globalThis;
    inside.document.addEventListener(handshake, (event) => event.preventDefault());
    const script = inside.document.createElement("script");
    // A text that was seen before is compiled already.
    script.textContent = anew ? `${source}\n// ${run} ${Math.random()}` : source;
    const begun = performance.now();
    inside.document.documentElement.append(script);
    const taken = performance.now() - begun;
    if (!String(Object.getOwnPropertyDescriptor(inside, "WebSocket")?.value).includes("native"))
      throw new Error("The hook didn't run as it does in pages.");
    frame.remove();
    return taken;
  });
}

/** One line, as a share of what is allowed. */
function reportShare(name: string, times: readonly number[]): boolean {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] as number;
  // Of so many short times the extremes are the machine's: the spread is that of the middle half.
  const [lowest, ratio, highest] = [at(0.25) / ALLOWED, at(0.5) / ALLOWED, at(0.75) / ALLOWED];
  const detail = `${at(0.5).toFixed(2)} ms of ${ALLOWED} ms`;
  return report(name, { ratio, lowest, highest }, { atMost: 1, bySpread: true }, detail);
}
