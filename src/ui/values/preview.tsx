/** A value on one line, each part in the colour of its type; what doesn't fit is cut by the line. */
import "./values.css";
import type { JSX } from "preact";
import { previewParts, typeName } from "./format.ts";
import { toneOf } from "./tones.ts";

export interface PreviewProps {
  value: unknown;
  /** Characters, about. Default 160: more than most lines hold. */
  limit?: number;
}

export function Preview({ value, limit = 160 }: PreviewProps): JSX.Element {
  return (
    <span class="sy-preview" title={typeName(value)}>
      {previewParts(value, { limit }).map(({ text, kind }, index) => (
        // A preview is painted whole or not at all, so its parts never change places.
        <span key={index} class={kind === "key" ? "sy-tree-key" : toneOf(kind)}>
          {text}
        </span>
      ))}
    </span>
  );
}
