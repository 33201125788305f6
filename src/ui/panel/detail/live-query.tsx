/** One live query: its statement, what it told so far, where it may have missed something. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Notification } from "../../../messages/commands.ts";
import type { LiveQueryView } from "../../../session/model.ts";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { decodeShown } from "../../../wire/shown-values.ts";
import { toErrorView, useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { useStore } from "../../store/context.ts";
import { openNotifications } from "../../store/notifications.ts";
import { formatValue, isContainer, previewValue } from "../../values/format.ts";
import { plural } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { clockTime } from "../../words/time.ts";

export interface LiveQueryProps {
  sessionKey: string;
  query: LiveQueryView;
}

const STATES = { watching: "", stopped: "not watched", killed: "killed" };

export function LiveQuery({ sessionKey: key, query }: LiveQueryProps): JSX.Element {
  const store = useStore();
  const ending = useAction();
  const { id, statement, events, state, gaps } = query;
  return (
    <li class="sy-live" data-live={id} data-state={state}>
      <Disclosure
        id={`live-${id}`}
        title={
          <>
            <span class="sy-mono">{statement}</span>{" "}
            <span class="sy-dim">
              {plural(events, "event")}
              {STATES[state] && ` · ${STATES[state]}`}
            </span>
          </>
        }
        actions={
          state !== "killed" && (
            <span class="sy-live-actions">
              {state === "watching" && (
                <Button
                  title="The query goes on at the server; nobody here listens"
                  onClick={() => ending.run(() => store.call("session.stopWatching", { key, id }))}
                >
                  Stop watching
                </Button>
              )}
              <Button
                title="kill(): ends it at the server"
                onClick={() => ending.run(() => store.call("session.kill", { key, id }))}
              >
                Kill
              </Button>
            </span>
          )
        }
      >
        {() => <NotificationList sessionKey={key} query={query} />}
      </Disclosure>
      {gaps.map((gap) => (
        <p key={gap.from} class="sy-live-gap">
          {`Notifications between ${clockTime(gap.from)} and ${clockTime(gap.to)} may be missing.`}
        </p>
      ))}
      <ErrorNote error={ending.error} onDismiss={ending.clear} />
    </li>
  );
}

export interface PageLiveQueryProps {
  session: PageSessionView;
  query: LiveQueryView;
}

/** A live query of the page. What it tells goes to the page; the view Requests shows it. */
export function PageLiveQuery({ session, query }: PageLiveQueryProps): JSX.Element {
  const store = useStore();
  const ending = useAction();
  const blocked = whyNotAct(store, session);
  const { id, statement, events, state } = query;
  return (
    <li class="sy-live" data-live={id} data-state={state}>
      <div class="sy-live-line">
        <span class="sy-live-text">
          <span class="sy-mono">{statement}</span>{" "}
          <span class="sy-dim">
            {plural(events, "event")}
            {STATES[state] && ` · ${STATES[state]}`}
          </span>
        </span>
        {state !== "killed" && (
          <span class="sy-live-actions">
            <Button
              title={blocked ?? "kill(): ends it at the server, the page hears no more of it"}
              disabled={blocked !== undefined}
              onClick={() => ending.run(() => store.call("session.kill", { key: session.key, id }))}
            >
              Kill
            </Button>
          </span>
        )}
      </div>
      <ErrorNote error={ending.error} onDismiss={ending.clear} />
    </li>
  );
}

function NotificationList({ sessionKey, query }: LiveQueryProps): JSX.Element {
  const store = useStore();
  const notifications = useMemo(
    () => openNotifications(store.client, sessionKey, query.id),
    [sessionKey, query.id],
  );
  useEffect(() => notifications.close, [notifications]);
  const failure = notifications.failure.value;
  const all = notifications.all.value;
  if (failure !== undefined) {
    return <ErrorNote error={toErrorView(failure)} onRetry={() => notifications.load()} />;
  }
  if (!all) return <p class="sy-dim">Loading…</p>;
  if (all.length === 0) {
    return <p class="sy-dim">Nothing yet. Changes show here as they come.</p>;
  }
  const dropped = query.events - all.length;
  return (
    <>
      <ol class="sy-notifications" aria-label="Notifications" aria-live="polite">
        {all.toReversed().map((notification, index) => (
          <Entry
            // Newest first: counted from the first one ever, so that a new one moves no other.
            key={query.events - index}
            notification={notification}
          />
        ))}
      </ol>
      {dropped > 0 && <p class="sy-dim">{`${dropped} earlier ones are not kept.`}</p>}
    </>
  );
}

function Entry({ notification }: { notification: Notification }): JSX.Element {
  const open = useSignal(false);
  const record = useMemo(
    () => formatValue(decodeShown(notification.record), { limit: 200 }),
    [notification],
  );
  const value = useMemo(() => decodeShown(notification.value), [notification]);
  return (
    <li class="sy-notification" data-action={notification.action}>
      <span class="sy-dim">{clockTime(notification.at)}</span>
      <span class="sy-notification-action">{notification.action}</span>
      <span class="sy-mono sy-ellipsis" title={record}>
        {record}
      </span>
      {isContainer(value) ? (
        <button
          type="button"
          class="sy-variable-value sy-mono sy-ellipsis"
          aria-expanded={open.value}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {previewValue(value)}
        </button>
      ) : (
        <span class="sy-mono sy-ellipsis">{value === undefined ? "" : previewValue(value)}</span>
      )}
      {open.value && (
        <div class="sy-notification-tree">
          <ValueTree value={value} label={record} />
        </div>
      )}
    </li>
  );
}
