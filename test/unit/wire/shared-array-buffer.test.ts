import { expect, it, vi } from "vitest";

it("UUIDs of text can be made where the browser hides SharedArrayBuffer", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  vi.resetModules();
  const { encodeValue, decodeValue } = await import("../../../src/wire/values.ts");
  const { Uuid } = await import("surrealdb");
  const text = "018f7b0e-6c3a-7d52-9d1b-3c2a1b0f4e5d";
  expect(String(decodeValue(encodeValue(new Uuid(text))))).toBe(text);
  vi.unstubAllGlobals();
});
