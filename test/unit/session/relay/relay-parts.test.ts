/** Answers in parts: whole again at the other end, and each part fit for a port. */
import { expect, it } from "vitest";
import { joined, partsOf } from "../../../../src/session/relay/relay-parts.ts";

it("are the frame again, bytes or text", () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  expect(joined(partsOf(bytes))).toEqual(bytes);
  const text = "abc".repeat(60_000);
  expect(joined(partsOf(text))).toBe(text);
  expect(partsOf("small")).toEqual(["small"]);
});

it("never split a character in two, wherever it stands", () => {
  for (const before of ["", "a"]) {
    const text = before + "😀".repeat(100_000);
    const parts = partsOf(text) as string[];
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).not.toMatch(/[\ud800-\udfff]/u);
    expect(joined(parts)).toBe(text);
  }
});
