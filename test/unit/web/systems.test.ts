/** The systems stand behind one interface: nothing knows them by name, and they use nothing beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isLabelling } from "../../../src/background/stored-web.ts";
import { systemName } from "../../../src/ui/words/web.ts";
import { WEB_SYSTEMS } from "../../../src/web/systems.ts";

const SRC = fileURLToPath(new URL("../../../src", import.meta.url));
const SYSTEM = /^web\/(\w+)\//;

/** What the interface is made of, and what of the worker's own both may use. */
const INTERFACE = [
  "web/web-system.ts",
  "web/web-model.ts",
  "web/web-page.ts",
  "web/web-error.ts",
  "web/cookie-swap.ts",
];
const TOOLS = ["session/bounded-text.ts", "session/token.ts", "wire/base64.ts"];

/** Each import of one file of ours by another, both as paths in `src`. */
const imports = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) =>
    [...readFileSync(join(SRC, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
      ([, to = ""]) => ({ from: file, to: join(dirname(file), to) }),
    ),
  );
const systemOf = (file: string) => SYSTEM.exec(file)?.[1];

describe("the systems of web sign-ins", () => {
  it("are known to nothing but the list of them", () => {
    const into = imports.filter(({ from, to }) => systemOf(to) && systemOf(from) !== systemOf(to));
    expect(into).toEqual([
      { from: "web/systems.ts", to: "web/clerk/clerk.ts" },
      { from: "web/systems.ts", to: "web/supertokens/supertokens.ts" },
    ]);
  });

  it("use the interface and nothing beside it", () => {
    const outOf = imports.filter(({ from, to }) => systemOf(from) && !systemOf(to));
    expect(new Set(outOf.map(({ to }) => to))).toEqual(new Set([...INTERFACE, ...TOOLS]));
  });

  it("can all be kept and called by their names", () => {
    for (const { kind, name } of WEB_SYSTEMS) {
      expect(isLabelling({ kind, id: "s", label: "Al" }), name).toBe(true);
      expect(systemName(kind)).toBe(name);
    }
  });
});
