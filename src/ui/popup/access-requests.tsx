/**
 * Pages that ask to use sessions: who asks, with which words of its own, and the person's answer.
 *
 * Nothing is chosen beforehand, and what isn't chosen the page never hears of.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionKey, SessionView } from "../../session/model.ts";
import type { AccessRequestView } from "../../session/relay/route-model.ts";
import { useAction } from "../components/action.ts";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { Checkbox } from "../components/field.tsx";
import { isClosed } from "../store/sessions.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { siteName } from "../words/routes.ts";
import type { PopupParts } from "./popup.tsx";

/** Those of this tab first. Nothing while nobody asks. */
export function AccessRequests({ parts }: { parts: PopupParts }): JSX.Element | null {
  const { tabId } = parts.host;
  const requests = parts.access.value.requests.toSorted(
    (one, other) =>
      Number(other.tabId === tabId) - Number(one.tabId === tabId) || one.at - other.at,
  );
  if (requests.length === 0) return null;
  return (
    <div class="sy-toolbar-access">
      {requests.map((request) => (
        <Request key={request.id} request={request} parts={parts} />
      ))}
    </div>
  );
}

interface RequestProps {
  request: AccessRequestView;
  parts: PopupParts;
}

function Request({ request, parts }: RequestProps): JSX.Element {
  const { id, origin, reason, tabId } = request;
  const chosen = useSignal<ReadonlySet<SessionKey>>(new Set());
  const answering = useAction();
  const sessions = parts.sessions.all.value.filter((session) => !isClosed(session));
  const granted = sessions.filter(({ key }) => chosen.value.has(key)).map(({ key }) => key);
  const answer = (keys: SessionKey[]) =>
    answering.run(() => parts.client.call("api.answer", { id, sessions: keys }));

  return (
    <section class="sy-toolbar-request" aria-label={`Access for ${origin}`} data-access={id}>
      <h2>
        <b title={origin}>{siteName(origin)}</b> asks to use your sessions
        {tabId !== parts.host.tabId && <span class="sy-dim"> (in another tab)</span>}
      </h2>
      {reason !== undefined && <blockquote class="sy-toolbar-reason">“{reason}”</blockquote>}
      {sessions.length === 0 ? (
        <p class="sy-dim">You have no session that it could use.</p>
      ) : (
        <ul class="sy-toolbar-grants">
          {sessions.map((session) => (
            <li key={session.key} data-grant={session.key}>
              <Checkbox
                checked={chosen.value.has(session.key)}
                onChange={(on) => {
                  const next = new Set(chosen.value);
                  if (on) next.add(session.key);
                  else next.delete(session.key);
                  chosen.value = next;
                }}
              >
                <Session session={session} parts={parts} />
              </Checkbox>
            </li>
          ))}
        </ul>
      )}
      <p class="sy-dim">
        It can send any request as those that you choose, until you take it back in the options.
        Your tokens stay here.
      </p>
      <div class="sy-toolbar-actions">
        <Button
          variant="primary"
          disabled={granted.length === 0}
          title={granted.length === 0 ? "Choose at least one session" : undefined}
          onClick={() => answer(granted)}
        >
          Allow
        </Button>
        <Button onClick={() => answer([])}>Reject</Button>
      </div>
      <ErrorNote error={answering.error} onDismiss={answering.clear} />
    </section>
  );
}

function Session({ session, parts }: { session: SessionView; parts: PopupParts }): JSX.Element {
  const careful = parts.connections.get(session.connectionId)?.careful === true;
  return (
    <span class="sy-toolbar-grant">
      <Badge label={session.label} colour={session.colour} />
      <span class="sy-toolbar-grant-label sy-ellipsis">{session.label}</span>
      <span class="sy-dim sy-ellipsis">
        {userWord(session)} · {placeWord(session)}
      </span>
      {careful && <span class="sy-careful">Careful</span>}
    </span>
  );
}
