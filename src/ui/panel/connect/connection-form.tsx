/**
 * The form of a connection: where the server is, and where sessions begin on it.
 *
 * What is typed is mended where only one thing can be meant, and the mended URL is shown before it is
 * used. After saving, the outcome of connecting is shown here, within five seconds.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mendUrl } from "../../../session/connection-url.ts";
import { messageOf } from "../../../session/errors.ts";
import type { ConnectionView } from "../../../session/model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Checkbox, Field, TextInput } from "../../components/field.tsx";
import { useStore } from "../../store/context.ts";

/** What stands beside "Careful", wherever it is offered. */
export const CAREFUL_HINT =
  "For servers where a mistake costs: a red bar while a tab runs on it, no shortcuts, never “always”.";

export const DEFAULT_URL = "ws://localhost:8000/rpc";

/** What the URL becomes; the reason where nothing can be made of it. */
function mending(text: string): { hint?: string; error?: string } {
  try {
    const { url, mended } = mendUrl(text);
    return mended === undefined ? {} : { hint: `Will connect to ${url} (${mended}).` };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

export interface ConnectionFormProps {
  /** Absent: a new one. */
  connection?: ConnectionView;
  /** What a new one begins with; absent: `DEFAULT_URL`. */
  url?: string;
  /** The connection's id, once it is stored. */
  onSaved: (id: string) => void;
}

export function ConnectionForm(props: ConnectionFormProps): JSX.Element {
  const { connection, onSaved } = props;
  const store = useStore();
  const url = useSignal(connection?.url ?? props.url ?? DEFAULT_URL);
  const name = useSignal(connection?.name ?? "");
  const namespace = useSignal(connection?.namespace ?? "");
  const database = useSignal(connection?.database ?? "");
  const careful = useSignal(connection?.careful === true);
  const saving = useAction();
  const { hint, error } = mending(url.value);
  const needsNamespace = namespace.value.trim() === "" && database.value.trim() !== "";

  function save() {
    const input = {
      url: url.value.trim(),
      name: name.value.trim() || undefined,
      namespace: namespace.value.trim() || undefined,
      database: database.value.trim() || undefined,
      careful: careful.value,
    };
    void saving.run(async () => {
      if (connection) {
        await store.call("connection.edit", { id: connection.id, ...input });
        onSaved(connection.id);
      } else {
        const added = await store.call("connection.add", input);
        onSaved(added.id);
      }
    });
  }

  return (
    <form
      class="sy-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (error === undefined && !needsNamespace) save();
      }}
    >
      <Field label="URL" hint={hint} error={error}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            describedBy={describedBy}
            mono
            value={url.value}
            invalid={error !== undefined}
            onInput={(text) => {
              url.value = text;
            }}
          />
        )}
      </Field>
      <Field label="Name">
        {({ id }) => (
          <TextInput
            id={id}
            value={name.value}
            placeholder="As the host"
            onInput={(text) => {
              name.value = text;
            }}
          />
        )}
      </Field>
      <Field label="Namespace">
        {({ id }) => (
          <TextInput
            id={id}
            value={namespace.value}
            placeholder="Where new sessions begin (optional)"
            onInput={(text) => {
              namespace.value = text;
            }}
          />
        )}
      </Field>
      <Field
        label="Database"
        error={needsNamespace ? "A database needs its namespace." : undefined}
      >
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            describedBy={describedBy}
            value={database.value}
            placeholder="Optional"
            onInput={(text) => {
              database.value = text;
            }}
          />
        )}
      </Field>
      <Checkbox
        checked={careful.value}
        hint={CAREFUL_HINT}
        onChange={(on) => {
          careful.value = on;
        }}
      >
        Careful
      </Checkbox>
      <div class="sy-form-actions">
        <Button
          type="submit"
          // Of a connection that is there already the form is a side matter.
          variant={connection ? "plain" : "primary"}
          busy={saving.busy}
          disabled={error !== undefined || needsNamespace}
        >
          {connection ? "Save" : "Connect"}
        </Button>
      </div>
      <ErrorNote error={saving.error} onRetry={save} />
    </form>
  );
}
