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
import type { SessionVariable } from "../../../session/model.ts";
import { decodeShown } from "../../../wire/shown-values.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { Section } from "../../components/section.tsx";
import { whyNotAct } from "../../store/acting.ts";
import type { AnySession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { isContainer, previewValue, typeName } from "../../values/format.ts";
import { byteSize } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { VariableEditor } from "./variable-editor.tsx";

/** The last change, and what was there before it; undefined: nothing. */
interface Undo {
  name: string;
  before: Uint8Array | undefined;
  word: "Changed" | "Removed" | "Added";
}

export function Variables({ session }: { session: AnySession }): JSX.Element {
  const store = useStore();
  /** The name that is being changed; "" for a new one. */
  const editing = useSignal<string | undefined>(undefined);
  const undo = useSignal<Undo | undefined>(undefined);
  const action = useAction();
  const { key, variables } = session;
  const blocked = whyNotAct(store, session);

  async function save(name: string, expression: string) {
    const before = variables.find((each) => each.name === name);
    await store.call("session.set", { key, name, expression });
    offerUndo(name, before, before ? "Changed" : "Added");
    editing.value = undefined;
  }

  function remove(variable: SessionVariable) {
    const { name } = variable;
    return action.run(async () => {
      await store.call("session.unset", { key, name });
      offerUndo(name, variable, "Removed");
    });
  }

  /** A value that was never kept can't be put back. */
  function offerUndo(name: string, before: SessionVariable | undefined, word: Undo["word"]) {
    const lost = before?.omitted !== undefined;
    undo.value = lost ? undefined : { name, before: before?.value, word };
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
          title={blocked ?? "set(): a variable of this session"}
          disabled={blocked !== undefined}
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
              blocked={blocked}
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
  /** Why it can't be changed from here. */
  blocked: string | undefined;
  onEdit: () => void;
  onRemove: () => Promise<unknown>;
}

function Variable({ variable, blocked, onEdit, onRemove }: VariableProps): JSX.Element {
  const open = useSignal(false);
  const value = useMemo(() => decodeShown(variable.value), [variable.value]);
  const { omitted } = variable;
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
        <span
          class={`sy-variable-value sy-ellipsis ${omitted === undefined ? "sy-mono" : "sy-dim"}`}
        >
          {omitted === undefined ? previewValue(value) : `not kept: ${byteSize(omitted)}`}
        </span>
      )}
      <span class="sy-variable-type sy-dim">{omitted === undefined && typeName(value)}</span>
      <span class="sy-variable-actions">
        <Button
          icon="edit"
          label={`Change $${variable.name}`}
          title={blocked}
          disabled={blocked !== undefined}
          onClick={onEdit}
        />
        <Button
          icon="close"
          label={`Remove $${variable.name}`}
          title={blocked}
          disabled={blocked !== undefined}
          onClick={onRemove}
        />
      </span>
      {open.value && (
        <div class="sy-variable-tree">
          <ValueTree value={value} label={`$${variable.name}`} />
        </div>
      )}
    </li>
  );
}
