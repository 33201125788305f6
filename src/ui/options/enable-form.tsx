/** One line of text that enables one more place: what it can't be read as is said beneath it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { type Action, toErrorView } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { Field, TextInput } from "../components/field.tsx";

export interface EnableFormProps<Place> {
  label: string;
  hint: string;
  placeholder: string;
  action: Action;
  /** @throws what is shown beneath the text */
  read: (text: string) => Place;
  /** Why the place needs nothing, in a sentence. */
  already: (place: Place) => string | undefined;
  /** @returns whether it is enabled now, and the text done with */
  enable: (place: Place) => Promise<boolean>;
}

export function EnableForm<Place>(props: EnableFormProps<Place>): JSX.Element {
  const { label, hint, placeholder, action, read, already, enable } = props;
  const text = useSignal("");
  const wrong = useSignal("");

  function submit() {
    let place: Place;
    try {
      place = read(text.value);
    } catch (error) {
      const { message, advice } = toErrorView(error);
      wrong.value = advice ? `${message} ${advice}` : message;
      return;
    }
    wrong.value = already(place) ?? "";
    if (wrong.value !== "") return;
    void action.run(async () => {
      if (await enable(place)) text.value = "";
    });
  }

  return (
    <form
      class="sy-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field label={label} hint={hint} error={wrong.value || undefined}>
        {({ id, describedBy }) => (
          <div class="sy-options-add">
            <TextInput
              id={id}
              describedBy={describedBy}
              value={text.value}
              placeholder={placeholder}
              invalid={wrong.value !== ""}
              onInput={(value) => {
                text.value = value;
                wrong.value = "";
              }}
            />
            <Button type="submit" variant="primary" busy={action.busy}>
              Enable
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
