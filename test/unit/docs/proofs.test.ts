/** docs/proof-of-….md name tests, docs/routes.md errors, and stand-ins what they aren't: all of it is there. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RELAY_ERRORS } from "../../../src/session/relay/relay-error.ts";

const urlOf = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(urlOf(path), "utf8");

/** Each file that a document names, with the titles that stand behind it, up to the next file. */
function namedIn(document: string): { file: string; titles: string[] }[] {
  // Titles may go on in the next line.
  const proof = read(document).replaceAll(/\n(?=\S)(?!\|)/g, " ");
  return [
    ...proof.matchAll(/`((?:unit|browser)\/[\w/-]+)`:((?:(?!`(?:unit|browser)\/)[^|])*)/g),
  ].map(([, file = "", behind = ""]) => ({
    file,
    titles: [...behind.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(([, title = ""]) => title),
  }));
}

describe.each([
  ["docs/proof-of-routes.md", 150],
  ["docs/proof-of-web-sign-ins.md", 100],
  ["docs/proof-of-query.md", 80],
])("%s", (document, atLeast) => {
  const named = namedIn(document);

  it("names files that are there, and titles that stand in them", () => {
    expect(named.length).toBeGreaterThan(atLeast);
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

  it("names browser tests that run in both browsers", () => {
    for (const { file } of named) {
      if (!file.startsWith("browser/") || file === "browser/engine-package") continue;
      expect(read(`test/${file}.test.ts`), file).toContain("describeInBrowsers(");
    }
  });
});

it("every code and kind of error stands in docs/routes.md", () => {
  const routes = read("docs/routes.md");
  for (const [kind, code] of Object.entries(RELAY_ERRORS)) {
    expect(routes).toContain(`\n| ${code} | \`${kind}\` |`);
  }
});

it.each(["supertokens/core-standin", "clerk/frontend-api"])(
  "the stand-in %s says at its head what it leaves out",
  (file) => {
    const [head = ""] = read(`test/support/web/${file}.ts`).split("*/");
    expect(head).toMatch(/leaves out:|Left out:/);
  },
);
