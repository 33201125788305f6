/** docs/operations.md names tests and commands: that each of them exists. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { METHODS } from "../../../src/ui/query/methods.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const document = read("docs/operations.md");

test("every test that is named is there", () => {
  const named = [
    ...document.matchAll(/\b((?:operations|life|page|route|query)-[a-z-]+): \*([^*]+)\*/g),
  ];
  expect(named.length).toBeGreaterThan(80);
  const missing = named.filter(
    ([, file, title = ""]) =>
      !new RegExp(`test\\(\\s*["'\`]${escaped(title)}`).test(read(`test/browser/${file}.test.ts`)),
  );
  expect(missing.map(([reference]) => reference)).toEqual([]);
});

test("every test of the operations is named", () => {
  const operations = ["sessions", "sign-in", "place-and-variables", "query", "keyboard"];
  const page = ["sessions", "life", "requests", "acting", "copy", "quiet"];
  const files = [
    ...operations.map((part) => `operations-${part}`),
    ...page.map((part) => `page-${part}`),
  ];
  for (const file of files) {
    const titles = [...read(`test/browser/${file}.test.ts`).matchAll(/\btest\(\s*"([^"]+)"/g)];
    for (const [, title] of titles) expect(document).toContain(`${file}: *${title}*`);
  }
});

test("every command of a session that is named is one, and every one is named", () => {
  const commands = new Set(
    [...read("src/messages/commands.ts").matchAll(/^ {2}"(session\.\w+)":/gm)].map(
      ([, name]) => name,
    ),
  );
  const named = new Set([...document.matchAll(/`(session\.\w+)`/g)].map(([, name]) => name));
  expect([...named].sort()).toEqual([...commands].sort());
});

test("every command about routes, the page API and kept data that is named is one, and every one is named", () => {
  const source = read("src/messages/route-commands.ts");
  const commands = [...source.matchAll(/^ {2}"([a-z]+\.\w+)":/gm)].map(([, name]) => name);
  const named = new Set(
    [...document.matchAll(/`((?:route|api|data)\.\w+)`/g)].map(([, name]) => name),
  );
  expect([...named].sort()).toEqual(commands.sort());
});

test("every command about kept statements that is named is one, and every one is named", () => {
  const source = read("src/messages/statement-commands.ts");
  const commands = [...source.matchAll(/^ {2}"(statements?\.\w+)":/gm)].map(([, name]) => name);
  const named = new Set([...document.matchAll(/`(statements?\.\w+)`/g)].map(([, name]) => name));
  expect([...named].sort()).toEqual(commands.sort());
});

test("every RPC method of the picker is named", () => {
  for (const { name } of METHODS) expect(document).toContain(`\`${name}`);
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
