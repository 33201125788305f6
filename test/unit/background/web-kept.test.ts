/** Saved web sessions in the file of all data, out and in. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptWeb, readKeptWeb } from "../../../src/background/kept-web.ts";
import { failureOf } from "../../support/scene.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

async function written() {
  const scene = new WebScene();
  await scene.savedAll("alice", "bob");
  await scene.operations.edit(TAB, scene.saved("alice").key, { label: "Al", colour: "#c5282f" });
  return JSON.parse(JSON.stringify(keptWeb(scene.book.saved))) as Record<string, never>[];
}

async function read(file: unknown[], scene = new WebScene()) {
  await scene.book.ready;
  let count = 0;
  for (const record of readKeptWeb(file)) {
    if (await scene.book.saved.import(record)) count += 1;
  }
  return { scene, count };
}

describe("the file", () => {
  it("has the saved sessions, and never their sign-ins", async () => {
    const file = await written();
    expect(file).toMatchObject([
      { label: "Al", colour: "#c5282f", seen: { id: "alice-1", userName: "alice" } },
      { label: "bob" },
    ]);
    expect(JSON.stringify(file)).not.toContain("alice-1 1");
  });

  it("read elsewhere lists them, waiting to be signed in again", async () => {
    const { scene, count } = await read(await written());
    expect(count).toBe(2);
    expect(scene.saved("alice")).toMatchObject({
      label: "Al",
      colour: "#c5282f",
      status: "expired",
      cause: expect.stringContaining("not kept"),
    });
    expect((await read(await written(), scene)).count).toBe(0);
  });
});

describe("a file that anybody may have written", () => {
  it("is refused with the place of what is wrong", async () => {
    const refused = async (change: (entry: Record<string, unknown>) => void) => {
      const file = await written();
      change(file[1] as Record<string, unknown>);
      const { name, message } = await failureOf(Promise.resolve().then(() => readKeptWeb(file)));
      expect(name).toBe("KeptFileError");
      return message;
    };
    expect(await refused((each) => Object.assign(each, { origin: "javascript:1" }))).toBe(
      "Saved sign-in 2 can't be read.",
    );
    expect(await refused((each) => Object.assign(each, { colour: "red;}" }))).toContain("2");
    expect(
      await refused((each) => Object.assign(each, { seen: { kind: "clerk", id: "x" } })),
    ).toContain("2");
  });

  it("brings nothing in but what is known", async () => {
    const file = await written();
    Object.assign(file[0] ?? {}, { key: "saved/mine", owner: "extension", evil: 1 });
    Object.assign((file[0] as unknown as { seen: object }).seen, { claims: { a: 1 }, tokens: "x" });
    const [first] = readKeptWeb(file);
    expect(first).toMatchObject({ owner: "unsure", seen: { tokens: [] } });
    expect(Object.keys(first ?? {})).not.toContain("evil");
    expect(first?.seen).not.toHaveProperty("claims");
  });

  it("never breaks the reader", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (file) => {
        try {
          readKeptWeb(file);
        } catch (error) {
          expect(error).toMatchObject({ name: "KeptFileError" });
        }
      }),
    );
  });
});
