/**
 * The header of a page's session: who it is, in what state and why, on which socket, whether the
 * server agrees, and what can be done with it.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { Ago } from "../../components/times.tsx";
import { useStore } from "../../store/context.ts";
import { frameName, serverName } from "../../words/page.ts";
import { statusMark } from "../../words/status.ts";
import { Cause, SessionId } from "./origin.tsx";
import { AskOfPage, type PageQuestion } from "./page-questions.tsx";
import { PageSessionActions } from "./page-session-actions.tsx";
import { PageSessionStates } from "./page-session-states.tsx";
import { PageTruth } from "./page-truth.tsx";

export interface PageHeaderProps {
  session: PageSessionView;
  back: ComponentChildren;
}

export function PageHeader({ session, back }: PageHeaderProps): JSX.Element {
  const action = useAction();
  const question = useSignal<PageQuestion | undefined>(undefined);
  return (
    <header class="sy-head">
      <div class="sy-head-title">
        {back}
        <Badge label={session.label} colour={session.colour} />
        <h1 class="sy-ellipsis" title={session.label}>
          {session.label}
        </h1>
        <span class="sy-head-status" data-status={session.status}>
          <StateMark state={statusMark(session)} />
        </span>
        <PageSessionActions session={session} action={action} question={question} />
      </div>
      <div class="sy-head-origin sy-dim">
        <Cause session={session} />
        <Place session={session} action={action} />
      </div>
      <PageTruth session={session} />
      {question.value && (
        <AskOfPage
          session={session}
          question={question.value}
          action={action}
          close={() => {
            question.value = undefined;
          }}
        />
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
      <PageSessionStates session={session} />
    </header>
  );
}

/** The frame, where it isn't the page itself, the socket, and the session's id. */
function Place({ session, action }: { session: PageSessionView; action: Action }): JSX.Element {
  const store = useStore();
  const { holder } = session;
  const frame = store.page.frame(holder.documentId);
  const socket = store.page.socket(holder.socketKey);
  return (
    <span class="sy-head-place">
      {frame && !frame.top && <span title={frame.url}>{frameName(frame)} · </span>}
      <span title={socket?.format === undefined ? holder.url : `${holder.url} (${socket.format})`}>
        {serverName(holder.url)}
      </span>
      {socket?.reconnectedAt !== undefined && (
        <span>
          {" · reconnected "}
          {socket.reconnects > 1 && `${socket.reconnects} times, last `}
          <Ago at={socket.reconnectedAt} />
        </span>
      )}
      {" · "}
      <span class="sy-head-id">
        <SessionId session={session} action={action} />
      </span>
    </span>
  );
}
