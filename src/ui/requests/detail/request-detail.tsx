/** One request, opened: what was sent, what came back, who asked, and what can be done with it. */
import "./request-detail.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import { useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { recordRun } from "../../query/history/record-run.ts";
import { schemaReaders } from "../../query/schema-guard.ts";
import type { AnySession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { byteSize, plural, timeSpent } from "../../values/sizes.ts";
import { AgainTab } from "../run-again/again-tab.tsx";
import { openInQuery } from "../run-again/open-in-query.ts";
import { canRunAgain, createRunAgain } from "../run-again/run-again.ts";
import { RunAgainMenu } from "../run-again/run-again-menu.tsx";
import { sessionName, userThen } from "../session-names.ts";
import { useRequests } from "../use-requests.ts";
import { exactTime, outcomeWord } from "../words.ts";
import { CopyMenu } from "./copy-menu.tsx";
import { IdentityTab } from "./identity-tab.tsx";
import { NotificationsTab } from "./notifications-tab.tsx";
import { RequestTab } from "./request-tab.tsx";
import { ResultTab } from "./result-tab.tsx";
import { type OpenedEntry, useEntry } from "./use-entry.ts";

export interface RequestDetailProps {
  seq: number;
  /** Where it is the only thing on screen. */
  back?: ComponentChildren;
  onClose: () => void;
}

export function RequestDetail(props: RequestDetailProps): JSX.Element {
  const opened = useEntry(props.seq);
  if (!opened) {
    return (
      <div class="sy-opened">
        <header class="sy-opened-head">
          {props.back}
          <span class="sy-opened-what">This request is no longer in the log.</span>
          {!props.back && <Button icon="close" label="Close details" onClick={props.onClose} />}
        </header>
      </div>
    );
  }
  return <Opened {...props} opened={opened} />;
}

type Tab = "request" | "result" | "notifications" | "identity" | "again";

function Opened(props: RequestDetailProps & { opened: OpenedEntry }): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  const id = useId();
  const { entry, details } = props.opened;
  const source = requests.source.value;
  const imported = source.readOnly ? source.sessions() : undefined;
  const name = sessionName(store, entry.as ?? { sessionKey: entry.socketKey }, imported);
  /** As it was sent, secrets and all. */
  function sent() {
    const params = source.details(entry.seq, "all")?.params;
    return { method: entry.method, ...(params && { params }) };
  }
  const run = useMemo(
    () =>
      createRunAgain(
        store.call,
        sent,
        (sessions) => schemaReaders(store, sessions),
        (begun) => recordRun(begun, store.statements),
      ),
    [source, entry],
  );
  const again = run.state.value;
  const showsAgain = useSignal(false);
  const copying = useAction();

  const remembered = store.preferences.get<string>("requests.tab", "request").value;
  const tabs: { tab: Tab; text: string }[] = [
    { tab: "request", text: "Request" },
    { tab: "result", text: "Result" },
    ...(entry.live ? [{ tab: "notifications" as const, text: "Notifications" }] : []),
    { tab: "identity", text: "Identity at that moment" },
    ...(again ? [{ tab: "again" as const, text: `Again as ${whoAgain(again.sessions)}` }] : []),
  ];
  const wanted = again && showsAgain.value ? "again" : remembered;
  const shown = tabs.find(({ tab }) => tab === wanted)?.tab ?? "request";

  function show(tab: Tab) {
    showsAgain.value = tab === "again";
    if (tab !== "again") store.preferences.set("requests.tab", tab);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const at = tabs.findIndex(({ tab }) => tab === shown);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next) show(next.tab);
    const list = event.currentTarget as HTMLElement;
    requestAnimationFrame(() => list.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
    event.preventDefault();
  }

  const word = outcomeWord(entry.outcome);
  return (
    <section class="sy-opened" aria-label="Request" data-request={entry.seq}>
      <header class="sy-opened-head">
        {props.back}
        <Badge label={name.label} colour={name.colour} />
        <span class="sy-opened-what" title={word.sentence}>
          <b>{entry.method}</b>
          <span class="sy-dim"> as </span>
          {userThen(entry.as)}
          <span class={`sy-opened-outcome sy-request-${word.tone}`}>
            {word.mark && `${word.mark} `}
            {word.text}
          </span>
          <span class="sy-dim">
            {entry.duration !== undefined && timeSpent(entry.duration)}
            <span class="sy-opened-more">
              {` · ${exactTime(entry.at)} · ${byteSize(entry.bytesSent)} sent`}
              {entry.bytesReceived !== undefined && `, ${byteSize(entry.bytesReceived)} received`}
            </span>
          </span>
        </span>
        <span class="sy-opened-actions">
          <CopyMenu entry={entry} details={details} copying={copying} />
          <RunAgainMenu
            impossible={impossible(entry.method, details, source.readOnly)}
            onRun={(sessions) => {
              showsAgain.value = true;
              return run.start(sessions);
            }}
            onOpen={(sessions) => openInQuery(store, sent(), sessions)}
          />
          {!props.back && (
            <Button icon="close" label="Close details (Esc)" onClick={props.onClose} />
          )}
        </span>
      </header>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
      <div
        class="sy-opened-tabs"
        role="tablist"
        tabIndex={-1}
        aria-label="Parts of the request"
        onKeyDown={onKeyDown}
      >
        {tabs.map(({ tab, text }) => (
          <button
            key={tab}
            type="button"
            id={`${id}-${tab}`}
            role="tab"
            class="sy-opened-tab"
            aria-selected={tab === shown}
            aria-controls={`${id}-panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => show(tab)}
          >
            {text}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        key={shown}
        class="sy-opened-body"
        role="tabpanel"
        aria-labelledby={`${id}-${shown}`}
      >
        {shown === "result" && <ResultTab entry={entry} details={details} name={name} />}
        {shown !== "result" && (
          <div class="sy-opened-pad">
            {shown === "request" && <RequestTab entry={entry} details={details} />}
            {shown === "notifications" && <NotificationsTab entry={entry} details={details} />}
            {shown === "identity" && <IdentityTab entry={entry} name={name} />}
            {shown === "again" && again && (
              <AgainTab
                again={again}
                run={run}
                opened={props.opened}
                whole={() => source.details(entry.seq, "all")}
                name={name}
                onOpen={() => openInQuery(store, sent(), again.sessions)}
              />
            )}
          </div>
        )}
      </div>
    </section>
  );
}

/** "Bob", "3 sessions". */
function whoAgain(sessions: readonly AnySession[]): string {
  return sessions.length === 1 && sessions[0]
    ? sessions[0].label
    : plural(sessions.length, "session");
}

/** Why a request can't be run again, one sentence. */
function impossible(
  method: string,
  details: OpenedEntry["details"],
  readOnly: boolean,
): string | undefined {
  if (!canRunAgain(method)) return `${method} changes the session itself: it isn't run again.`;
  if (details.requestMissing !== undefined)
    return `It can't be sent again. ${details.requestMissing}`;
  if (readOnly && details.covered.some(({ where }) => where === "params")) {
    return "It can't be sent again: its secrets were left out when the log was exported.";
  }
  return undefined;
}
