/** Everything that is kept: to a file, from one, or away. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { Confirm } from "../components/confirm.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import { Checkbox } from "../components/field.tsx";
import { listOf } from "../store/tabs-of.ts";
import { plural } from "../values/sizes.ts";
import type { OptionsParts } from "./options.tsx";

/** Characters of a file to import: far more than anybody keeps. */
const LARGEST = 50_000_000;

/** "switchyard-2026-03-01.json" */
function fileName(at: Date): string {
  return `switchyard-${at.toISOString().slice(0, 10)}.json`;
}

export function AllData({ parts }: { parts: OptionsParts }): JSX.Element {
  const { client, host } = parts;
  const action = useAction();
  const secrets = useSignal(false);
  const deleting = useSignal(false);
  /** What was just done, in a sentence. */
  const done = useSignal("");
  const file = useRef<HTMLInputElement>(null);

  const exportAll = () =>
    action.run(async () => {
      done.value = "";
      const { text } = await client.call("data.export", { secrets: secrets.value });
      host.saveFile(fileName(new Date()), text);
      done.value = secrets.value
        ? "Exported, with secrets. Whoever has the file can sign in with them."
        : "Exported, without secrets.";
    });

  function importFrom(input: HTMLInputElement) {
    const chosen = input.files?.[0];
    // The same file may be chosen again after it was changed.
    input.value = "";
    if (!chosen) return;
    void action.run(async () => {
      done.value = "";
      if (chosen.size > LARGEST) throw new Error("This file is larger than any that is exported.");
      const text = await chosen.text();
      const { connections, sessions, statements } = await client.call("data.import", { text });
      const imported = [plural(connections, "connection"), plural(sessions, "session")];
      if (statements > 0) imported.push(plural(statements, "saved statement"));
      done.value = `Imported ${listOf(imported)}. What was there already stayed as it was.`;
    });
  }

  return (
    <>
      <Checkbox
        checked={secrets.value}
        hint="Tokens, passwords and keys, as far as Switchyard still has them."
        onChange={(on) => {
          secrets.value = on;
        }}
      >
        Export with secrets
      </Checkbox>
      {secrets.value && (
        <Note tone="bad">
          The file will hold tokens and passwords that anybody can read who gets it. Don’t send it,
          and don’t leave it lying.
        </Note>
      )}
      <div class="sy-options-actions">
        <Button icon="download" onClick={exportAll}>
          {secrets.value ? "Export with secrets" : "Export without secrets"}
        </Button>
        <Button icon="upload" onClick={() => file.current?.click()}>
          Import…
        </Button>
        <Button
          variant="danger"
          onClick={() => {
            done.value = "";
            deleting.value = true;
          }}
        >
          Delete everything…
        </Button>
        <input
          ref={file}
          type="file"
          class="sy-unseen"
          accept=".json,application/json"
          aria-label="Exported data"
          tabIndex={-1}
          onChange={(event) => importFrom(event.currentTarget)}
        />
      </div>
      {deleting.value && (
        <Confirm
          yes="Delete everything"
          onYes={async () => {
            if (!(await action.run(() => client.call("data.delete", {})))) return;
            deleting.value = false;
            done.value = "Deleted. Switchyard is as it was on its first day.";
          }}
          close={() => {
            deleting.value = false;
          }}
        >
          Delete all connections, sessions, sign-ins, statements, history, grants and settings?
          Sessions are closed at their servers, and tabs run as themselves again. This can’t be
          taken back.
        </Confirm>
      )}
      <p role="status" class="sy-options-done">
        {done.value}
      </p>
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}
