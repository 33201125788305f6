/** What a panel shows that has no connection, and whose page has no session: the one form to begin with. */
import "./connect.css";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { useStore } from "../../store/context.ts";
import { pageCondition } from "../../store/page-condition.ts";
import { PageState } from "../page-states.tsx";
import { WhoseSessions } from "../whose-sessions.tsx";
import { ConnectionForm } from "./connection-form.tsx";

export interface FirstConnectionProps {
  /** True from the first letter on. */
  writing: Signal<boolean>;
}

export function FirstConnection({ writing }: FirstConnectionProps): JSX.Element {
  const store = useStore();
  const condition = pageCondition(store.page);
  const ofSurreal = store.page.sessions.keys.value.length > 0;
  return (
    <div class="sy-page" data-page="connect">
      <div
        class="sy-first"
        onInput={() => {
          writing.value = true;
        }}
      >
        {condition !== undefined && <PageState condition={condition} />}
        {(ofSurreal || store.web.any.value) && (
          <div class="sy-page-state">
            <p>
              {ofSurreal ? "The page has opened a SurrealDB WebSocket." : "There are sign-ins."}
            </p>
            <Button
              onClick={() => {
                writing.value = false;
              }}
            >
              {ofSurreal ? "Show its sessions" : "Show them"}
            </Button>
          </div>
        )}
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
