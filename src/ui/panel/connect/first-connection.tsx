/** What a panel without any connection shows: the one form that changes it. */
import "./connect.css";
import type { JSX } from "preact";
import { useStore } from "../../store/context.ts";
import { WhoseSessions } from "../whose-sessions.tsx";
import { ConnectionForm } from "./connection-form.tsx";

export function FirstConnection(): JSX.Element {
  const store = useStore();
  return (
    <div class="sy-page" data-page="connect">
      <div class="sy-first">
        <h1>Connect to SurrealDB</h1>
        <p class="sy-dim">
          One WebSocket, held by the extension, carries all the sessions that you make here: one for
          Alice, one for Bob, one for an admin.
        </p>
        <ConnectionForm onSaved={(id) => store.open({ kind: "connection", id })} />
        <WhoseSessions />
      </div>
    </div>
  );
}
