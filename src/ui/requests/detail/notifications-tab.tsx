/** What the live queries of a request told since, newest first, and the way to end them. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { CoveredSecret, LiveNotificationEntry } from "../../../session/log/log-entry.ts";
import { shortId } from "../../../session/short-id.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { formatValue, isContainer, previewValue } from "../../values/format.ts";
import { byteSize, count, plural } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { useRequests } from "../use-requests.ts";
import { exactTime } from "../words.ts";
import { coveredUnder } from "./covered.tsx";
import { decoded } from "./decoded.ts";
import type { TabProps } from "./request-tab.tsx";

export function NotificationsTab({ entry, details }: TabProps): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  const ending = useAction();
  const { notifications, covered } = details;
  const streams = entry.live ?? [];
  const events = streams.reduce((sum, stream) => sum + stream.events, 0);
  const key = entry.as?.sessionKey;
  const lost = events - notifications.length;
  return (
    <>
      <ul class="sy-streams">
        {streams.map(({ id, events: told, state }) => (
          <li key={id} data-live={id}>
            <span class={state === "watching" ? "sy-request-live" : "sy-dim"}>
              ◉ {plural(told, "event")}
              {state === "killed" && ", killed"}
            </span>
            <span class="sy-mono sy-dim" title={id}>
              {shortId(id)}
            </span>
            {state === "watching" && key !== undefined && !requests.source.value.readOnly && (
              <Button
                title="kill(): ends the live query at the server. The page's SDK isn't told."
                onClick={() => ending.run(() => store.call("session.kill", { key, id }))}
              >
                Kill
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ErrorNote error={ending.error} onDismiss={ending.clear} />
      {notifications.length === 0 && (
        <p class="sy-dim">Nothing yet. Changes show here as they come.</p>
      )}
      <ol class="sy-told" aria-label="Notifications" aria-live="polite">
        {notifications
          .map((notification, index) => (
            <Told
              // Counted from the first one ever, so that a new one moves no other.
              key={lost + index}
              notification={notification}
              index={index}
              covered={covered}
            />
          ))
          .reverse()}
      </ol>
      {lost > 0 && <p class="sy-dim">{`${count(lost)} earlier ones are not kept.`}</p>}
    </>
  );
}

interface ToldProps {
  notification: LiveNotificationEntry;
  /** Place among those that are kept. */
  index: number;
  covered: readonly CoveredSecret[];
}

function Told({ notification, index, covered }: ToldProps): JSX.Element {
  const requests = useRequests();
  const open = useSignal(false);
  const { at, action, record: recordBytes, value: valueBytes, size } = notification;
  const record = useMemo(() => {
    const read = recordBytes ? decoded(recordBytes) : undefined;
    return read && "value" in read ? formatValue(read.value, { limit: 200 }) : "";
  }, [recordBytes]);
  const read = useMemo(() => (valueBytes ? decoded(valueBytes) : undefined), [valueBytes]);
  const value = read && "value" in read ? read.value : undefined;
  return (
    <li class="sy-told-one" data-action={action}>
      <span class="sy-dim">{exactTime(at)}</span>
      <span class="sy-told-action">{action}</span>
      <span class="sy-mono sy-ellipsis sy-told-record" title={record}>
        {record}
      </span>
      {isContainer(value) ? (
        <button
          type="button"
          class="sy-told-value sy-mono sy-ellipsis"
          aria-expanded={open.value}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {previewValue(value)}
        </button>
      ) : (
        <span class="sy-mono sy-ellipsis">
          {read === undefined ? (
            <span class="sy-dim">{byteSize(size)}, not kept</span>
          ) : "error" in read ? (
            read.error.message
          ) : value === undefined ? (
            ""
          ) : (
            previewValue(value)
          )}
        </span>
      )}
      {open.value && (
        <div class="sy-told-tree">
          <ValueTree
            value={value}
            label={record}
            covered={coveredUnder(requests, covered, index, [])}
          />
        </div>
      )}
    </li>
  );
}
