// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
/**
 * One line of the log: a request with its answer, or a mark between requests.
 *
 * A hundred of them are drawn in a moment of scrolling, so a line is few elements, and is drawn anew
 * only where something in it changed.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { LogEntry, MarkEntry, RequestEntry } from "../../session/log/log-entry.ts";
import { Badge } from "../components/badge.tsx";
import { byteSize, timeSpent } from "../values/sizes.ts";
import { placeWord } from "../words/identity.ts";
import { type SessionName, userThen } from "./session-names.ts";
import {
  exactMoment,
  exactTime,
  liveWord,
  markSign,
  milliseconds,
  outcomeWord,
  SENT_AGAIN,
  sinceStart,
} from "./words.ts";

export interface RowProps {
  id: string;
  /** Place in the grid, from 1; the heads are the first row. */
  rowIndex: number;
  /** Changes whenever the entry may read differently: entries change in place. */
  revision: number;
  active: boolean;
  /** Its details are shown. */
  opened: boolean;
  /** When the log begins; undefined: times of the clock. */
  start: number | undefined;
}

function rowClass(props: RowProps, more = ""): string {
  const state = props.opened ? " sy-request-opened" : "";
  return `sy-request${props.active ? " sy-request-active" : ""}${state}${more}`;
}

export function RequestRow(
  props: RowProps & {
    entry: RequestEntry;
    name: SessionName | undefined;
    /** Kills the live queries of this request; absent where that can't be done. */
    onKill: ((entry: RequestEntry) => unknown) | undefined;
  },
): JSX.Element {
  const { entry, name, start } = props;
  // The same element again tells Preact that nothing changed in it.
  return useMemo(() => {
    const word = outcomeWord(entry.outcome);
    const watching = entry.live?.some((stream) => stream.state === "watching") ?? false;
    const user = userThen(entry.as);
    // A session of the person's own goes by the name that they gave it.
    const who = entry.relayed && name ? name.label : user;
    const { duration } = entry;
    return (
      <div
        id={props.id}
        class={rowClass(props, word.tone === "bad" ? " sy-request-failed" : "")}
        role="row"
        aria-rowindex={props.rowIndex}
        aria-selected={props.active}
        data-seq={entry.seq}
      >
        <span class="sy-request-time" role="gridcell" title={exactMoment(entry.at, Date.now())}>
          {start === undefined ? exactTime(entry.at) : sinceStart(entry.at, start)}
        </span>
        <span
          class="sy-request-as"
          role="gridcell"
          title={`${name ? `${name.label}: ` : ""}${user} in ${placeWord(entry.as ?? {})}${
            entry.relayed ? "\n⇄ This tab ran as it: relayed by way of a route" : ""
          }`}
        >
          {name && <Badge label={name.label} colour={name.colour} />}
          <span class={`sy-request-user${entry.as?.user === undefined ? " sy-dim" : ""}`}>
            {who}
          </span>
          {entry.relayed && (
            <span class="sy-request-relayed">
              <span aria-hidden="true">⇄</span>
              <span class="sy-unseen">, whom this tab ran as</span>
            </span>
          )}
        </span>
        <span class="sy-request-method" role="gridcell">
          {entry.method}
        </span>
        <span class="sy-request-text" role="gridcell" title={entry.text}>
          {entry.by === "you" && (
            <span
              class="sy-request-tag"
              title="Sent from Switchyard. The page didn't see the answer."
            >
              you{" "}
            </span>
          )}
          {entry.again && (
            <span class="sy-request-tag" title={SENT_AGAIN}>
              again{" "}
            </span>
          )}
          {entry.txn !== undefined && (
            <span class="sy-request-tag" title={`In transaction ${entry.txn}`}>
              txn{" "}
            </span>
          )}
          {entry.text}
        </span>
        <span
          class={`sy-request-result sy-request-${word.tone}`}
          role="gridcell"
          title={word.sentence ?? word.text}
        >
          {entry.live ? (
            <>
              <span class={watching ? "sy-request-live" : "sy-dim"}>◉ {liveWord(entry.live)}</span>
              {watching && props.onKill && (
                <button
                  type="button"
                  class="sy-request-kill"
                  tabIndex={-1}
                  title="kill(): ends the live query at the server. The page's SDK isn't told."
                  onClick={(event) => {
                    event.stopPropagation();
                    props.onKill?.(entry);
                  }}
                >
                  Kill
                </button>
              )}
            </>
          ) : (
            <>
              {word.mark && <span aria-hidden="true">{word.mark} </span>}
              {word.text}
            </>
          )}
        </span>
        <span
          class="sy-request-ms"
          role="gridcell"
          title={duration === undefined ? undefined : timeSpent(duration)}
        >
          {duration === undefined ? "" : milliseconds(duration)}
        </span>
        <span
          class="sy-request-size"
          role="gridcell"
          title={`Sent ${byteSize(entry.bytesSent)}${
            entry.bytesReceived === undefined ? "" : `, received ${byteSize(entry.bytesReceived)}`
          }`}
        >
          {entry.bytesReceived === undefined ? "" : byteSize(entry.bytesReceived)}
        </span>
      </div>
    );
  }, [
    entry,
    props.rowIndex,
    props.revision,
    props.active,
    props.opened,
    start,
    name?.label,
    name?.colour,
    props.onKill,
  ]);
}

export function MarkRow(props: RowProps & { entry: MarkEntry }): JSX.Element {
  const { entry } = props;
  return (
    <div
      id={props.id}
      class={rowClass(props, ` sy-mark sy-mark-${entry.mark}`)}
      role="row"
      aria-rowindex={props.rowIndex}
      aria-selected={props.active}
      data-seq={entry.seq}
    >
      <span class="sy-mark-text" role="gridcell" aria-colspan={7} title={entry.text}>
        <span aria-hidden="true">{markSign(entry.mark)}</span> {exactTime(entry.at)} {entry.text}
      </span>
    </div>
  );
}

export function isMark(entry: LogEntry): entry is MarkEntry {
  return entry.kind === "mark";
}
