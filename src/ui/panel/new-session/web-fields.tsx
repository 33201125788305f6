/** The fields that an application's sign-in asks for: names, values, and which of them are secret. */
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { TextInput } from "../../components/field.tsx";
import { changedField, fieldDraft, type WebDraftErrors, type WebFieldDraft } from "./web-draft.ts";

export interface WebFieldsProps {
  rows: readonly WebFieldDraft[];
  errors: WebDraftErrors;
  onChange: (rows: readonly WebFieldDraft[]) => void;
}

export function WebFields({ rows, errors, onChange }: WebFieldsProps): JSX.Element {
  const change = (row: number, part: Parameters<typeof changedField>[1]) =>
    onChange(rows.map((each) => (each.row === row ? changedField(each, part) : each)));
  return (
    <fieldset class="sy-sign-in-variables sy-web-fields" aria-label="Fields of the sign-in">
      <legend class="sy-field-label">Its fields</legend>
      <div class="sy-sign-in-rows">
        {rows.map((row, index) => {
          const error = errors[`field-${row.row}`];
          const named = row.name.trim() === "" ? `field ${index + 1}` : row.name;
          return (
            <div key={row.row} class="sy-sign-in-row sy-web-field" data-sign-in-field={row.name}>
              <TextInput
                label={`Name of field ${index + 1}`}
                mono
                placeholder="name"
                value={row.name}
                invalid={error !== undefined}
                onInput={(name) => change(row.row, { name })}
              />
              <TextInput
                label={`Value of ${named}`}
                type={row.secret ? "password" : "text"}
                mono
                placeholder={row.remembered ? "remembered" : "value"}
                value={row.text}
                onInput={(text) => change(row.row, { text })}
              />
              <label class="sy-web-secret" title="Covered, and kept until the browser closes only">
                <input
                  type="checkbox"
                  aria-label={`${named} is secret`}
                  checked={row.secret}
                  onChange={(event) => change(row.row, { secret: event.currentTarget.checked })}
                />
                secret
              </label>
              <Button
                icon="close"
                label={`Remove ${named}`}
                onClick={() => onChange(rows.filter((each) => each.row !== row.row))}
              />
              {error !== undefined && (
                <div class="sy-field-error" role="alert">
                  {error}
                </div>
              )}
            </div>
          );
        })}
        {errors.fields !== undefined && (
          <div class="sy-field-error" role="alert">
            {errors.fields}
          </div>
        )}
        <Button icon="add" variant="quiet" onClick={() => onChange([...rows, fieldDraft()])}>
          Field
        </Button>
      </div>
    </fieldset>
  );
}
