/** The connections: named, marked Careful, removed. They are made in the panel, where they are used. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ConnectionView } from "../../session/model.ts";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { Confirm } from "../components/confirm.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { Checkbox, TextInput } from "../components/field.tsx";
import { isClosed } from "../store/sessions.ts";
import { listOf } from "../store/tabs-of.ts";
import { plural } from "../values/sizes.ts";
import { siteName } from "../words/routes.ts";
import type { OptionsParts } from "./options.tsx";

export function Connections({ parts }: { parts: OptionsParts }): JSX.Element {
  const connections = parts.connections.all.value;
  if (parts.loaded.value && connections.length === 0) {
    return <p class="sy-dim">None yet. The first is made in the panel, with its first session.</p>;
  }
  return (
    <ul class="sy-options-rows">
      {connections.map((connection) => (
        <Connection key={connection.id} connection={connection} parts={parts} />
      ))}
    </ul>
  );
}

interface ConnectionProps {
  connection: ConnectionView;
  parts: OptionsParts;
}

function Connection({ connection, parts }: ConnectionProps): JSX.Element {
  const { client } = parts;
  const { id, url, namespace, database } = connection;
  const action = useAction();
  /** The name as it is being written; undefined: it isn't. */
  const name = useSignal<string | undefined>(undefined);
  const removing = useSignal(false);
  const sessions = parts.sessions.all.value.filter(
    (session) => session.connectionId === id && !isClosed(session),
  ).length;

  const sites = parts.routed.value
    .filter(({ to }) => parts.sessions.get(to).value?.connectionId === id)
    .map(({ origin }) => siteName(origin));
  const cut =
    sites.length === 0
      ? ""
      : ` Tabs of ${listOf([...new Set(sites)])} run as one of them: their requests then fail.`;

  const edit = (part: { name?: string; careful?: boolean }) =>
    action.run(() =>
      client.call("connection.edit", {
        ...{ id, url, name: connection.name, namespace, database },
        ...part,
      }),
    );

  async function rename() {
    const wanted = name.value?.trim();
    if (!wanted || wanted === connection.name || (await edit({ name: wanted }))) {
      name.value = undefined;
    }
  }

  return (
    <li data-connection={id}>
      <div class="sy-options-row">
        <div class="sy-options-what">
          {name.value === undefined ? (
            <b>{connection.name}</b>
          ) : (
            <TextInput
              label={`Name of ${connection.name}`}
              value={name.value}
              inputRef={(input) => {
                // Once, when it appears.
                if (input && document.activeElement !== input) input.focus();
              }}
              onInput={(text) => {
                name.value = text;
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter") void rename();
                else if (event.key === "Escape") name.value = undefined;
                else return;
                event.preventDefault();
              }}
            />
          )}
          <div class="sy-dim sy-mono">{url}</div>
        </div>
        <div class="sy-options-ways">
          {name.value === undefined ? (
            <Button
              onClick={() => {
                name.value = connection.name;
              }}
            >
              Rename
            </Button>
          ) : (
            <Button variant="primary" onClick={rename}>
              Save
            </Button>
          )}
          <Button
            onClick={() => {
              removing.value = true;
            }}
          >
            Remove…
          </Button>
        </div>
      </div>
      <Checkbox
        checked={connection.careful === true}
        hint="A red bar while a tab runs on it, no shortcuts, never “always”."
        onChange={(careful) => void edit({ careful })}
      >
        Careful
      </Checkbox>
      {removing.value && (
        <Confirm
          yes="Remove"
          onYes={() => action.run(() => client.call("connection.remove", { id }))}
          close={() => {
            removing.value = false;
          }}
        >
          {sessions === 0
            ? `Remove “${connection.name}”?`
            : `Remove “${connection.name}” and close its ${plural(sessions, "session")}?${cut}`}
        </Confirm>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </li>
  );
}
