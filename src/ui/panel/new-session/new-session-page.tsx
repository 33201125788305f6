/** A new session: on which connection, who, where, and how it looks in the list. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { SessionView, SignInForm } from "../../../session/model.ts";
import { nextColour } from "../../../session/palette.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ColourChoice } from "../../components/colour-choice.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { Checkbox, Field, Select, TextInput } from "../../components/field.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { placeIntent } from "../detail/place.ts";
import { useNames } from "../names.ts";
import { RememberChoice } from "../remember.tsx";
import { type DraftErrors, draftFrom, readDraft } from "../sign-in/draft.ts";
import { SignInFields } from "../sign-in/sign-in-fields.tsx";

export interface NewSessionPageProps {
  back: ComponentChildren;
  connectionId?: string;
}

export function NewSessionPage({ back, connectionId }: NewSessionPageProps): JSX.Element {
  const store = useStore();
  const connections = store.connections.all.value;
  const selected = store.selectedKey.value;
  const current =
    selected === undefined ? undefined : store.sessions.get(selected).value?.connectionId;
  const chosen = useSignal(connectionId ?? current ?? connections[0]?.id ?? "");
  const connection = connections.find((each) => each.id === chosen.value);
  const label = useSignal("");
  const colour = useSignal(nextColour(store.sessions.all.value.map((session) => session.colour)));
  const namespace = useSignal(connection?.namespace ?? "");
  const database = useSignal(connection?.database ?? "");
  const temporary = useSignal(false);
  const remember = useSignal(false);
  const draft = useSignal(
    draftFrom(template(store.sessions.all.value, chosen.value, selected), {
      namespace: connection?.namespace,
      database: connection?.database,
      way: "anonymous",
    }),
  );
  const errors = useSignal<DraftErrors>({});
  const creating = useAction();
  // Whoever is signed in on this connection already may know the names.
  const asker = store.sessions.all.value.find(
    (session) =>
      session.connectionId === chosen.value && session.status === "active" && !isClosed(session),
  )?.key;
  const names = useNames(asker, namespace.value || undefined);
  const signInNames = useNames(asker, draft.value.namespace || undefined);
  const intent = placeIntent({
    namespace: namespace.value,
    database: database.value,
    current: {},
    namespaces: names.namespaces,
    databases: names.databases,
  });
  const needsNamespace = namespace.value.trim() === "" && database.value.trim() !== "";
  const mayBeTemporary = store.host.tabId !== undefined || store.host.surface === "devtools";

  async function create() {
    const read = readDraft(draft.value);
    errors.value = read.ok ? {} : read.errors;
    if (!read.ok || !connection || needsNamespace) return;
    await creating.run(async () => {
      const { key } = await store.call("session.new", {
        connectionId: connection.id,
        label: label.value.trim() || undefined,
        colour: colour.value,
        namespace: namespace.value.trim() || undefined,
        database: database.value.trim() || undefined,
        signIn: read.signIn.way === "anonymous" ? undefined : read.signIn,
        signUp: read.signUp || undefined,
        refresh: read.refresh,
        temporary: temporary.value || undefined,
        remember: (connection.local && remember.value) || undefined,
      });
      store.announce("Session created");
      store.select(key);
    });
  }

  return (
    <div class="sy-page" data-page="new-session">
      <div class="sy-page-head">
        {back}
        <h1>New session</h1>
      </div>
      <div class="sy-page-body">
        {connection && connection.state.kind !== "open" && (
          <Note tone="warn">
            {`${connection.name} is not connected. The session is made when it is.`}
          </Note>
        )}
        <form
          class="sy-form"
          aria-label="New session"
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <Field label="Connection">
            {({ id }) => (
              <Select
                id={id}
                value={chosen.value}
                options={connections.map((each) => ({
                  value: each.id,
                  text: `${each.name} — ${each.url}`,
                }))}
                onChange={(next) => {
                  chosen.value = next;
                  const profile = connections.find((each) => each.id === next);
                  namespace.value = profile?.namespace ?? "";
                  database.value = profile?.database ?? "";
                }}
              />
            )}
          </Field>
          <Field label="Name">
            {({ id }) => (
              <TextInput
                id={id}
                value={label.value}
                placeholder="As the user"
                onInput={(text) => {
                  label.value = text;
                }}
              />
            )}
          </Field>
          <Field label="Colour">
            {({ id }) => (
              <ColourChoice
                id={id}
                label={label.value || "New"}
                value={colour.value}
                onChange={(next) => {
                  colour.value = next;
                }}
              />
            )}
          </Field>
          <SignInFields
            draft={draft.value}
            errors={errors.value}
            names={signInNames}
            onChange={(next) => {
              draft.value = next;
            }}
          />
          <Field label="Use namespace">
            {({ id }) => (
              <Combobox
                id={id}
                value={namespace.value}
                options={names.namespaces}
                onOpen={names.reload}
                placeholder="None"
                onInput={(text) => {
                  namespace.value = text;
                }}
              />
            )}
          </Field>
          <Field
            label="Use database"
            error={needsNamespace ? "A database needs its namespace." : undefined}
          >
            {({ id, describedBy }) => (
              <Combobox
                id={id}
                describedBy={describedBy}
                value={database.value}
                options={names.databases}
                onOpen={names.reload}
                placeholder="None"
                onInput={(text) => {
                  database.value = text;
                }}
              />
            )}
          </Field>
          {mayBeTemporary && (
            <Checkbox
              checked={temporary.value}
              onChange={(on) => {
                temporary.value = on;
              }}
            >
              Close with this tab
            </Checkbox>
          )}
          {connection?.local && draft.value.way !== "anonymous" && <RememberChoice on={remember} />}
          <ErrorNote error={creating.error} />
          <div class="sy-form-actions">
            <Button type="submit" variant="primary" busy={creating.busy} title="newSession()">
              {intent.creates ? `Create session; ${lowerFirst(intent.text)}` : "Create session"}
            </Button>
            <Button onClick={() => store.leavePane()}>Cancel</Button>
          </div>
        </form>
      </div>
    </div>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/**
 * How the next person signs in is most likely how the last one on this connection did: the same way
 * and access method, the same fields, but another name.
 */
function template(
  sessions: readonly SessionView[],
  connectionId: string,
  selected: string | undefined,
): SignInForm | undefined {
  const others = sessions.filter(
    (session) => session.connectionId === connectionId && session.signInForm && !isClosed(session),
  );
  const like = others.find((session) => session.key === selected) ?? others.at(-1);
  if (!like?.signInForm) return undefined;
  const { way, namespace, database, access, variables } = like.signInForm;
  const names = Object.keys(variables ?? {});
  return {
    way,
    namespace,
    database,
    access,
    variables: Object.fromEntries(names.map((name) => [name, ""])),
  };
}
