/**
 * The view Query: one editor, one session to run as, and what came back.
 *
 * Whom a query runs as is chosen here by name and stands beside the Run button, never implied.
 */
import "./query.css";
import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import type { ErrorView, TransactionView } from "../../session/model.ts";
import { shortId } from "../../session/short-id.ts";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import { Select, type SelectOption } from "../components/field.tsx";
import { whyNotAct } from "../store/acting.ts";
import type { AnySession } from "../store/any-session.ts";
import { now } from "../store/clock.ts";
import { StoreContext } from "../store/context.ts";
import { isClosed } from "../store/sessions.ts";
import type { PanelStore } from "../store/store.ts";
import { ValueTree } from "../values/value-tree.tsx";
import { placeWord, userWord } from "../words/identity.ts";
import { span } from "../words/time.ts";
import { type Obstacle, obstacle } from "./can-run.ts";
import { Editor, selectionIn } from "./editor.tsx";
import { METHODS } from "./methods.ts";
import { type PastRun, type Progress, type QueryState, queryState } from "./query-state.ts";
import { ResultView } from "./results/result-view.tsx";

const NO_TRANSACTION = "";

export function QueryView({ store }: { store: PanelStore }): JSX.Element {
  const state = queryState(store);
  const editor = useRef<HTMLTextAreaElement>(null);
  const key = store.queryTarget.value?.key ?? store.selectedKey.value;
  const session = key === undefined ? undefined : store.session(key);
  const wanted = store.queryTarget.value?.txn;
  const transaction = session?.transactions.find((each) => each.id === wanted);
  const inTheWay = obstacle(session, session && whyNotAct(store, session));
  const running = state.progress.value.kind === "running";
  const query = state.method.value === "query";
  const written = query ? state.text.value : state.args.value;
  const example = METHODS.find((each) => each.name === state.method.value)?.example;
  const nothingToRun = query && written.trim() === "";
  const canRun = !running && !nothingToRun && !inTheWay?.final;

  function run() {
    if (!canRun || !session) return;
    return state.run(session, transaction?.id, selectionIn(editor.current));
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void run();
  }

  return (
    <StoreContext.Provider value={store}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter works wherever the focus is in here */}
      <div class="sy-query" onKeyDown={onKeyDown}>
        <div class="sy-query-bar">
          <RunAs store={store} session={session} onChange={(next) => store.queryAs(next)} />
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
          {session && session.transactions.length > 0 && (
            <Pick label="Transaction">
              {(id) => (
                <Select
                  id={id}
                  value={transaction?.id ?? NO_TRANSACTION}
                  options={transactionOptions(session.transactions)}
                  onChange={(txn) => {
                    store.queryAs(session.key, txn === NO_TRANSACTION ? undefined : txn);
                  }}
                />
              )}
            </Pick>
          )}
          <span class="sy-query-end">
            <History state={state} />
            <Button
              variant="primary"
              disabled={!canRun}
              title={runTitle(store, inTheWay)}
              onClick={run}
            >
              Run {store.host.platform === "mac" ? "⌘⏎" : "Ctrl+⏎"}
            </Button>
          </span>
        </div>
        {inTheWay && <ObstacleNote store={store} obstacle={inTheWay} session={session} />}
        {wanted !== undefined && !transaction && (
          <Note tone="warn">
            The transaction you chose is over. What you run now runs outside of it.
          </Note>
        )}
        {(query || example !== undefined) && (
          <Editor
            inputRef={editor}
            label={query ? "Statement" : `Arguments of ${state.method.value}, an array`}
            placeholder={example}
            rows={query ? 6 : 3}
            value={written}
            onInput={(value) => {
              (query ? state.text : state.args).value = value;
            }}
          />
        )}
        {query && <Bindings state={state} />}
        <div class="sy-query-outcome">
          <Outcome store={store} progress={state.progress.value} onLetGo={state.letGo} />
        </div>
      </div>
    </StoreContext.Provider>
  );
}

interface PickProps {
  label: string;
  wide?: boolean;
  /** Given the id that ties the control to its label. */
  children: (id: string) => ComponentChildren;
}

function Pick({ label, wide, children }: PickProps): JSX.Element {
  const id = useId();
  return (
    <span class={`sy-query-pick${wide ? " sy-query-as" : ""}`}>
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

function RunAs(props: {
  store: PanelStore;
  session: AnySession | undefined;
  onChange: (key: string) => void;
}): JSX.Element {
  const { store, session } = props;
  const living = (sessions: readonly AnySession[], group: string) =>
    sessions
      .filter((each) => !isClosed(each))
      .map((each) => ({
        value: each.key,
        text: `${each.label} · ${userWord(each)} · ${placeWord(each)}`,
        group,
      }));
  const ofPage = living(store.page.sessions.all.value, "This page");
  const options: SelectOption<string>[] = [
    ...ofPage,
    ...living(store.sessions.all.value, ofPage.length > 0 ? "My sessions" : ""),
  ];
  if (!session || isClosed(session)) {
    options.unshift({ value: session?.key ?? "", text: "Choose a session" });
  }
  return (
    <Pick label="Run as" wide>
      {(id) => (
        <>
          {session && <Badge label={session.label} colour={session.colour} />}
          <Select id={id} value={session?.key ?? ""} options={options} onChange={props.onChange} />
        </>
      )}
    </Pick>
  );
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

function History({ state }: { state: QueryState }): JSX.Element | null {
  const runs = state.history.value;
  if (runs.length === 0) return null;
  return (
    <span class="sy-query-history">
      <Select
        label="History"
        value=""
        options={[
          { value: "", text: "History" },
          ...runs.map((past, index) => ({ value: String(index), text: pastText(past) })),
        ]}
        onChange={(index) => {
          const past = runs[Number(index)];
          if (index !== "" && past) state.recall(past);
        }}
      />
    </span>
  );
}

/** A past run on one line. */
function pastText({ method, text }: PastRun): string {
  const line = text.replace(/\s+/g, " ").trim();
  const short = line.length > 70 ? `${line.slice(0, 69)}…` : line;
  return method === "query" ? short : `${method} ${short}`;
}

function Bindings({ state }: { state: QueryState }): JSX.Element {
  return (
    <details class="sy-query-bindings" open={state.bindings.peek() !== ""}>
      <summary>
        Bindings
        {state.bindings.value.trim() !== "" && <span class="sy-dim"> · sent with the query</span>}
      </summary>
      <Editor
        label="Bindings, an object"
        placeholder={'{ name: "x", since: time::now() - 1d }'}
        rows={2}
        value={state.bindings.value}
        onInput={(value) => {
          state.bindings.value = value;
        }}
      />
    </details>
  );
}

function ObstacleNote(props: {
  store: PanelStore;
  obstacle: Obstacle;
  session: AnySession | undefined;
}): JSX.Element {
  const { store, session } = props;
  const { text, final, way } = props.obstacle;
  const look = () => {
    if (session) store.select(session.key);
    store.view.value = "sessions";
    store.front.value = "detail";
  };
  const action =
    way === "choose" ? undefined : way === "sign-in" ? (
      <Button onClick={() => store.open({ kind: "sign-in-again" })}>Sign in</Button>
    ) : (
      <Button onClick={look}>Go to session</Button>
    );
  return (
    <Note tone="warn" actions={action}>
      {text}
      {!final && " What you run waits for it, 5 s at most."}
    </Note>
  );
}

function Outcome(props: {
  store: PanelStore;
  progress: Progress;
  onLetGo: () => void;
}): JSX.Element {
  const { progress } = props;
  switch (progress.kind) {
    case "nothing":
      return (
        <p class="sy-query-idle sy-dim">
          The result appears here, with who asked and where. Mark a part of the text to run only
          that.
        </p>
      );
    case "running":
      return (
        <div class="sy-query-running" role="status">
          <span class="sy-query-bar-moving" aria-hidden="true" />
          <span>
            Running as {progress.label} · <Elapsed since={progress.startedAt} />
          </span>
          <Button
            title="The server can't be told to stop: it may still do what was asked."
            onClick={props.onLetGo}
          >
            Stop waiting
          </Button>
        </div>
      );
    case "let-go":
      return (
        <Note tone="warn">
          You stopped waiting after {span(progress.after)}. The server may still be at work as{" "}
          {progress.label}, and what it does is not undone.
        </Note>
      );
    case "failed":
      return <Failed label={progress.label} error={progress.error} />;
    case "answered":
      return <ResultView answer={progress.answer} ask={progress.ask} fills />;
  }
}

function Failed({ label, error }: { label: string; error: ErrorView }): JSX.Element {
  return (
    <div class="sy-query-failed">
      <p class="sy-dim">Asked as {label}, and failed:</p>
      <ErrorNote error={error}>
        {error.kind && <span class="sy-error-kind">{error.kind}</span>}
      </ErrorNote>
      {error.details !== undefined && (
        <ValueTree value={error.details} label="details" initialDepth={2} />
      )}
    </div>
  );
}

/** Alone in a component: only these letters are painted anew each second. */
function Elapsed({ since }: { since: number }): JSX.Element {
  return <time>{span(now.value - since)}</time>;
}
