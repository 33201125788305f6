import { chromium } from "playwright-core";
const [,, ...specs] = process.argv;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const spec of specs) {
  // name|query|width|actions(js)
  const [name, query, width = "1000", action = ""] = spec.split("|");
  const page = await browser.newPage({ viewport: { width: Number(width), height: 640 } });
  page.on("pageerror", (e) => console.log(name, "ERROR", e.message.slice(0, 400)));
  page.on("console", (m) => { if (m.type() === "error") console.log(name, "console", m.text().slice(0, 300)); });
  await page.goto(`http://127.0.0.1:5199/gallery.html?view=result&${query}`);
  await page.waitForSelector(".sy-result", { timeout: 60000 });
  await page.waitForTimeout(300);
  for (const step of action.split(";").filter(Boolean)) {
    const [verb, ...rest] = step.split("=");
    const arg = rest.join("=");
    if (verb === "click") await page.click(arg, { timeout: 5000 });
    if (verb === "key") await page.keyboard.press(arg);
    if (verb === "wait") await page.waitForTimeout(Number(arg));
    if (verb === "eval") console.log(name, JSON.stringify(await page.evaluate(arg)));
  }
  await page.waitForTimeout(150);
  const measures = await page.evaluate(() => performance.getEntriesByType("measure").map((m) => `${m.name} ${m.duration.toFixed(0)}`).join(", "));
  console.log(name, measures);
  await page.screenshot({ path: `/tmp/results-shots/${name}.png` });
  await page.close();
}
await browser.close();
