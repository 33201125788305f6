/** A session's row: who, in what state, and beneath it as whom and where. */
import type { JSX } from "preact";
import type { SessionBase, SessionKey } from "../../../session/model.ts";
import type { WebStatus } from "../../../web/web-model.ts";
import type { Action } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { listOf, tabsOf } from "../../store/tabs-of.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import { sessionState, statusWord } from "../../words/status.ts";
import { RenameField } from "../rename-field.tsx";

export interface RowProps {
  id: string;
  sessionKey: string;
  selected: boolean;
  action: Action;
  renaming: boolean;
  onRenamed: () => void;
  onOpen: () => void;
}

/** What every row of a session carries, whatever it shows. */
export function rowAttributes(
  session: { key: SessionKey; status: WebStatus },
  { id, selected, onOpen }: RowProps,
) {
  return {
    id,
    role: "treeitem" as const,
    "aria-level": 2,
    "aria-selected": selected,
    tabIndex: -1,
    "data-session": session.key,
    "data-status": session.status,
    onClick: (event: MouseEvent) => {
      if (!(event.target as HTMLElement).closest("button, input")) onOpen();
    },
  };
}

export function SessionRow(props: RowProps): JSX.Element | null {
  const store = useStore();
  const session = store.sessions.get(props.sessionKey).value;
  if (!session) return null;
  const { gate } = session;
  // Where it works is known; why it doesn't answer right now is what one looks for.
  const waits = session.status === "active" && !session.needsSignIn && !gate.open;
  const several = store.connections.all.value.length > 1;
  return (
    <div class="sy-row" {...rowAttributes(session, props)}>
      <span
        class="sy-row-number"
        title={session.number === undefined ? undefined : `Key ${session.number}`}
      >
        {session.number}
      </span>
      <Badge label={session.label} colour={session.colour} />
      <div class="sy-row-text">
        <div class="sy-row-line">
          {props.renaming ? (
            <RenameField
              label={session.label}
              rename={(label) => store.call("session.edit", { key: session.key, label })}
              action={props.action}
              onDone={props.onRenamed}
            />
          ) : (
            <span class="sy-row-label sy-ellipsis">{session.label}</span>
          )}
          {session.temporary && (
            <span class="sy-tag" title="Closes with this tab">
              temporary
            </span>
          )}
          <RunsTabs sessionKey={session.key} />
          <StateMark state={sessionState(session, now.value)} />
        </div>
        <div class="sy-row-line sy-dim">
          <span class="sy-ellipsis">
            {userWord(session)} · {waits ? gate.reason : placeWord(session)}
            {several && ` · ${store.connections.get(session.connectionId)?.name ?? ""}`}
          </span>
          <LiveCounts session={session} />
        </div>
      </div>
    </div>
  );
}

/** Which tabs run as it; nothing where none does. */
function RunsTabs({ sessionKey }: { sessionKey: string }): JSX.Element | null {
  const store = useStore();
  const tabs = tabsOf(store, (key) => key === sessionKey);
  if (tabs.length === 0) return null;
  const own = store.routes.runsAs(sessionKey) !== undefined;
  return (
    <span
      class={`sy-row-extra${own ? " sy-row-runs" : ""}`}
      title={`Requests of ${listOf(tabs)} run as this session`}
    >
      ⇄ {own ? "this tab" : "another tab"}
    </span>
  );
}

/** How many transactions are open and how many queries are live; nothing where there are none. */
export function LiveCounts({ session }: { session: SessionBase }): JSX.Element {
  const live = session.liveQueries.filter((query) => query.state !== "killed").length;
  const open = session.transactions.length;
  return (
    <>
      {open > 0 && (
        <span class="sy-row-extra" title="Open transactions">
          {open} txn
        </span>
      )}
      {live > 0 && <span class="sy-row-extra">◉ {live} live</span>}
    </>
  );
}

export function ClosedRow(props: RowProps): JSX.Element | null {
  const store = useStore();
  const session = store.sessions.get(props.sessionKey).value;
  if (!session) return null;
  const { key } = session;
  return (
    <div class="sy-row sy-row-closed" {...rowAttributes(session, props)}>
      <span class="sy-row-number" />
      <Badge label={session.label} colour={session.colour} />
      <span class="sy-row-label sy-ellipsis" title={session.cause}>
        {session.label}{" "}
        <span class="sy-dim">
          {session.status === "replaced" ? statusWord(session.status) : placeWord(session)}
        </span>
      </span>
      <Button
        variant="quiet"
        tabIndex={-1}
        title="A new session set up like this one"
        onClick={() =>
          props.action.run(async () => {
            const opened = await store.call("session.reopen", { key });
            store.select(opened.key);
          })
        }
      >
        Open again
      </Button>
      <Button
        icon="close"
        label={`Forget ${session.label}`}
        tabIndex={-1}
        onClick={() => props.action.run(() => store.call("session.forget", { key }))}
      />
    </div>
  );
}
