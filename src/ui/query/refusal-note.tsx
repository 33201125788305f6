/** Nothing was sent: why, and the place in the text that it is about. */
import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { Note } from "../components/error-note.tsx";
import type { Refusal } from "./run-plan.ts";

export interface RefusalNoteProps {
  refusal: Refusal;
  /** Marks a part of the text in the editor; absent: the text isn't there any more. */
  goTo?: (from: number, to: number) => void;
}

export function RefusalNote({ refusal, goTo }: RefusalNoteProps): JSX.Element {
  const { place } = refusal;
  const go = place && goTo && <Button onClick={() => goTo(place.from, place.to)}>Go to it</Button>;
  return (
    <div data-refused>
      <Note tone="warn" actions={go}>
        {place?.word && <b class="sy-mono">{place.word} · </b>}
        {refusal.reason} Nothing was sent.
      </Note>
    </div>
  );
}
