/** What is going on in the session right now: queries that notify, and transactions that are open. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { TransactionView } from "../../../session/model.ts";
import { shortId } from "../../../session/short-id.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Section } from "../../components/section.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { moment, span } from "../../words/time.ts";
import { useNames } from "../names.ts";
import { LiveQuery, PageLiveQuery } from "./live-query.tsx";

export function LiveAndTransactions({ session }: { session: AnySession }): JSX.Element {
  const store = useStore();
  const adding = useSignal(false);
  const action = useAction();
  const { key, liveQueries, transactions } = session;
  return (
    <Section
      id="live"
      title="Live queries and transactions"
      count={liveQueries.length + transactions.length}
      actions={
        !isPageSession(session) && (
          <>
            <Button
              variant="quiet"
              icon="add"
              title="live()"
              onClick={() => {
                adding.value = true;
              }}
            >
              Live query
            </Button>
            <Button
              variant="quiet"
              icon="add"
              title="begin(): a transaction to run queries in"
              onClick={() => action.run(() => store.call("session.begin", { key }))}
            >
              Transaction
            </Button>
          </>
        )
      }
    >
      <ErrorNote error={action.error} onDismiss={action.clear} />
      {adding.value && (
        <NewLiveQuery
          session={session}
          close={() => {
            adding.value = false;
          }}
        />
      )}
      {liveQueries.length + transactions.length === 0 && !adding.value && (
        <p class="sy-dim sy-section-empty">None.</p>
      )}
      <ul class="sy-lives">
        {transactions.map((transaction) => (
          <Transaction key={transaction.id} session={session} transaction={transaction} />
        ))}
        {liveQueries.map((query) =>
          isPageSession(session) ? (
            <PageLiveQuery key={query.id} session={session} query={query} />
          ) : (
            <LiveQuery key={query.id} sessionKey={key} query={query} />
          ),
        )}
      </ul>
    </Section>
  );
}

interface NewLiveQueryProps {
  session: AnySession;
  close: () => void;
}

/** True where what was typed is a whole statement, not a table's name. */
function isStatement(text: string): boolean {
  return /^\s*live\s/i.test(text);
}

function NewLiveQuery({ session, close }: NewLiveQueryProps): JSX.Element {
  const store = useStore();
  const text = useSignal("");
  const starting = useAction();
  const form = useRef<HTMLFormElement>(null);
  const { key } = session;
  const names = useNames(key, undefined, `${session.namespace}/${session.database}`);

  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);

  async function start() {
    const typed = text.value.trim();
    if (typed === "") {
      starting.fail({ name: "Missing", message: "Name a table, or write a LIVE SELECT." });
      return;
    }
    const begun = await starting.run(() =>
      store.call(
        "session.live",
        isStatement(typed) ? { key, statement: typed } : { key, table: typed },
      ),
    );
    if (begun) close();
  }

  return (
    <form
      ref={form}
      class="sy-new-live"
      aria-label="New live query"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <Combobox
        label="Table, or LIVE SELECT statement"
        placeholder="Table, or LIVE SELECT * FROM note WHERE …"
        mono
        value={text.value}
        options={names.tables}
        onSubmit={() => void start()}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <Button type="submit" variant="primary" busy={starting.busy}>
        Start
      </Button>
      <Button onClick={close}>Cancel</Button>
      <ErrorNote error={starting.error} onDismiss={starting.clear} />
    </form>
  );
}

interface TransactionProps {
  session: AnySession;
  transaction: TransactionView;
}

function Transaction({ session, transaction }: TransactionProps): JSX.Element {
  const store = useStore();
  const ending = useAction();
  const blocked = whyNotAct(store, session);
  const { key } = session;
  const { id: txn, begunAt, requests } = transaction;
  return (
    <li class="sy-live" data-transaction={txn}>
      <div class="sy-live-line">
        <span class="sy-live-text" title={`Begun ${moment(begunAt, now.peek())}`}>
          Transaction <span class="sy-mono">{shortId(txn)}</span>{" "}
          <span class="sy-dim">
            open {span(now.value - begunAt)} · {requests} {requests === 1 ? "request" : "requests"}
          </span>
        </span>
        <span class="sy-live-actions">
          <Button
            title={blocked ?? "Opens Query with this transaction"}
            disabled={blocked !== undefined}
            onClick={() => store.queryAs(key, txn)}
          >
            Run in it
          </Button>
          <Button
            title={blocked ?? "commit()"}
            disabled={blocked !== undefined}
            onClick={() => ending.run(() => store.call("session.commit", { key, txn }))}
          >
            Commit
          </Button>
          <Button
            title={blocked ?? "cancel()"}
            disabled={blocked !== undefined}
            onClick={() => ending.run(() => store.call("session.cancel", { key, txn }))}
          >
            Cancel
          </Button>
        </span>
      </div>
      <ErrorNote error={ending.error} onDismiss={ending.clear} />
    </li>
  );
}
