/** How many requests the log holds, and how much of memory, before the oldest go. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { DEFAULT_LIMITS } from "../../session/log/log-entry.ts";
import { Button } from "../components/button.tsx";
import { Field, TextInput } from "../components/field.tsx";
import type { Preferences } from "../store/preferences.ts";

const MEGABYTE = 1024 * 1024;
const ENTRIES = { least: 100, most: 1_000_000 };
const MEGABYTES = { least: 1, most: 1_024 };

const fits = (value: string, { least, most }: typeof ENTRIES) =>
  /^\d+$/.test(value.trim()) && Number(value) >= least && Number(value) <= most;

export function LogLimitsForm({ preferences }: { preferences: Preferences }): JSX.Element {
  const limits = preferences.get("requests.limits", DEFAULT_LIMITS);
  const entries = useSignal("");
  const megabytes = useSignal("");
  const saved = useSignal(false);
  // What is remembered may come after the form is there.
  useSignalEffect(() => {
    entries.value = String(limits.value.entries);
    megabytes.value = String(Math.round(limits.value.bytes / MEGABYTE));
  });
  const valid = fits(entries.value, ENTRIES) && fits(megabytes.value, MEGABYTES);

  return (
    <form
      class="sy-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid) return;
        preferences.set("requests.limits", {
          entries: Number(entries.value),
          bytes: Number(megabytes.value) * MEGABYTE,
        });
        saved.value = true;
      }}
    >
      <p>The log drops its oldest requests, and says so, when it reaches either of these.</p>
      <NumberField label="Requests" value={entries} range={ENTRIES} changed={saved} />
      <NumberField label="Megabytes" value={megabytes} range={MEGABYTES} changed={saved} />
      <div class="sy-options-actions">
        <Button type="submit" disabled={!valid}>
          Save
        </Button>
        <span role="status">{saved.value && "Saved. It holds for panels opened from now on."}</span>
      </div>
    </form>
  );
}

interface NumberFieldProps {
  label: string;
  value: Signal<string>;
  range: { least: number; most: number };
  changed: Signal<boolean>;
}

function NumberField({ label, value, range, changed }: NumberFieldProps): JSX.Element {
  const { least, most } = range;
  const valid = fits(value.value, range);
  return (
    <Field
      label={label}
      error={
        valid
          ? undefined
          : `A whole number from ${least.toLocaleString("en")} to ${most.toLocaleString("en")}.`
      }
    >
      {({ id, describedBy }) => (
        <TextInput
          id={id}
          describedBy={describedBy}
          type="number"
          min={least}
          value={value.value}
          invalid={!valid}
          onInput={(text) => {
            value.value = text;
            changed.value = false;
          }}
        />
      )}
    </Field>
  );
}
