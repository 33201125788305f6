/**
 * Draws public/icons/switchyard-N.png from public/icons/switchyard.svg, in Chromium.
 *
 *     npx tsx test/support/icons/render.ts
 *
 * Run it after a change of the drawing, look at each size, and commit the results: the build only
 * copies them. The drawing stands on a grid of 32 with 4 for a line and for a gap, so that at 16
 * pixels every edge falls between two pixels.
 */
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const folder = new URL("../../../public/icons/", import.meta.url);
const svg = await readFile(new URL("switchyard.svg", folder), "utf8");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  for (const size of [16, 32, 48, 128]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    const png = await page.screenshot({ omitBackground: true });
    await writeFile(new URL(`switchyard-${size}.png`, folder), png);
    await page.close();
    console.log(`switchyard-${size}.png  ${png.length} bytes`);
  }
} finally {
  await browser.close();
}
