/** One connection: how it is, its form, and the ways to cut or remove it. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Confirm } from "../../components/confirm.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { listOf, tabsOf } from "../../store/tabs-of.ts";
import { ConnectionForm } from "./connection-form.tsx";
import { ConnectionOutcome } from "./connection-outcome.tsx";

export interface ConnectionPageProps {
  back: ComponentChildren;
  /** Absent: a new one. */
  id?: string;
}

export function ConnectionPage({ back, id }: ConnectionPageProps): JSX.Element {
  const store = useStore();
  const connection = id === undefined ? undefined : store.connections.get(id);
  const removing = useSignal(false);
  const disconnecting = useSignal(false);
  const working = useAction();
  const sessions = store.sessions.all.value.filter(
    (session) => session.connectionId === id && !isClosed(session),
  ).length;
  const tabs = tabsOf(
    store,
    (key) => store.sessions.get(key).value?.connectionId === id && id !== undefined,
  );
  /** What it would mean for the tabs that run as one of its sessions. */
  const cuts =
    tabs.length === 0
      ? undefined
      : `Requests of ${listOf(tabs)} run as one of its sessions, and then fail.`;
  const disconnect = (known: string) =>
    working.run(() => store.call("connection.disconnect", { id: known }));

  return (
    <div class="sy-page" data-page={connection ? "connection" : "new-connection"}>
      <div class="sy-page-head">
        {back}
        <h1 class="sy-ellipsis">{connection?.name ?? "New connection"}</h1>
      </div>
      <div class="sy-page-body">
        {connection && <ConnectionOutcome connection={connection} />}
        <ConnectionForm
          key={connection?.id}
          connection={connection}
          onSaved={(saved) => {
            if (connection) store.announce("Connection saved");
            else store.open({ kind: "connection", id: saved });
          }}
        />
        {connection && (
          <div class="sy-form-actions">
            <Button
              icon="add"
              variant={sessions === 0 ? "primary" : "plain"}
              onClick={() => store.open({ kind: "new-session", connectionId: connection.id })}
            >
              New session here
            </Button>
            {connection.state.kind !== "closed" && (
              <Button
                title="Closes the socket; the sessions come back with the next connect"
                onClick={() => {
                  if (cuts === undefined) return disconnect(connection.id);
                  disconnecting.value = true;
                  return undefined;
                }}
              >
                Disconnect
              </Button>
            )}
            <Button
              variant="danger"
              onClick={() => {
                removing.value = true;
              }}
            >
              Remove…
            </Button>
          </div>
        )}
        {connection && disconnecting.value && cuts !== undefined && (
          <Confirm
            yes="Disconnect"
            onYes={async () => {
              if (await disconnect(connection.id)) disconnecting.value = false;
            }}
            close={() => {
              disconnecting.value = false;
            }}
          >
            Disconnect “{connection.name}”? {cuts}
          </Confirm>
        )}
        {connection && removing.value && (
          <Note
            tone="warn"
            actions={
              <>
                <Button
                  variant="danger"
                  onClick={() =>
                    working.run(async () => {
                      await store.call("connection.remove", { id: connection.id });
                      store.leavePane();
                    })
                  }
                >
                  Remove
                </Button>
                <Button
                  onClick={() => {
                    removing.value = false;
                  }}
                >
                  Keep
                </Button>
              </>
            }
          >
            {sessions === 0
              ? `Remove “${connection.name}”?`
              : `Remove “${connection.name}” and close its ${sessions} ${
                  sessions === 1 ? "session" : "sessions"
                }?`}{" "}
            {cuts}
          </Note>
        )}
        <ErrorNote error={working.error} onDismiss={working.clear} />
      </div>
    </div>
  );
}
