/** What is written about the page API names all that there is. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { API_ERRORS, API_LIMITS, API_METHODS } from "../../../src/messages/api-messages.ts";

const text = readFileSync(new URL("../../../docs/page-api.md", import.meta.url), "utf8");

it.each(Object.entries(API_METHODS))("%s stands there with all its params", (method, fields) => {
  const line = text.split("\n").find((each) => each.startsWith(`| \`${method}\``)) ?? "";
  for (const { name, kind } of fields) {
    expect(line).toContain(`\`${name}${kind.endsWith("?") ? "?" : ""}\``);
  }
  expect(line).not.toBe("");
});

it("every code of an error, every event and the limits stand there", () => {
  for (const code of Object.values(API_ERRORS)) expect(text).toContain(`\n| ${code} |`);
  for (const event of ["sessionsChanged", "routeChanged", "notification", "disconnect"]) {
    expect(text).toContain(`\n| \`${event}\` |`);
  }
  const megabytes = (bytes: number) => `| ${bytes / 1024 / 1024} MB |`;
  expect(text).toContain(`Params of one request ${megabytes(API_LIMITS.bytes)}`);
  expect(text).toContain(`A result ${megabytes(API_LIMITS.result)}`);
  expect(text).toContain(`| ${API_LIMITS.pending} a document`);
});
