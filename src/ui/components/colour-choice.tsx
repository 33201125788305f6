/** The colours to choose from, each with the letter that will stand in it. One radio group. */
import "./colour-choice.css";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { PALETTE } from "../../session/palette.ts";
import { badgeLetter, inkOn } from "../words/colour.ts";

export interface ColourChoiceProps {
  /** The session's label, for the letter. */
  label: string;
  value: string;
  onChange: (colour: string) => void;
  id?: string;
}

export function ColourChoice({ label, value, onChange, id }: ColourChoiceProps): JSX.Element {
  const group = useId();
  return (
    <fieldset class="sy-colours" id={id} aria-label="Colour">
      {PALETTE.map(({ name, colour }) => (
        <label key={colour} class="sy-colour" title={name}>
          <input
            type="radio"
            name={group}
            class="sy-unseen"
            aria-label={name}
            checked={value.toLowerCase() === colour}
            onChange={() => onChange(colour)}
          />
          <span style={{ background: colour, color: inkOn(colour) }} aria-hidden="true">
            {badgeLetter(label)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
