/** Nothing was sent, and why; the editor marks the place in the text that it is about. */
import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { Note } from "../components/error-note.tsx";
import type { Refusal } from "./run-plan.ts";

export interface RefusalNoteProps {
  refusal: Refusal;
  /** Puts the cursor to the place that it is about. */
  onGo: (place: NonNullable<Refusal["place"]>) => void;
}

export function RefusalNote({ refusal, onGo }: RefusalNoteProps): JSX.Element {
  const { place, reason } = refusal;
  const isNamed = place !== undefined && reason.startsWith(place.word);
  return (
    <div data-refused>
      <Note
        tone="warn"
        actions={
          place && (
            <Button title={`Puts the cursor to ${place.word}`} onClick={() => onGo(place)}>
              Go to it
            </Button>
          )
        }
      >
        {place?.word && !isNamed && <b class="sy-mono">{place.word} · </b>}
        {reason} Nothing was sent.
      </Note>
    </div>
  );
}
