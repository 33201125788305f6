/** How a connection is, in whole sentences, with what to do where it doesn't work. */
import "./connect.css";
import type { JSX } from "preact";
import type { ConnectionView } from "../../../session/model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { connectionState } from "../../words/status.ts";

export function ConnectionOutcome({ connection }: { connection: ConnectionView }): JSX.Element {
  const store = useStore();
  const working = useAction();
  const { id, state } = connection;
  const retry = (
    <Button
      disabled={state.kind === "connecting"}
      onClick={() => working.run(() => store.call("connection.retry", { id }))}
    >
      {state.kind === "closed" ? "Retry" : "Retry now"}
    </Button>
  );
  const words = connectionState(connection, now.value);
  const failure = "failure" in state ? state.failure : undefined;
  const suggested = failure?.suggestedUrl;

  return (
    <div class="sy-connection-outcome" data-connection={id} data-state={state.kind}>
      {failure && failure.code !== "closed-by-you" ? (
        <Note
          tone={state.kind === "closed" ? "bad" : "warn"}
          actions={
            <>
              {suggested && /^https?:/.test(suggested) && (
                <Button icon="link" onClick={() => store.host.openInTab(suggested)}>
                  {`Open ${suggested}`}
                </Button>
              )}
              {suggested && /^wss?:/.test(suggested) && (
                <Button
                  onClick={() =>
                    working.run(() =>
                      store.call("connection.edit", {
                        id,
                        url: suggested,
                        name: connection.name,
                        namespace: connection.namespace,
                        database: connection.database,
                      }),
                    )
                  }
                >
                  {`Use ${suggested}`}
                </Button>
              )}
              {retry}
            </>
          }
        >
          <div>{failure.message}</div>
          {failure.advice && <div class="sy-note-advice">{failure.advice}</div>}
          {state.kind !== "closed" && (
            <div class="sy-note-advice">{`Trying again: ${words.word}.`}</div>
          )}
        </Note>
      ) : (
        <Note
          tone={state.kind === "open" ? "good" : "plain"}
          actions={state.kind === "closed" ? retry : undefined}
        >
          {words.sentence}
        </Note>
      )}
      {connection.sessionsSupported === false && (
        <Note tone="warn">
          {`SurrealDB ${connection.version ?? ""} has no sessions; 3.0 or later is needed. The default session works.`}
        </Note>
      )}
      {connection.strayFrames > 0 && (
        <Note tone="warn">
          {`${connection.strayFrames} frames from the server could not be read. ${connection.lastStray ?? ""}`}
        </Note>
      )}
      <ErrorNote error={working.error} onDismiss={working.clear} />
    </div>
  );
}
