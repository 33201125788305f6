/**
 * The view Query: one editor, one or several sessions to run as, and what came back.
 *
 * Whom a query runs as is chosen here by name, never implied.
 */
import { endKey } from "../components/end-key.ts";
import "./query.css";
import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import type { TransactionView } from "../../session/model.ts";
import { shortId } from "../../session/short-id.ts";
import { Button } from "../components/button.tsx";
import { Note } from "../components/error-note.tsx";
import { Select } from "../components/field.tsx";
import { whyNotAct } from "../store/acting.ts";
import type { AnySession } from "../store/any-session.ts";
import { now } from "../store/clock.ts";
import { StoreContext } from "../store/context.ts";
import type { PanelStore } from "../store/store.ts";
import { span } from "../words/time.ts";
import { type Obstacle, obstacle } from "./can-run.ts";
import { SideBySide } from "./compare/side-by-side.tsx";
import type { CodeHandle } from "./editor/code-editor.tsx";
import { QueryFields } from "./editor/query-fields.tsx";
import { History } from "./history/history.tsx";
import { beginSaving, isBlank, shelfOf, writtenIn } from "./history/shelf.ts";
import { AskCareful, carefulServers, KeepChanges, keeps } from "./keep-changes.tsx";
import { METHODS, takesArguments } from "./methods.ts";
import { ObstacleNote } from "./obstacle-note.tsx";
import { Outcome } from "./outcome.tsx";
import { queryState, type Run } from "./query-state.ts";
import { RefusalNote } from "./refusal-note.tsx";
import { RunAs } from "./run-as.tsx";
import { mayWrite } from "./run-plan.ts";
import { schemaReaders } from "./schema-guard.ts";

const NO_TRANSACTION = "";

export interface QueryViewProps {
  store: PanelStore;
  /** The switch between this and the other half of Query. */
  half: ComponentChildren;
}

export function QueryView({ store, half }: QueryViewProps): JSX.Element {
  const state = queryState(store);
  const editor = useRef<CodeHandle>(null);
  const sessions = useComputed(() => chosenSessions(store)).value;
  const asking = useSignal<Question | undefined>(undefined);
  const [single] = sessions.length === 1 ? sessions : [];
  const wanted = single && store.queryTargets.all.value[0]?.txn;
  const transaction = single?.transactions.find((each) => each.id === wanted);
  const obstacles = sessions.flatMap((session) => {
    const found = obstacle(session, whyNotAct(store, session));
    return found ? [{ session, obstacle: found }] : [];
  });
  const askable = sessions.filter((each) => !obstacles.some(({ session }) => session === each));
  const query = state.method.value === "query";
  const written = query ? state.text.value : state.args.value;
  const nothingToRun = query && written.trim() === "";
  const barred = (session: AnySession) =>
    obstacles.find((each) => each.session === session && each.obstacle.final)?.obstacle;
  const allBarred = sessions.every(barred);
  const canRun = !state.running.value && !nothingToRun && !allBarred;

  /** What a question is about: once that is another, the question is no more. */
  function about() {
    const { method, text, args, bindings, keep } = state;
    const fields = [method.value, text.value, args.value, bindings.value, keep.value];
    return JSON.stringify([...fields, transaction?.id, ...sessions.map(({ key }) => key)]);
  }

  function run() {
    if (!canRun) return;
    const text = editor.current?.selection();
    const go = () => {
      asking.value = undefined;
      const readers = schemaReaders(store, sessions);
      return state.run(sessions, { txn: transaction?.id, text, barred, readers });
    };
    const bindings = query ? state.bindings.value : "";
    const asked = { method: state.method.value, text: text ?? written, bindings };
    const stays = transaction === undefined && keeps(state, sessions.length) && mayWrite(asked);
    const servers = stays ? carefulServers(store, sessions) : [];
    if (servers.length === 0) return go();
    asking.value = { about: about(), servers, go };
  }

  function goTo({ asked: { text } }: Run, { from, to }: { from: number; to: number }) {
    const found = editor.current?.goTo({ text, from, to });
    if (!found) store.announce("What was run isn't in the editor any more.");
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") void run();
    else if (event.key !== "s" || event.shiftKey || event.altKey) return;
    else if (!isBlank(writtenIn(state))) beginSaving(shelfOf(store));
    endKey(event);
  }

  return (
    <StoreContext.Provider value={store}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter works wherever the focus is in here */}
      <div class="sy-query" onKeyDown={onKeyDown}>
        <div class="sy-query-bar">
          {half}
          <RunAs store={store} sessions={sessions} />
          <Pick label="Method">
            {(id) => (
              <Select
                id={id}
                value={state.method.value}
                options={METHODS.map(({ name }) => ({ value: name, text: name }))}
                onChange={(method) => {
                  state.method.value = method;
                }}
              />
            )}
          </Pick>
          {single && single.transactions.length > 0 && (
            <Pick label="Transaction">
              {(id) => (
                <Select
                  id={id}
                  value={transaction?.id ?? NO_TRANSACTION}
                  options={transactionOptions(single.transactions)}
                  onChange={(txn) => {
                    store.queryAs(single.key, txn === NO_TRANSACTION ? undefined : txn);
                  }}
                />
              )}
            </Pick>
          )}
          <KeepChanges
            state={state}
            sessions={sessions.length}
            inTransaction={transaction !== undefined}
          />
          <span class="sy-query-end">
            <History store={store} state={state} />
            {takesArguments(state.method.value) && (
              <Button title="Lays it out (Shift+Alt+F)" onClick={() => editor.current?.format()}>
                Format
              </Button>
            )}
            <Button
              variant="primary"
              disabled={!canRun}
              title={runTitle(store, allBarred ? obstacles[0]?.obstacle : undefined)}
              onClick={run}
            >
              Run {store.host.platform === "mac" ? "⌘⏎" : "Ctrl+⏎"}
            </Button>
          </span>
        </div>
        {sessions.length === 0 && <Note tone="warn">Choose a session to run as.</Note>}
        {obstacles.map((each) => (
          <ObstacleNote key={each.session.key} obstacle={each.obstacle} session={each.session} />
        ))}
        {asking.value && asking.value.about === about() && (
          <AskCareful
            servers={asking.value.servers}
            sessions={sessions}
            onYes={asking.value.go}
            close={() => {
              asking.value = undefined;
            }}
          />
        )}
        {wanted !== undefined && !transaction && (
          <Note tone="warn">
            The transaction you chose is over. What you run now runs outside of it.
          </Note>
        )}
        <QueryFields state={state} askable={askable} handle={editor} />
        <div class="sy-query-outcome">
          <Outcomes run={state.latest.value} onGo={goTo} />
        </div>
      </div>
    </StoreContext.Provider>
  );
}

/** Asked before something is kept on a Careful connection. */
interface Question {
  about: string;
  servers: string[];
  go: () => unknown;
}

/** Those that the person chose and that are still there; with nobody chosen, the selected one. */
export function chosenSessions(store: PanelStore): AnySession[] {
  const targets = store.queryTargets.all.value.map(({ key }) => key);
  const selected = store.selectedKey.value;
  const keys = targets.length > 0 || selected === undefined ? targets : [selected];
  return keys.flatMap((key) => store.session(key) ?? []);
}

interface OutcomesProps {
  run: Run | undefined;
  /** Puts the cursor to a place in the text of this run. */
  onGo: (run: Run, place: { from: number; to: number }) => void;
}

function Outcomes({ run, onGo }: OutcomesProps): JSX.Element {
  if (run?.refusal) {
    return <RefusalNote refusal={run.refusal} onGo={(place) => onGo(run, place)} />;
  }
  const [first, ...others] = run?.columns ?? [];
  if (!run || !first) {
    return (
      <p class="sy-query-idle sy-dim">
        The result appears here, with who asked and where. Mark a part of the text to run only that.
      </p>
    );
  }
  return others.length > 0 ? <SideBySide run={run} /> : <Outcome column={first} />;
}

interface PickProps {
  label: string;
  /** Given the id that ties the control to its label. */
  children: (id: string) => ComponentChildren;
}

function Pick({ label, children }: PickProps): JSX.Element {
  const id = useId();
  return (
    <span class="sy-query-pick">
      <label for={id}>{label}</label>
      {children(id)}
    </span>
  );
}

function runTitle(store: PanelStore, inTheWay: Obstacle | undefined): string {
  if (inTheWay?.final) return inTheWay.text;
  const keys = store.host.platform === "mac" ? "Cmd+Enter" : "Ctrl+Enter";
  return `Runs what is marked, or else all of it (${keys})`;
}

function transactionOptions(transactions: readonly TransactionView[]) {
  return [
    { value: NO_TRANSACTION, text: "none" },
    ...transactions.map((each) => ({
      value: each.id,
      text: `${shortId(each.id)} · open ${span(now.peek() - each.begunAt)}`,
    })),
  ];
}
