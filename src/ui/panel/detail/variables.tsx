/**
 * The session's variables, changed in place as SurrealQL.
 *
 * What is typed is evaluated by the server in this very session, so any type can be written. A
 * refusal stands at the field with what was typed; the old value stays. The last change can be taken
 * back: the bytes as they were are kept until the next one.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SessionVariable, SessionView } from "../../../session/model.ts";
import { decodeValue } from "../../../wire/values.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { Section } from "../../components/section.tsx";
import { useStore } from "../../store/context.ts";
import { isContainer, previewValue, typeName } from "../../values/format.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { VariableEditor } from "./variable-editor.tsx";

/** The last change, and what was there before it; undefined: nothing. */
interface Undo {
  name: string;
  before: Uint8Array | undefined;
  word: "Changed" | "Removed" | "Added";
}

export function Variables({ session }: { session: SessionView }): JSX.Element {
  const store = useStore();
  /** The name that is being changed; "" for a new one. */
  const editing = useSignal<string | undefined>(undefined);
  const undo = useSignal<Undo | undefined>(undefined);
  const action = useAction();
  const { key, variables } = session;

  async function save(name: string, expression: string) {
    const before = variables.find((each) => each.name === name)?.value;
    await store.call("session.set", { key, name, expression });
    undo.value = { name, before, word: before ? "Changed" : "Added" };
    editing.value = undefined;
  }

  function remove({ name, value }: SessionVariable) {
    return action.run(async () => {
      await store.call("session.unset", { key, name });
      undo.value = { name, before: value, word: "Removed" };
    });
  }

  function takeBack({ name, before }: Undo) {
    return action.run(async () => {
      if (before) await store.call("session.set", { key, name, value: before });
      else await store.call("session.unset", { key, name });
      undo.value = undefined;
    });
  }

  const last = undo.value;
  return (
    <Section
      id="variables"
      title="Variables"
      count={variables.length}
      actions={
        <Button
          variant="quiet"
          icon="add"
          title="set(): a variable of this session"
          onClick={() => {
            editing.value = "";
          }}
        >
          Variable
        </Button>
      }
    >
      {variables.length === 0 && editing.value === undefined && (
        <p class="sy-dim sy-section-empty">None. A variable is there as $name in every query.</p>
      )}
      <ul class="sy-variables">
        {variables.map((variable) =>
          editing.value === variable.name ? (
            <li key={variable.name}>
              <VariableEditor
                variable={variable}
                onSave={save}
                onCancel={() => {
                  editing.value = undefined;
                }}
              />
            </li>
          ) : (
            <Variable
              key={variable.name}
              variable={variable}
              onEdit={() => {
                editing.value = variable.name;
              }}
              onRemove={() => remove(variable)}
            />
          ),
        )}
        {editing.value === "" && (
          <li>
            <VariableEditor
              onSave={save}
              onCancel={() => {
                editing.value = undefined;
              }}
            />
          </li>
        )}
      </ul>
      {last && (
        <Note
          tone="plain"
          actions={
            <>
              <Button icon="undo" onClick={() => takeBack(last)}>
                Undo
              </Button>
              <Button
                icon="close"
                label="Dismiss"
                onClick={() => {
                  undo.value = undefined;
                }}
              />
            </>
          }
        >
          {last.word} <span class="sy-mono">${last.name}</span>.
        </Note>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </Section>
  );
}

interface VariableProps {
  variable: SessionVariable;
  onEdit: () => void;
  onRemove: () => Promise<unknown>;
}

function Variable({ variable, onEdit, onRemove }: VariableProps): JSX.Element {
  const open = useSignal(false);
  const value = useMemo(() => decodeValue(variable.value), [variable.value]);
  const looksInto = isContainer(value) || (typeof value === "string" && value.length > 60);
  return (
    <li class="sy-variable" data-variable={variable.name}>
      <span class="sy-variable-name sy-mono sy-ellipsis" title={`$${variable.name}`}>
        ${variable.name}
      </span>
      {looksInto ? (
        <button
          type="button"
          class="sy-variable-value sy-mono sy-ellipsis"
          aria-expanded={open.value}
          aria-label={`Value of $${variable.name}: ${previewValue(value)}`}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {previewValue(value)}
        </button>
      ) : (
        <span class="sy-variable-value sy-mono sy-ellipsis">{previewValue(value)}</span>
      )}
      <span class="sy-variable-type sy-dim">{typeName(value)}</span>
      <span class="sy-variable-actions">
        <Button icon="edit" label={`Change $${variable.name}`} onClick={onEdit} />
        <Button icon="close" label={`Remove $${variable.name}`} onClick={onRemove} />
      </span>
      {open.value && (
        <div class="sy-variable-tree">
          <ValueTree value={value} label={`$${variable.name}`} />
        </div>
      )}
    </li>
  );
}
