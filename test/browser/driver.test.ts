/**
 * The drivers of the browsers, on the least extension that has a panel: what every other browser
 * test takes for granted.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";

const extensionDir = fileURLToPath(
  new URL("../support/browser/fixture-extension", import.meta.url),
);

/** Width and height of a PNG, from its header. */
async function sizeOf(file: string): Promise<[width: number, height: number]> {
  const bytes = await readFile(file);
  expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

let server: Server;
let url: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-pictures-"));
  server = createServer((request, response) => {
    // A policy that forbids eval: the driver must reach into such pages too.
    response.setHeader("Content-Security-Policy", "script-src 'none'");
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>${request.url}</title><h1>Page ${request.url}</h1>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

describeInBrowsers("driver", ({ name, launch, newProfileDir }) => {
  let browser: ExtensionBrowser;
  let page: Page;
  let panel: Page;
  beforeAll(async () => {
    browser = await launch({ extensionDir });
    page = await browser.openPage(`${url}/first`);
    panel = await browser.openPanel(page, { width: 800, height: 500 });
  });

  test("the panel is the real one, of this tab, in the size asked for", async () => {
    expect(await panel.url()).toBe(`${browser.extensionOrigin}/panel.html`);
    const api = name === "chromium" ? "chrome" : "browser";
    const inspected = await panel.evaluate<number, []>(`${api}.devtools.inspectedWindow.tabId`);
    expect(inspected).toBe(await browser.tabIdOf(page));
    expect(inspected).toBe(await browser.tabIdOf(panel));
    expect(await panel.evaluate(() => [innerWidth, innerHeight])).toEqual([800, 500]);
  });

  test("evaluates in the page's own world, awaits promises, and passes errors on", async () => {
    await page.evaluate(() => {
      document.title = "changed";
    });
    expect(await page.evaluate("document.title")).toBe("changed");
    const sum = async (a: number, b: number) => {
      const later = (value: number) =>
        new Promise<number>((resolve) => setTimeout(() => resolve(value), 5));
      return (await later(a)) + (await later(b));
    };
    expect(await page.evaluate(sum, 2, 3)).toBe(5);
    expect(await page.evaluate("new Uint8Array(2) instanceof window.Uint8Array")).toBe(true);
    await expect(page.evaluate("Promise.reject(new Error('on purpose'))")).rejects.toThrow(
      "on purpose",
    );
    await expect(page.evaluate("no expression")).rejects.toThrow("SyntaxError");
    await expect(
      page.evaluate("new Promise(() => { location.href = '/elsewhere'; })"),
    ).rejects.toThrow();
    await page.see("text=Page /elsewhere");
  });

  test("mouse and keyboard are a person's", async () => {
    await panel.reload();
    await panel.fill("label=User name", "Älice");
    await panel.press("Control+Enter");
    await panel.type("x !");
    await panel.press("Shift+Home");
    await panel.press("Backspace");
    await panel.type("Bob");
    await panel.select("label=Level", "namespace");
    await panel.click("label=Remember on this computer");
    await panel.click('role=button[name="Greet"]');
    await panel.see("text*=Hello Bob");
    expect(await panel.value("label=User name")).toBe("Bob");
    expect(await panel.value("label=Level")).toBe("n");
    expect(await panel.value("label=Remember on this computer")).toBe(true);
    const log = await panel.texts("#log li");
    expect(log).toContain("input Älice");
    expect(log).toContain("keydown Control+Enter Enter");
    expect(log).toContain("change Bob");
    for (const type of ["pointerdown", "mousedown", "click"])
      expect(log).toContain(`${type} trusted=true`);
    await panel.press("Tab");
    await panel.waitFor("document.activeElement.ariaLabel === 'Remove Alice'");
    await panel.click("text=At the bottom");
    await panel.see("#log >> text=deep");
  });

  test("a press that the page moves away from meets nothing else, and is made anew", async () => {
    await panel.reload();
    await panel.evaluate(() => {
      const greet = document.querySelector("#greet") as HTMLElement;
      const other = document.createElement("button");
      other.textContent = "In its place";
      other.addEventListener("click", () => other.setAttribute("data-pressed", ""));
      greet.addEventListener("pointermove", () => greet.before(other), { once: true });
    });
    await panel.click('role=button[name="Greet"]');
    await panel.see("text*=Hello");
    await panel.see('role=button[name="In its place"]');
    expect(await panel.count("[data-pressed]")).toBe(0);
    await panel.click('role=button[name="In its place"]');
    await panel.see("[data-pressed]");
    await panel.reload();
  });

  test("selectors find by role and name, and say why not", async () => {
    const soon = { timeoutMs: 300 };
    expect(await panel.count('role=button[name="Remove Alice"]')).toBe(1);
    expect(await panel.count('role=button[name*="e"]')).toBe(3);
    expect(await panel.count('role=button[name="Secret"]')).toBe(0);
    expect(await panel.text('p >> role=button[name="Greet"]')).toBe("Greet");
    expect(await panel.text("role=button >> nth=0")).toBe("Greet");
    expect(await panel.count("role=heading")).toBe(1);
    await expect(panel.click("role=button", soon)).rejects.toThrow("elements match");
    await expect(panel.click("#nothing", soon)).rejects.toThrow("nothing matches");
    await expect(panel.see("text=Nobody", soon)).rejects.toThrow(/shows: .*panel.html\nFixture/);
    await panel.evaluate(() => {
      const cover = document.createElement("div");
      cover.id = "cover";
      cover.style.cssText = "position: fixed; inset: 0";
      document.body.append(cover);
    });
    await expect(panel.click('role=button[name="Greet"]', soon)).rejects.toThrow("covered by");
    await panel.evaluate("void document.querySelector('#cover').remove()");
    await panel.click('role=button[name="Greet"]');
  });

  test("pictures have the size asked for", async () => {
    const file = join(folder, `${name}.png`);
    for (const width of [400, 800, 1400]) {
      await panel.screenshot(file, { width, height: 600 });
      expect(await sizeOf(file)).toEqual([width, 600]);
    }
    await panel.screenshot(file, { width: 1000, height: 700, around: true, scale: 2 });
    expect(await sizeOf(file)).toEqual([2000, 1400]);
    expect(await panel.evaluate(() => innerHeight)).toBeLessThan(700);
    await page.screenshot(file, { width: 900, height: 650 });
    expect(await sizeOf(file)).toEqual([900, 650]);
  });

  test("the theme of DevTools", async () => {
    panel = await browser.openPanel(page, { dark: true });
    expect(await panel.evaluate("document.body.className")).toBe("dark");
    panel = await browser.openPanel(page, { dark: false });
    expect(await panel.evaluate("document.body.className")).toBe("");
  });

  test("the worker is stopped, and comes back with the next message", async () => {
    const greet = async () => {
      await panel.reload();
      await panel.click('role=button[name="Greet"]');
      await panel.see("text*=Hello");
      return Number(/start (\d+)/.exec(await panel.text("#answer"))?.[1]);
    };
    const first = await greet();
    expect(await browser.worker.isRunning()).toBe(true);
    expect(await browser.worker.evaluate((n: number) => n + 1, 41)).toBe(42);
    await browser.worker.kill();
    expect(await browser.worker.isRunning()).toBe(false);
    await expect(browser.worker.evaluate("1")).rejects.toThrow("isn't running");
    await browser.worker.kill();
    expect(await greet()).toBe(first + 1);
    expect(await browser.worker.isRunning()).toBe(true);
  });

  test("what was copied, and what nobody caught", async () => {
    await panel.fill("label=User name", "copied “text”");
    await panel.click('role=button[name="Copy"]');
    await expect.poll(() => browser.clipboardText()).toBe("copied “text”");
    expect(await browser.errors()).toEqual([]);
    await panel.click('role=button[name="Fail"]');
    await expect
      .poll(() => browser.errors())
      .toEqual(
        expect.arrayContaining([
          expect.stringContaining("the panel fails on purpose"),
          expect.stringContaining("the worker fails on purpose"),
        ]),
      );
  });

  test("two tabs, each with its panel; pages that the extension opened; pages that fail", async () => {
    const second = await browser.openPage(`${url}/second`);
    const other = await browser.openPanel(second);
    expect(await browser.tabIdOf(second)).not.toBe(await browser.tabIdOf(page));
    expect(await browser.tabIdOf(other)).toBe(await browser.tabIdOf(second));
    await other.fill("label=User name", "second");
    await panel.fill("label=User name", "first");
    expect(await other.value("label=User name")).toBe("second");
    const own = await browser.openExtensionPage("panel.html?tab=1");
    expect(await own.url()).toBe(`${browser.extensionOrigin}/panel.html?tab=1`);
    await own.evaluate("void window.open('/panel.html?opened')");
    await own.screenshot(join(folder, `${name}-own.png`), { width: 400, height: 600 });
    expect(await sizeOf(join(folder, `${name}-own.png`))).toEqual([400, 600]);
    const opened = await browser.findPage(`${browser.extensionOrigin}/panel.html?opened`);
    expect(await opened.text("h1")).toBe("Fixture");
    for (const closing of [opened, own, other, second]) await closing.close();
    await expect(second.url()).rejects.toThrow();
    await page.goto(`${url}/third`);
    await page.goto(`${url}/third#hash`);
    await page.see("text=Page /third");
    await expect(page.goto("http://127.0.0.1:9/")).rejects.toThrow("can't be loaded");
  });

  test("a restart with the same profile keeps what the extension stored", async () => {
    const profileDir = await newProfileDir();
    const answers: string[] = [];
    const origins = new Set<string>();
    for (let run = 0; run < 2; run++) {
      const restarted = await launch({ extensionDir, profileDir });
      origins.add(restarted.extensionOrigin);
      const own = await restarted.openExtensionPage("panel.html");
      await own.click('role=button[name="Greet"]');
      await own.see("text*=Hello");
      answers.push(await own.text("#answer"));
      await restarted.close();
      await restarted.closed;
    }
    expect(origins.size).toBe(1);
    expect(answers).toEqual([
      "Hello : start 1, local 1, database 1",
      "Hello : start 1, local 2, database 2",
    ]);
  });
});
