import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Checkbox } from "../components/field.tsx";

/** What stands beside "Remember on this computer", wherever it is offered. */
export const REMEMBER_HINT = "Stored unencrypted in this browser profile; for development users.";

/** The choice, in forms. To be offered for servers on this machine only. */
export function RememberChoice({ on }: { on: Signal<boolean> }): JSX.Element {
  return (
    <Checkbox
      checked={on.value}
      hint={REMEMBER_HINT}
      onChange={(checked) => {
        on.value = checked;
      }}
    >
      Remember on this computer
    </Checkbox>
  );
}
