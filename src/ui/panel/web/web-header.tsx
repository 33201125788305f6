/** The header of a web session: who it is, in what state and why, whether the page runs as it, and what can be done. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { WebSessionView } from "../../../web/web-model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { ErrorNote } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { useStore } from "../../store/context.ts";
import { siteName } from "../../words/routes.ts";
import { systemName, webStatusMark } from "../../words/web.ts";
import { BadgeButton } from "../detail/appearance.tsx";
import { Cause, SessionId } from "../detail/origin.tsx";
import { HeadLabel } from "../head-label.tsx";
import { InPage } from "./in-page.tsx";
import { WebActions } from "./web-actions.tsx";
import { AskOfWeb, type WebQuestion } from "./web-questions.tsx";
import { WebStates } from "./web-states.tsx";

export interface WebHeaderProps {
  session: WebSessionView;
  back: ComponentChildren;
}

export function WebHeader({ session, back }: WebHeaderProps): JSX.Element {
  const store = useStore();
  const action = useAction();
  const question = useSignal<WebQuestion | undefined>(undefined);
  const { key, label } = session;
  return (
    <header class="sy-head">
      <div class="sy-head-title">
        {back}
        <BadgeButton
          title="Colour"
          label={label}
          colour={session.colour}
          onColour={(colour) => void action.run(() => store.call("web.edit", { key, colour }))}
        />
        <HeadLabel
          label={label}
          action={action}
          rename={(text) => store.call("web.edit", { key, label: text })}
        />
        <span class="sy-head-status" data-status={session.status}>
          <StateMark state={webStatusMark(session)} />
        </span>
        <WebActions session={session} action={action} question={question} />
      </div>
      <Origin session={session} action={action} />
      <InPage session={session} />
      {question.value && (
        <AskOfWeb
          session={session}
          question={question.value}
          action={action}
          close={() => {
            question.value = undefined;
          }}
        />
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
      <WebStates session={session} />
    </header>
  );
}

/** Why it is in this state; and of which system, for which page, under which id. */
function Origin({ session, action }: { session: WebSessionView; action: Action }): JSX.Element {
  return (
    <div class="sy-head-origin sy-dim">
      <Cause session={session} />
      <span class="sy-head-place">
        {systemName(session.kind)}
        {" · "}
        <span title={session.origin}>{siteName(session.origin)}</span>
        {" · "}
        <span class="sy-head-id">
          <SessionId session={session} action={action} />
        </span>
      </span>
    </div>
  );
}
