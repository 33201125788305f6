/** Nothing was sent, and why; the editor marks the place in the text that it is about. */
import type { JSX } from "preact";
import { Note } from "../components/error-note.tsx";
import type { Refusal } from "./run-plan.ts";

export function RefusalNote({ refusal }: { refusal: Refusal }): JSX.Element {
  const { place, reason } = refusal;
  const isNamed = place !== undefined && reason.startsWith(place.word);
  return (
    <div data-refused>
      <Note tone="warn">
        {place?.word && !isNamed && <b class="sy-mono">{place.word} · </b>}
        {reason} Nothing was sent.
      </Note>
    </div>
  );
}
