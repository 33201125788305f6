/** WCAG AA, 1.4.3 and 1.4.11, for the tokens of both themes on every ground that they are used on. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PALETTE } from "../../../src/session/palette.ts";
import { luminance } from "../../../src/ui/words/colour.ts";

const css = readFileSync(new URL("../../../src/ui/theme.css", import.meta.url), "utf8");

function tokens(theme: string): Map<string, string> {
  const block = css.split(`[data-theme="${theme}"] {`)[1]?.split("}")[0] ?? "";
  return new Map(
    [...block.matchAll(/--sy-([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [
      match[1] ?? "",
      match[2] ?? "",
    ]),
  );
}

const USES: readonly [text: string, grounds: readonly string[]][] = [
  [
    "text",
    [
      "bg",
      "bg-bar",
      "bg-raised",
      "bg-hover",
      "bg-selected-quiet",
      "bg-field",
      "bg-code",
      "good-bg",
      "warn-bg",
      "bad-bg",
    ],
  ],
  [
    "text-dim",
    ["bg", "bg-bar", "bg-raised", "bg-hover", "bg-selected-quiet", "bg-field", "warn-bg", "bad-bg"],
  ],
  ["text-selected", ["bg-selected"]],
  ["accent", ["bg", "bg-bar"]],
  ["on-accent", ["accent", "accent-hover"]],
  ["good", ["bg", "bg-hover", "bg-selected-quiet", "bg-selected", "good-bg"]],
  ["warn", ["bg", "bg-bar", "bg-hover", "bg-selected-quiet", "bg-selected", "warn-bg"]],
  ["bad", ["bg", "bg-hover", "bg-selected-quiet", "bg-selected", "bad-bg"]],
  ["idle", ["bg", "bg-hover", "bg-selected-quiet", "bg-selected"]],
  ["value-string", ["bg", "bg-code"]],
  ["value-number", ["bg", "bg-code"]],
  ["value-keyword", ["bg", "bg-code"]],
  ["value-key", ["bg", "bg-code", "bg-hover"]],
  ["value-record", ["bg", "bg-code"]],
];

describe.each(["light", "dark"])("the %s theme", (theme) => {
  const values = tokens(theme);
  const contrast = (one: string, other: string) => {
    const [a = 0, b = 0] = [one, other].map((name) => {
      const value = values.get(name);
      if (!value) throw new Error(`No token --sy-${name}`);
      return luminance(value);
    });
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };

  it.each(USES)("%s can be read", (text, grounds) => {
    for (const ground of grounds) {
      expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(PALETTE)(
    "can be read under $name, where the tab runs as such a session",
    ({ colour }) => {
      const part = (hex: string, at: number) =>
        Number.parseInt(hex.slice(1 + at * 2, 3 + at * 2), 16);
      for (const ground of ["bg-bar", "bg"]) {
        const under = values.get(ground) ?? "";
        // As `color-mix(in srgb, colour 10%, ground)` has it.
        const mixed = [0, 1, 2].map((at) =>
          Math.round(part(colour, at) * 0.1 + part(under, at) * 0.9),
        );
        values.set("mixed", `#${mixed.map((each) => each.toString(16).padStart(2, "0")).join("")}`);
        for (const text of ["text", "text-dim", "good", "warn", "bad", "idle"]) {
          expect(contrast(text, "mixed"), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    },
  );

  it("shows the edges of fields and the focus", () => {
    expect(contrast("line-strong", "bg")).toBeGreaterThanOrEqual(3);
    expect(contrast("focus", "bg")).toBeGreaterThanOrEqual(3);
    expect(contrast("focus", "bg-selected")).toBeGreaterThanOrEqual(3);
  });
});
