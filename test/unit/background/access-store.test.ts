/** Who may use the page API, as it is read back: only what can be that counts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAccessStore } from "../../../src/background/access-store.ts";
import type { AccessRecord } from "../../../src/background/api-grants.ts";

const RECORD: AccessRecord = {
  origin: "http://localhost:5173",
  grants: [{ id: "018f4e5c-0000-7000-8000-000000000000", session: "s", at: 1 }],
  rejectedAt: 2,
};

/** Values in memory; `kept` is what is read back. */
function storeOf(kept: unknown) {
  const values = new Map<string, unknown>([["access", kept]]);
  return createAccessStore({
    value: async (name) => structuredClone(values.get(name)),
    saveValue: async (name, value) => void values.set(name, structuredClone(value)),
  });
}

describe("the store of access", () => {
  it("gives back what was saved, and not what was removed", async () => {
    const store = storeOf(undefined);
    expect(await store.load()).toEqual([]);
    const other = { origin: "https://acme.com", grants: [] };
    await store.save(RECORD);
    await store.save(other);
    expect(await store.load()).toEqual([RECORD, other]);
    await store.remove(RECORD.origin);
    expect(await store.load()).toEqual([other]);
  });

  it.each([
    { ...RECORD, origin: "null" },
    { ...RECORD, origin: "http://localhost:5173/app" },
    { ...RECORD, origin: "file:///" },
    { ...RECORD, grants: [{ id: "x" }] },
    { ...RECORD, grants: "all" },
    { ...RECORD, rejectedAt: "never" },
  ])("leaves out %j", async (record) => {
    expect(await storeOf([record, RECORD]).load()).toEqual([RECORD]);
  });

  it("enables nothing by what storage could give back by mistake", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), fc.array(fc.anything())), async (kept) => {
        const values = { value: async () => kept, saveValue: async () => undefined };
        expect(await createAccessStore(values).load()).toEqual([]);
      }),
    );
  });
});
