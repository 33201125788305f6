/** A held session by its badge and its name, or the word that it is no more. */
import type { JSX } from "preact";
import type { SessionKey } from "../../session/model.ts";
import { Badge } from "../components/badge.tsx";
import { isClosed } from "../store/sessions.ts";
import type { WorkerState } from "../store/worker-state.ts";

export interface SessionNameProps {
  sessionKey: SessionKey;
  sessions: WorkerState["sessions"];
}

export function SessionName({ sessionKey, sessions }: SessionNameProps): JSX.Element {
  const session = sessions.get(sessionKey).value;
  if (!session) return <span class="sy-dim">a session that is no more</span>;
  return (
    <span class="sy-options-session">
      <Badge label={session.label} colour={session.colour} />
      <span>{session.label}</span>
      {isClosed(session) && <span class="sy-dim">(closed)</span>}
    </span>
  );
}
