/**
 * The rows that are always there: whom the tab runs as, in a view that belongs to one; then the views,
 * how the connections are, and the settings.
 */
import "./top-bar.css";
import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { now } from "../store/clock.ts";
import { useStore } from "../store/context.ts";
import type { ViewName } from "../store/store.ts";
import { count } from "../values/sizes.ts";
import { connectionsSummary } from "../words/connections-summary.ts";
import { clockTime } from "../words/time.ts";
import { PageSockets } from "./page-sockets.tsx";
import { RunsAsBar } from "./runs-as/runs-as-bar.tsx";

const VIEWS: readonly { view: ViewName; text: string }[] = [
  { view: "sessions", text: "Sessions" },
  { view: "requests", text: "Requests" },
  { view: "query", text: "Query" },
];

export function TopBar(): JSX.Element {
  const store = useStore();
  const { view, connections, page } = store;
  const ofTab = page.info.value !== undefined;

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const step = event.key === "ArrowRight" ? 1 : -1;
    const at = VIEWS.findIndex((each) => each.view === view.value);
    view.value = VIEWS[(at + step + VIEWS.length) % VIEWS.length]?.view ?? view.value;
    const tabs = event.currentTarget as HTMLElement;
    requestAnimationFrame(() => {
      tabs.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    });
    event.preventDefault();
  }

  return (
    <header>
      {ofTab && (
        <RunsAsBar>
          <PageSockets />
          <Ways />
        </RunsAsBar>
      )}
      <div class="sy-topbar">
        <div class="sy-tabs" role="tablist" tabIndex={-1} aria-label="Views" onKeyDown={onKeyDown}>
          {VIEWS.map((each) => (
            <button
              key={each.view}
              type="button"
              role="tab"
              class="sy-tab"
              aria-label={each.text}
              aria-selected={view.value === each.view}
              tabIndex={view.value === each.view ? 0 : -1}
              onClick={() => {
                view.value = each.view;
              }}
            >
              {each.text}
              {each.view === "requests" && <RequestCount />}
            </button>
          ))}
        </div>
        <div class="sy-topbar-end">
          <RecordingMark />
          {connections.all.value.length > 0 && <Summary />}
          {!ofTab && <Ways />}
        </div>
      </div>
    </header>
  );
}

/** Out of this view: to a tab of its own, and to the settings. */
function Ways(): JSX.Element {
  const store = useStore();
  return (
    <>
      {store.host.surface === "devtools" && (
        <Button icon="link" label="Open in a tab" onClick={() => store.host.openOwnTab()} />
      )}
      <Button icon="settings" label="Settings" onClick={() => store.open({ kind: "settings" })} />
    </>
  );
}

/** How many requests the log has. Alone in a component: it changes with every batch of them. */
function RequestCount(): JSX.Element | null {
  const { requests } = useStore();
  requests.revision.value;
  const total = requests.source.value.counts.requests;
  return total === 0 ? null : <span class="sy-count">{count(total)}</span>;
}

/** Whether the page's requests are recorded; a press leads to where that is changed. */
function RecordingMark(): JSX.Element | null {
  const { page, requests, view } = useStore();
  // In Requests its own switch says so.
  if (page.info.value?.status !== "watched" || view.value === "requests") return null;
  const since = requests.since.value;
  const on = requests.recording.value && since !== undefined;
  return (
    <button
      type="button"
      class="sy-summary sy-recording"
      title={
        on
          ? `Recording the page's requests since ${clockTime(since)}`
          : "The page's requests are not recorded"
      }
      onClick={() => {
        view.value = "requests";
      }}
    >
      <span class={on ? "sy-recording-on" : "sy-dim"} aria-hidden="true">
        {on ? "●" : "○"}
      </span>
      <span class={on ? "" : "sy-dim"}>{on ? "Recording" : "Not recording"}</span>
    </button>
  );
}

function Summary(): JSX.Element {
  const store = useStore();
  const summary = connectionsSummary(store.connections.all.value, now.value);
  return (
    <button
      type="button"
      class="sy-summary sy-connections-summary"
      title={summary.state.sentence}
      aria-label={`Connections: ${summary.name} ${summary.state.word} ${summary.count ?? ""}`.trim()}
      onClick={() => store.open({ kind: "connection", id: summary.id })}
    >
      <span class="sy-dim sy-ellipsis">{summary.name}</span>
      <StateMark state={summary.state} />
      {summary.count && <span class="sy-dim">{summary.count}</span>}
    </button>
  );
}
