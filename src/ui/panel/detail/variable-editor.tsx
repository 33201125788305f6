/** One variable while it is written: Enter saves, Shift+Enter makes a line, Esc leaves it as it was. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { SessionVariable } from "../../../session/model.ts";
import { writeSurql } from "../../../session/surql.ts";
import { decodeShown } from "../../../wire/shown-values.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { endKey } from "../../components/end-key.ts";
import { TextInput } from "../../components/field.tsx";

export interface VariableEditorProps {
  /** Absent: a new one. */
  variable?: SessionVariable;
  /** Rejects where the server refuses. */
  onSave: (name: string, expression: string) => Promise<void>;
  onCancel: () => void;
}

/** More than this is not put into a text field: it would freeze, and nobody edits it by hand. */
const EDITABLE = 100_000;

export function VariableEditor({ variable, onSave, onCancel }: VariableEditorProps): JSX.Element {
  const original = useMemo(
    () =>
      variable && variable.omitted === undefined
        ? writeSurql(decodeShown(variable.value), { limit: EDITABLE, lineWidth: 60 })
        : { text: "", cut: variable !== undefined },
    [variable],
  );
  const name = useSignal(variable?.name ?? "");
  const text = useSignal(original.cut ? "" : original.text);
  const missing = useSignal(false);
  const saving = useAction();
  const area = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const errorId = useId();

  useLayoutEffect(() => {
    if (variable) area.current?.select();
    else form.current?.querySelector("input")?.focus();
  }, []);

  function save() {
    const bare = name.value.trim().replace(/^\$/, "");
    missing.value = bare === "" || text.value.trim() === "";
    if (missing.value) return;
    void saving.run(() => onSave(bare, text.value));
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLElement>) {
    if (event.isComposing) return;
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && !event.shiftKey) save();
    else return;
    endKey(event);
  }

  const error = missing.value
    ? "A variable needs a name and a value."
    : saving.error && [saving.error.message, saving.error.advice].filter(Boolean).join(" ");

  return (
    <form
      ref={form}
      class="sy-variable-editor"
      aria-label={variable ? `Change $${variable.name}` : "New variable"}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {variable ? (
        <span class="sy-variable-name sy-mono sy-ellipsis">${variable.name}</span>
      ) : (
        <TextInput
          label="Name of the variable"
          mono
          placeholder="name"
          value={name.value}
          onInput={(value) => {
            name.value = value;
          }}
          onKeyDown={onKeyDown}
        />
      )}
      <textarea
        ref={area}
        class="sy-area sy-mono"
        aria-label={variable ? `Value of $${variable.name} as SurrealQL` : "Value as SurrealQL"}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : errorId}
        placeholder={
          original.cut
            ? "The value is too big to be changed here: write a new one"
            : "SurrealQL: 'text', 42, user:bob, { beta: true }, time::now()"
        }
        rows={Math.min(12, Math.max(1, text.value.split("\n").length))}
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      <span class="sy-variable-editor-actions">
        <Button type="submit" variant="primary" busy={saving.busy} title="Enter">
          Save
        </Button>
        <Button onClick={onCancel} title="Esc">
          Cancel
        </Button>
      </span>
      {error !== undefined && (
        <div id={errorId} class="sy-field-error sy-variable-error sy-mono" role="alert">
          {error}
        </div>
      )}
    </form>
  );
}
