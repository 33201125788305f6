/** A session's name in the header of its page, with the way to another one. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Action } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { RenameField } from "./rename-field.tsx";

export interface HeadLabelProps {
  label: string;
  action: Action;
  /** Absent: it keeps its name. */
  rename?: ((label: string) => Promise<unknown>) | undefined;
}

export function HeadLabel({ label, action, rename }: HeadLabelProps): JSX.Element {
  const renaming = useSignal(false);
  if (rename && renaming.value) {
    return (
      <RenameField
        label={label}
        rename={rename}
        action={action}
        onDone={() => {
          renaming.value = false;
        }}
      />
    );
  }
  return (
    <>
      <h1 class="sy-ellipsis" title={label}>
        {label}
      </h1>
      {rename && (
        <Button
          icon="edit"
          label="Rename"
          onClick={() => {
            renaming.value = true;
          }}
        />
      )}
    </>
  );
}
