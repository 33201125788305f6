/**
 * Where nobody may read the schema: tables are named by hand, and writes are tried only where the person
 * wants it, since an event that calls another server can't be seen beforehand.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Column } from "../../../session/query/matrix/matrix.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { Checkbox, TextInput } from "../../components/field.tsx";
import type { MatrixState } from "./matrix-state.ts";

export interface UnreadSchemaProps {
  state: MatrixState;
  columns: readonly Column[];
  again: () => Promise<void>;
}

export function UnreadSchema({ state, columns, again }: UnreadSchemaProps): JSX.Element {
  const name = useSignal("");
  const labels = columns.map(({ session }) => session.label).join(", ");
  const running = state.running.value;

  function add() {
    const wanted = name.value.trim();
    if (wanted === "" || running) return;
    state.named.value = [...new Set([...state.named.value, wanted])];
    name.value = "";
    void again();
  }

  return (
    <Note tone="plain">
      <form
        class="sy-matrix-unread"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <span>
          Nobody here may read the schema for <b>{labels}</b>. Hold a session of a database user
          there, or type a table’s name.
        </span>
        <TextInput
          label="A table's name"
          placeholder="note"
          mono
          value={name.value}
          onInput={(value) => {
            name.value = value;
          }}
        />
        <Button type="submit" disabled={running || name.value.trim() === ""}>
          Add table
        </Button>
        <Checkbox
          checked={state.blindWrites.value}
          disabled={running}
          onChange={(checked) => {
            state.blindWrites.value = checked;
            if (state.named.value.length > 0) void again();
          }}
          hint="What an event does on another server is not undone."
        >
          Try writes too
        </Checkbox>
      </form>
    </Note>
  );
}
