/** docs/proof-of-routes.md names tests, and docs/routes.md errors: that all of them exist. */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { RELAY_ERRORS } from "../../../src/session/relay/relay-error.ts";

const urlOf = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(urlOf(path), "utf8");
/** Titles may go on in the next line. */
const proof = read("docs/proof-of-routes.md").replaceAll(/\n(?=\S)(?!\|)/g, " ");

/** Each file with the titles that stand behind it, up to the next file. */
const named = [
  ...proof.matchAll(/`((?:unit|browser)\/[\w/-]+)`:((?:(?!`(?:unit|browser)\/)[^|])*)/g),
].map(([, file = "", behind = ""]) => ({
  file,
  titles: [...behind.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(([, title = ""]) => title),
}));

it("every file that is named is there, and every title stands in it", () => {
  expect(named.length).toBeGreaterThan(150);
  const missing = named.flatMap(({ file, titles }) => {
    const path = `test/${file}.test.ts`;
    if (!existsSync(urlOf(path))) return [path];
    const source = read(path);
    const isTitle = (title: string) =>
      ['"', "`", "'"].some((quote) => source.includes(`${quote}${title}${quote},`));
    return titles.filter((title) => !isTitle(title)).map((title) => `${path}: ${title}`);
  });
  expect(missing).toEqual([]);
  expect(named.filter(({ titles }) => titles.length === 0)).toEqual([]);
});

it("every browser test that is named runs in both browsers", () => {
  for (const { file } of named) {
    if (!file.startsWith("browser/") || file === "browser/engine-package") continue;
    expect(read(`test/${file}.test.ts`), file).toContain("describeInBrowsers(");
  }
});

it("every code and kind of error stands in docs/routes.md", () => {
  const routes = read("docs/routes.md");
  for (const [kind, code] of Object.entries(RELAY_ERRORS)) {
    expect(routes).toContain(`\n| ${code} | \`${kind}\` |`);
  }
});
