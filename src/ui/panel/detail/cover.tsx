/** A secret's place: dots while it is covered, and the button that shows or covers it. */
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";

export interface CoverProps {
  covered: boolean;
  onToggle: () => unknown;
}

export function Cover({ covered, onToggle }: CoverProps): JSX.Element {
  return (
    <>
      {covered && (
        <span class="sy-dim" role="img" aria-label="covered">
          ••••••••
        </span>
      )}
      <Button onClick={onToggle}>{covered ? "Show" : "Hide"}</Button>
    </>
  );
}
