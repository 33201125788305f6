/** After how many days without use a session is given up: in the panel's settings and in the options. */
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { ViewClient } from "../../messages/view-client.ts";
import type { WorkerState } from "../store/worker-state.ts";
import { useAction } from "./action.ts";
import { Button } from "./button.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Field, TextInput } from "./field.tsx";

const DAY = 86_400_000;

export interface AbandonFormProps {
  settings: WorkerState["settings"];
  call: ViewClient["call"];
  onSaved: () => void;
  /** Beside the button. */
  children?: ComponentChildren;
}

export function AbandonForm(props: AbandonFormProps): JSX.Element {
  const { settings, call, onSaved } = props;
  const days = useSignal("");
  const saving = useAction();
  // What is set may come after the form is there, and change elsewhere.
  useSignalEffect(() => {
    days.value = String(settings.value.abandonAfter / DAY);
  });
  const value = Number(days.value);
  const valid = Number.isFinite(value) && value > 0 && value <= 3650;

  async function save() {
    const abandonAfter = Math.round(value * DAY);
    if (await saving.run(() => call("settings.change", { abandonAfter }))) onSaved();
  }

  return (
    <form
      class="sy-form"
      // A browser allows whole numbers only, where it isn't told otherwise.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) void save();
      }}
    >
      <Field
        label="Abandon after"
        hint="Days without use after which a session is given up. Touch brings it back."
        error={valid ? undefined : "A number of days between 0 and 3650."}
      >
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            describedBy={describedBy}
            type="number"
            min={0}
            value={days.value}
            invalid={!valid}
            onInput={(text) => {
              days.value = text;
            }}
          />
        )}
      </Field>
      <div class="sy-form-actions">
        <Button
          type="submit"
          variant="primary"
          busy={saving.busy}
          disabled={!valid || value * DAY === settings.value.abandonAfter}
        >
          Save
        </Button>
        {props.children}
      </div>
      <ErrorNote error={saving.error} />
    </form>
  );
}
