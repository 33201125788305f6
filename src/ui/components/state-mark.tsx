/** A state: its mark in colour, and its word. */
import "./badge.css";
import type { JSX } from "preact";
import type { StateWord } from "../words/status.ts";

export function StateMark({ state }: { state: StateWord }): JSX.Element {
  return (
    <span class={`sy-state sy-tone-${state.tone}`} title={state.sentence}>
      <span class="sy-state-mark" aria-hidden="true">
        {state.mark}
      </span>
      {state.word}
    </span>
  );
}
