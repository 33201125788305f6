/** A session's mark: its colour, and always a letter in it. */
import "./badge.css";
import type { JSX } from "preact";
import { badgeLetter, inkOn } from "../words/colour.ts";

export function Badge({ label, colour }: { label: string; colour: string }): JSX.Element {
  return (
    <span class="sy-badge" style={{ background: colour, color: inkOn(colour) }} aria-hidden="true">
      {badgeLetter(label)}
    </span>
  );
}
