/** The label of a session while it is being changed: Enter keeps, Esc leaves it as it was. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { SessionView } from "../../session/model.ts";
import type { Action } from "../components/action.ts";
import { TextInput } from "../components/field.tsx";
import { useStore } from "../store/context.ts";

export interface RenameFieldProps {
  session: SessionView;
  /** Where a refusal is shown. */
  action: Action;
  onDone: () => void;
}

export function RenameField({ session, action, onDone }: RenameFieldProps): JSX.Element {
  const store = useStore();
  const text = useSignal(session.label);
  const input = useRef<HTMLInputElement>(null);
  /** Enter and Esc take the field away, which blurs it: that must not save a second time. */
  const settled = useRef(false);
  useLayoutEffect(() => input.current?.select(), []);

  function leave(save: boolean) {
    if (settled.current) return;
    settled.current = true;
    const label = text.value.trim();
    onDone();
    if (!save || label === "" || label === session.label) return;
    void action.run(() => store.call("session.edit", { key: session.key, label }));
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
        event.preventDefault();
        event.stopPropagation();
        leave(event.key === "Enter");
      }}
      onBlur={() => {
        // Another window came to the front: the field is still the one that keys go to.
        if (document.activeElement !== input.current) leave(true);
      }}
    />
  );
}
