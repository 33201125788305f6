/** The engine as it is packed: `switchyard/engine` with its types, under the official SDK's. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** A program of somebody's who has installed the package: in its folder its own name leads to it. */
const PROGRAM = at("dist/engine/user.ts");
const SOURCE = `
import { createRemoteEngines, Surreal } from "surrealdb";
import { createSwitchyardEngine, SwitchyardError } from "switchyard/engine";

const engines = { ...createRemoteEngines(), ...createSwitchyardEngine({ reason: "To show notes" }) };
export const db: Surreal = new Surreal({ engines });
export const code = (error: SwitchyardError): number => error.code;
`;

afterAll(() => rm(PROGRAM, { force: true }));

function complaints(): string[] {
  const program = ts.createProgram([PROGRAM], {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("a program with it and the SDK has its types, and no others", async () => {
  await writeFile(PROGRAM, SOURCE);
  expect(complaints()).toEqual([]);
  await writeFile(PROGRAM, SOURCE.replace('reason: "To show notes"', "reason: 5"));
  expect(complaints()).toEqual([expect.stringContaining("'number' is not assignable")]);
});

test("what it exports is what the package says, and it brings no SDK of its own", async () => {
  const { exports } = JSON.parse(await readFile(at("package.json"), "utf8"));
  const code = await readFile(at(exports["./engine"].import), "utf8");
  expect(code).toContain('from "surrealdb"');
  const engine = await import(at(exports["./engine"].import));
  expect(Object.keys(engine.createSwitchyardEngine())).toEqual(["switchyard"]);
});
