/** The rows of the group "This page": its sockets and their sessions. */
import type { JSX } from "preact";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { Badge } from "../../components/badge.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { Ago } from "../../components/times.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { routeTaking } from "../../switcher/scopes.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import { frameName, serverName, socketState } from "../../words/page.ts";
import { sessionState } from "../../words/status.ts";
import { LiveCounts, type RowProps, rowAttributes } from "./session-row.tsx";

export function PageSessionRow(props: RowProps): JSX.Element | null {
  const store = useStore();
  const session = store.page.sessions.get(props.sessionKey).value;
  if (!session) return null;
  const over = isClosed(session);
  return (
    <div class={`sy-row${over ? " sy-row-over" : ""}`} {...rowAttributes(session, props)}>
      <span class="sy-row-number" />
      <Badge label={session.label} colour={session.colour} />
      <div class="sy-row-text">
        <div class="sy-row-line">
          <span
            class={`sy-row-label sy-ellipsis${session.id === undefined ? "" : " sy-mono"}`}
            title={session.id}
          >
            {session.label}
          </span>
          <RunsAs session={session} />
          <StateMark state={sessionState(session, now.value)} />
        </div>
        <div class="sy-row-line sy-dim">
          <span class="sy-ellipsis">
            {userWord(session)} · {placeWord(session)}
          </span>
          <LiveCounts session={session} />
        </div>
      </div>
    </div>
  );
}

/** Whom its requests run as, where they aren't its own. */
function RunsAs({ session }: { session: PageSessionView }): JSX.Element | null {
  const store = useStore();
  const route = routeTaking(session, store.page.routes.value);
  if (!route) return null;
  const name = store.sessions.get(route.to).value?.label ?? "another session";
  return (
    <span class="sy-row-as sy-ellipsis" title={`Its requests run as ${name}`}>
      ⇄ {name}
    </span>
  );
}

export interface SocketHeadProps {
  id: string;
  socketKey: string;
  /** Names its frame, since the page has several with sockets. */
  frame: boolean;
  active: boolean;
}

export function SocketHead({ id, socketKey, frame, active }: SocketHeadProps): JSX.Element | null {
  const store = useStore();
  const socket = store.page.socket(socketKey);
  if (!socket) return null;
  const holder = frame ? store.page.frame(socket.documentId) : undefined;
  const where = holder && (holder.top ? "page" : frameName(holder));
  const { reconnectedAt, state } = socket;
  const title = [
    socket.url,
    holder && !holder.top ? `in the frame ${holder.url}` : undefined,
    socket.unreadable ?? socket.cannotAct,
    socket.strayFrames > 0 ? `${socket.strayFrames} frames weren't RPC.` : undefined,
  ];
  return (
    <div
      id={id}
      class={`sy-socket${active ? " sy-socket-active" : ""}`}
      role="treeitem"
      aria-level={2}
      aria-selected={active}
      tabIndex={-1}
      title={title.filter(Boolean).join("\n")}
      data-socket={socketKey}
      data-state={state}
    >
      <span class="sy-ellipsis">
        {where !== undefined && <b>{where} · </b>}
        {serverName(socket.url)}
      </span>
      <span class="sy-socket-state">
        {socket.unreadable !== undefined ? (
          socket.format === "flatbuffers" ? (
            "format not readable"
          ) : (
            "not readable"
          )
        ) : reconnectedAt !== undefined && state === "open" ? (
          <>
            reconnected <Ago at={reconnectedAt} />
          </>
        ) : (
          <StateMark state={socketState(socket)} />
        )}
      </span>
    </div>
  );
}
