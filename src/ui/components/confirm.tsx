/** A question at its place: what would happen, and the two ways out. */
import type { ComponentChildren, JSX } from "preact";
import { Button } from "./button.tsx";
import { Note } from "./error-note.tsx";

export interface ConfirmProps {
  children: ComponentChildren;
  /** The word on the button that goes on; absent: there is nothing to go on with. */
  yes?: string;
  no?: string;
  onYes: () => unknown;
  close: () => void;
}

export function Confirm({ children, yes, no = "Keep", onYes, close }: ConfirmProps): JSX.Element {
  return (
    <Note
      tone="warn"
      actions={
        <>
          {yes !== undefined && <Button onClick={onYes}>{yes}</Button>}
          <Button onClick={close}>{no}</Button>
        </>
      }
    >
      {children}
    </Note>
  );
}
