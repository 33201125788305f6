/** Saves what is written under a name, and asks before another statement of that name is overwritten. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { NAME_LENGTH } from "../../../session/query/kept-statements.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { TextInput } from "../../components/field.tsx";
import type { PanelStore } from "../../store/store.ts";
import type { QueryState } from "../query-state.ts";
import { type Shelf, writtenIn } from "./shelf.ts";

export interface SaveFormProps {
  store: PanelStore;
  state: QueryState;
  shelf: Shelf;
  leave: () => void;
}

export function SaveForm({ store, state, shelf, leave }: SaveFormProps): JSX.Element {
  const id = useId();
  const name = useSignal(shelf.name.peek());
  /** The name that is another statement's. */
  const taken = useSignal<string | undefined>(undefined);
  const action = useAction();

  function save(replace: boolean) {
    return action.run(async () => {
      const answer = await store.call("statement.save", {
        ...writtenIn(state),
        name: name.value,
        ...(replace && { replace }),
      });
      taken.value = answer.taken;
      if (answer.taken !== undefined) return;
      shelf.name.value = name.value.trim();
      store.announce(`Saved as “${shelf.name.value}”`);
      leave();
    });
  }

  return (
    <form
      class="sy-shelf-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!action.busy) void save(taken.value !== undefined);
      }}
    >
      <div class="sy-shelf-naming">
        <label for={id}>Save as</label>
        <TextInput
          id={id}
          value={name.value}
          placeholder="A name"
          required
          onInput={(value) => {
            name.value = value.slice(0, NAME_LENGTH);
            taken.value = undefined;
          }}
        />
        <Button variant="primary" type="submit" busy={action.busy}>
          {taken.value === undefined ? "Save" : "Overwrite"}
        </Button>
        <Button
          onClick={() => {
            shelf.saving.value = false;
          }}
        >
          Cancel
        </Button>
      </div>
      {taken.value !== undefined && (
        <Note tone="warn">There is a statement “{taken.value}” already. Overwrite it?</Note>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </form>
  );
}
