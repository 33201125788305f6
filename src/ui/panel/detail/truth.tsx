/** What the server itself says about this session: as shown, otherwise, or nothing. */
import type { JSX } from "preact";
import type { SessionBase } from "../../../session/model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { Ago } from "../../components/times.tsx";
import { useStore } from "../../store/context.ts";

const FIELDS = { user: "user", namespace: "namespace", database: "database", access: "access" };

export interface TruthProps {
  session: SessionBase;
  /** What asking came to. */
  working: Action;
  /** Why the server can't be asked now. */
  blocked?: string | undefined;
  /** Sets the session up at the server again as it is shown; absent where that isn't ours to do. */
  restore?: () => Promise<unknown>;
}

export function HeldTruth({ session }: { session: SessionBase }): JSX.Element {
  const store = useStore();
  const { key } = session;
  return (
    <Truth
      session={session}
      working={useAction()}
      restore={() => store.call("session.restoreTruth", { key })}
    />
  );
}

export function Truth({ session, working, blocked, restore }: TruthProps): JSX.Element {
  const store = useStore();
  const { key, truth } = session;
  const check = (
    <Button
      busy={truth.state === "checking"}
      disabled={blocked !== undefined}
      title={blocked ?? "Asks the server who it thinks this session is"}
      onClick={() => working.run(() => store.call("session.check", { key }))}
    >
      Check
    </Button>
  );
  const checked = truth.checkedAt !== undefined && (
    <>
      {" · "}
      <Ago at={truth.checkedAt} />
    </>
  );

  return (
    <>
      <div class={`sy-truth sy-truth-${truth.state}`} data-truth={truth.state}>
        <div class="sy-truth-text">
          {truth.state === "agrees" && (
            <>
              Server confirms: <b>{truth.identity}</b>
              {checked} <Icon name="check" size={14} />
            </>
          )}
          {truth.state === "differs" &&
            (truth.differences ?? []).map((difference) => (
              <div key={difference.field}>
                Server says{difference.field === "user" ? "" : ` ${FIELDS[difference.field]}`}:{" "}
                <b>{difference.server || "none"}</b> ≠ shown: <b>{difference.shown || "none"}</b>
                {checked}
              </div>
            ))}
          {truth.state === "failed" && (
            <>
              The server did not say: {truth.error?.message}
              {checked}
              {truth.error?.advice && <div class="sy-dim">{truth.error.advice}</div>}
            </>
          )}
          {truth.state === "unchecked" && "Not checked with the server yet"}
          {truth.state === "checking" && "Asking the server…"}
        </div>
        <div class="sy-truth-actions">
          {truth.state === "differs" && blocked === undefined && (
            <>
              <Button
                title="Takes over what the server says"
                onClick={() => working.run(() => store.call("session.acceptTruth", { key }))}
              >
                Show the server's
              </Button>
              {restore && (
                <Button
                  title="Sets the session up at the server again, as it is shown"
                  onClick={() => working.run(restore)}
                >
                  Restore
                </Button>
              )}
            </>
          )}
          {check}
        </div>
      </div>
      <ErrorNote error={working.error} onDismiss={working.clear} />
    </>
  );
}
