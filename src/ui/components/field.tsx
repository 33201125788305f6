/**
 * Form fields: a label, one control, and beneath it a hint or what is wrong with it. The label is
 * tied to the control by its id, so that a click and a screen reader find it.
 */
import "./field.css";
import type { ComponentChildren, JSX, Ref, TargetedKeyboardEvent } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong, as one sentence. */
  error?: ComponentChildren;
  /** Given the id that the control must carry, and that of the text which describes it. */
  children: (ids: { id: string; describedBy: string | undefined }) => ComponentChildren;
}

export function Field({ label, hint, error, children }: FieldProps): JSX.Element {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div class="sy-field">
      <label class="sy-field-label" for={id}>
        {label}
      </label>
      <div class="sy-field-control">
        {children({ id, describedBy: note === undefined ? undefined : noteId })}
        {note !== undefined && (
          <div
            id={noteId}
            class={error === undefined ? "sy-field-hint" : "sy-field-error"}
            role={error === undefined ? undefined : "alert"}
          >
            {note}
          </div>
        )}
      </div>
    </div>
  );
}

export interface TextInputProps {
  value: string;
  onInput: (value: string) => void;
  id?: string;
  /** Accessible name where no visible label is tied to it. */
  label?: string;
  describedBy?: string;
  type?: "text" | "password" | "number" | "search" | "url";
  placeholder?: string;
  mono?: boolean;
  invalid?: boolean;
  disabled?: boolean;
  required?: boolean;
  min?: number;
  onKeyDown?: (event: TargetedKeyboardEvent<HTMLInputElement>) => void;
  onBlur?: () => void;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextInput(props: TextInputProps): JSX.Element {
  // Preact types the attributes of each input type apart, and a union of types fits none of them.
  const type = { type: props.type ?? "text" } as { type: "text" };
  return (
    <input
      {...type}
      ref={props.inputRef}
      id={props.id}
      class={`sy-input${props.mono ? " sy-mono" : ""}`}
      value={props.value}
      placeholder={props.placeholder}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
      disabled={props.disabled}
      required={props.required}
      min={props.min}
      // Names and passwords of development servers are no concern of the browser's own memory.
      autocomplete={props.type === "password" ? "new-password" : "off"}
      autocapitalize="off"
      spellcheck={false}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={props.onKeyDown}
      onBlur={props.onBlur}
    />
  );
}

export interface SelectOption<T extends string> {
  value: T;
  text: string;
  /** Options with the same word that follow one another stand together under it. */
  group?: string;
}

export interface SelectProps<T extends string> {
  value: T;
  options: readonly SelectOption<T>[];
  onChange: (value: T) => void;
  id?: string;
  label?: string;
  describedBy?: string;
  disabled?: boolean;
}

export function Select<T extends string>(props: SelectProps<T>): JSX.Element {
  return (
    <select
      id={props.id}
      class="sy-select"
      value={props.value}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      disabled={props.disabled}
      onChange={(event) => props.onChange(event.currentTarget.value as T)}
    >
      {grouped(props.options).map(({ group, options }) =>
        group ? (
          <optgroup key={group} label={group}>
            {options.map(toOption)}
          </optgroup>
        ) : (
          options.map(toOption)
        ),
      )}
    </select>
  );
}

function toOption<T extends string>({ value, text }: SelectOption<T>): JSX.Element {
  return (
    <option key={value} value={value}>
      {text}
    </option>
  );
}

/** Runs of options with the same group, in order. */
function grouped<T extends string>(options: readonly SelectOption<T>[]) {
  const runs: { group: string | undefined; options: SelectOption<T>[] }[] = [];
  for (const option of options) {
    const last = runs.at(-1);
    if (last && last.group === option.group) last.options.push(option);
    else runs.push({ group: option.group, options: [option] });
  }
  return runs;
}

export interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ComponentChildren;
  /** A sentence beneath, dimmed. */
  hint?: string;
  disabled?: boolean;
}

export function Checkbox(props: CheckboxProps): JSX.Element {
  const id = useId();
  return (
    <div class="sy-checkbox">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label for={id}>{props.children}</label>
      {props.hint !== undefined && (
        <div id={`${id}-hint`} class="sy-checkbox-hint">
          {props.hint}
        </div>
      )}
    </div>
  );
}
