/** The label of a session while it is being changed: Enter keeps, Esc leaves it as it was. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Action } from "../components/action.ts";
import { endKey } from "../components/end-key.ts";
import { TextInput } from "../components/field.tsx";

export interface RenameFieldProps {
  label: string;
  /** Keeps the new one. */
  rename: (label: string) => Promise<unknown>;
  /** Where a refusal is shown. */
  action: Action;
  onDone: () => void;
}

export function RenameField({ label, rename, action, onDone }: RenameFieldProps): JSX.Element {
  const text = useSignal(label);
  const input = useRef<HTMLInputElement>(null);
  /** Enter and Esc take the field away, which blurs it: that must not save a second time. */
  const settled = useRef(false);
  useLayoutEffect(() => input.current?.select(), []);

  function leave(save: boolean) {
    if (settled.current) return;
    settled.current = true;
    const wanted = text.value.trim();
    onDone();
    if (!save || wanted === "" || wanted === label) return;
    void action.run(() => rename(wanted));
  }

  return (
    <TextInput
      inputRef={input}
      label="Name of the session"
      value={text.value}
      onInput={(value) => {
        text.value = value;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        endKey(event);
        leave(event.key === "Enter");
      }}
      onBlur={() => {
        // Another window came to the front: the field is still the one that keys go to.
        if (document.activeElement !== input.current) leave(true);
      }}
    />
  );
}
