/** A new SurrealDB session: on which connection, who, where, and how it looks in the list. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { nextColour } from "../../../session/palette.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ColourChoice } from "../../components/colour-choice.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { Checkbox, Field, Select, TextInput } from "../../components/field.tsx";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { sameServer, serverName } from "../../words/page.ts";
import { ConnectionForm } from "../connect/connection-form.tsx";
import { placeIntent } from "../detail/place.ts";
import { useNames } from "../names.ts";
import { RememberChoice } from "../remember.tsx";
import { type DraftErrors, draftFrom, readDraft } from "../sign-in/draft.ts";
import { SignInFields } from "../sign-in/sign-in-fields.tsx";
import { startingPlace, template } from "./template.ts";

/** @param connectionId chosen beforehand */
export function NewSurrealSession({ connectionId }: { connectionId?: string }): JSX.Element {
  const store = useStore();
  const like = useLike();
  const url = like && isPageSession(like) ? like.holder.url : undefined;
  const connections = store.connections.all.value;
  const there = url === undefined || connections.some((each) => sameServer(each.url, url));
  return (
    <>
      {!there && connections.length > 0 && <AddServer url={url} />}
      {connections.length > 0 ? (
        // Another list of connections is another choice, whose fields begin anew.
        <NewSession key={String(there)} connectionId={connectionId} like={like} />
      ) : (
        <>
          <p class="sy-dim">
            Sessions of your own run on a WebSocket that the extension holds. Connect to the server
            first{url !== undefined && ": it is the page's own, unless you choose another"}.
          </p>
          <ConnectionForm
            url={url}
            onSaved={(id) => store.open({ kind: "new-session", connectionId: id })}
          />
        </>
      )}
    </>
  );
}

/** The session whose server and sign-in the new one most likely shares. */
function useLike(): AnySession | undefined {
  const store = useStore();
  const selected = store.selectedKey.value;
  const session = selected === undefined ? undefined : store.session(selected);
  if (session) return session;
  return store.connections.all.value.length > 0 ? undefined : store.page.sessions.all.value[0];
}

/** The page's server has no connection yet: one click makes it. */
function AddServer({ url }: { url: string }): JSX.Element {
  const store = useStore();
  const adding = useAction();
  return (
    <>
      <Note
        tone="plain"
        actions={
          <Button onClick={() => adding.run(() => store.call("connection.add", { url }))}>
            Connect
          </Button>
        }
      >
        There is no connection to the page's server, {serverName(url)}, yet.
      </Note>
      <ErrorNote error={adding.error} onDismiss={adding.clear} />
    </>
  );
}

interface NewSessionProps {
  connectionId: string | undefined;
  like: AnySession | undefined;
}

function NewSession({ connectionId, like }: NewSessionProps): JSX.Element {
  const store = useStore();
  const connections = store.connections.all.value;
  const current =
    like && isPageSession(like)
      ? connections.find((each) => sameServer(each.url, like.holder.url))?.id
      : like?.connectionId;
  const chosen = useSignal(connectionId ?? current ?? connections[0]?.id ?? "");
  const connection = connections.find((each) => each.id === chosen.value);
  const label = useSignal("");
  const colour = useSignal(nextColour(store.sessions.all.value.map((session) => session.colour)));
  const home = startingPlace(connection, like);
  const namespace = useSignal(home.namespace ?? "");
  const database = useSignal(home.database ?? "");
  const temporary = useSignal(false);
  const remember = useSignal(false);
  const draft = useSignal(
    draftFrom(
      template(store.sessions.all.value, chosen.value, like, store.requests.source.peek()),
      {
        ...home,
        way: "anonymous",
      },
    ),
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
    <>
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
          keepsRefreshToken
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
    </>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
