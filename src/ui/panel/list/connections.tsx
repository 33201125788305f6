/** The connections at the foot of the list: how each is, and the one thing to do about it. */
import type { JSX } from "preact";
import type { ConnectionView } from "../../../session/model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { connectionState } from "../../words/status.ts";

export function Connections(): JSX.Element {
  const store = useStore();
  return (
    <section class="sy-connections" aria-label="Connections">
      <div class="sy-connections-head">
        <h2>Connections</h2>
        <Button
          icon="add"
          label="New connection"
          onClick={() => store.open({ kind: "connection" })}
        />
      </div>
      <ul>
        {store.connections.all.value.map((connection) => (
          <Row key={connection.id} connection={connection} />
        ))}
      </ul>
    </section>
  );
}

function Row({ connection }: { connection: ConnectionView }): JSX.Element {
  const store = useStore();
  const retrying = useAction();
  const { state, id } = connection;
  const failure = "failure" in state ? state.failure : undefined;
  const retry = () => retrying.run(() => store.call("connection.retry", { id }));
  return (
    <li class="sy-connection" data-connection={id} data-state={state.kind}>
      <div class="sy-connection-line">
        <button
          type="button"
          class="sy-connection-open"
          title={connection.url}
          onClick={() => store.open({ kind: "connection", id })}
        >
          <span class="sy-ellipsis">{connection.name}</span>
        </button>
        {connection.careful && (
          <span class="sy-careful" title="A red bar while a tab runs on it">
            Careful
          </span>
        )}
        <StateMark state={connectionState(connection, now.value)} />
        {state.kind === "waiting" && (
          <Button title="Retry now" onClick={retry}>
            Now
          </Button>
        )}
        {state.kind === "closed" && <Button onClick={retry}>Retry</Button>}
      </div>
      {failure && failure.code !== "closed-by-you" && (
        <div class="sy-connection-why">{failure.message}</div>
      )}
      {connection.strayFrames > 0 && (
        <div class="sy-connection-why" title={connection.lastStray}>
          {connection.strayFrames} unreadable {connection.strayFrames === 1 ? "frame" : "frames"}{" "}
          from the server
        </div>
      )}
      <ErrorNote error={retrying.error} onDismiss={retrying.clear} />
    </li>
  );
}
