/** The page's own sessions by socket: who, where, in which state. To look at, not to act on. */
import "../components/badge.css";
import type { JSX } from "preact";
import type { PageSessionView, PageSocketView } from "../../session/page/page-model.ts";
import { Badge } from "../components/badge.tsx";
import { StateMark } from "../components/state-mark.tsx";
import type { PageStore } from "../store/page.ts";
import { isClosed } from "../store/sessions.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { serverName, socketState } from "../words/page.ts";
import { statusMark } from "../words/status.ts";

export function PageSessions({ page }: { page: PageStore }): JSX.Element {
  const sockets = page.sockets.value;
  const sessions = page.sessions.all.value.filter((session) => !isClosed(session));
  return (
    <section class="sy-toolbar-sessions" aria-label="Sessions of this page">
      {sockets.length === 0 ? (
        <p class="sy-dim">
          {page.frames.value.some((frame) => frame.usesHttp)
            ? "This page talks to SurrealDB over HTTP. Only WebSocket sessions are shown."
            : "This page has not opened a SurrealDB WebSocket yet."}
        </p>
      ) : (
        sockets.map((socket) => (
          <Socket
            key={socket.key}
            socket={socket}
            sessions={sessions.filter(({ holder }) => holder.socketKey === socket.key)}
          />
        ))
      )}
    </section>
  );
}

interface SocketProps {
  socket: PageSocketView;
  sessions: readonly PageSessionView[];
}

function Socket({ socket, sessions }: SocketProps): JSX.Element {
  return (
    <div data-socket={socket.key}>
      <h2 class="sy-toolbar-socket" title={socket.url}>
        <span class="sy-ellipsis">{serverName(socket.url)}</span>
        <StateMark state={socketState(socket)} />
      </h2>
      {socket.unreadable !== undefined && <p class="sy-dim">{socket.unreadable}</p>}
      <ul>
        {sessions.map((session) => (
          <li key={session.key} data-session={session.key} data-status={session.status}>
            <Badge label={session.label} colour={session.colour} />
            <div>
              <div class="sy-toolbar-line">
                <span class="sy-ellipsis">{session.label}</span>
                <StateMark state={statusMark(session)} />
              </div>
              <div class="sy-dim sy-ellipsis">
                {userWord(session)} · {placeWord(session)}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
