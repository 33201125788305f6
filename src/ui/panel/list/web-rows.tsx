/** The rows of web sign-ins: sessions of the page, saved ones, and what their systems have to say. */
import type { JSX } from "preact";
import type { WebKind } from "../../../web/web-model.ts";
import { useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { StateMark } from "../../components/state-mark.tsx";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { isInPage } from "../../store/web.ts";
import { siteName } from "../../words/routes.ts";
import { isOver, systemTrouble, webPlaceWord, webState, webStatusWord } from "../../words/web.ts";
import { RenameField } from "../rename-field.tsx";
import { type RowProps, rowAttributes } from "./session-row.tsx";

export function WebRow(props: RowProps): JSX.Element | null {
  const store = useStore();
  const session = store.web.get(props.sessionKey);
  if (!session) return null;
  const saved = session.holder === "extension";
  const inPage = isInPage(store.web, session);
  const { key, label } = session;
  return (
    <div
      class={`sy-row${isOver(session.status) ? " sy-row-over" : ""}`}
      {...rowAttributes(session, props)}
      data-web={session.kind}
      data-current={inPage}
    >
      <span class="sy-row-number" />
      <Badge label={label} colour={session.colour} />
      <div class="sy-row-text">
        <div class="sy-row-line">
          {props.renaming ? (
            <RenameField
              label={label}
              rename={(text) => store.call("web.edit", { key, label: text })}
              action={props.action}
              onDone={props.onRenamed}
            />
          ) : (
            <span class="sy-row-label sy-ellipsis" title={session.userName ?? session.id}>
              {label}
            </span>
          )}
          <StateMark state={webState(session, now.value)} />
        </div>
        <div class="sy-row-line sy-dim">
          <span class="sy-ellipsis">{webPlaceWord(session)}</span>
          {session.actor && (
            <span class="sy-tag" title="Somebody else acts as this user">
              impersonated
            </span>
          )}
          {saved && !inPage && (
            <span
              class="sy-row-origin sy-ellipsis"
              title={`Fits ${session.origin}, and no other page`}
            >
              {siteName(session.origin)}
            </span>
          )}
          {inPage && (
            <span class="sy-row-extra sy-row-runs" title="The page runs as this session">
              ✓ in the page
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

export function ClosedWebRow(props: RowProps): JSX.Element | null {
  const store = useStore();
  const session = store.web.get(props.sessionKey);
  if (!session) return null;
  const { key, label } = session;
  return (
    <div class="sy-row sy-row-closed" {...rowAttributes(session, props)} data-web={session.kind}>
      <span class="sy-row-number" />
      <Badge label={label} colour={session.colour} />
      <span class="sy-row-label sy-ellipsis" title={session.cause}>
        {label}{" "}
        <span class="sy-dim">
          {webStatusWord(session.status)} · {siteName(session.origin)}
        </span>
      </span>
      <Button
        icon="close"
        label={`Forget ${label}`}
        tabIndex={-1}
        onClick={() => props.action.run(() => store.call("web.remove", { key }))}
      />
    </div>
  );
}

export interface SystemRowProps {
  origin: string;
  kind: WebKind;
}

/** What is to be known of a system, and the one thing to do about it. */
export function SystemRow({ origin, kind }: SystemRowProps): JSX.Element | null {
  const store = useStore();
  const looking = useAction();
  const system = store.web.systemOf({ origin, kind });
  const words = system && systemTrouble(system);
  if (!system || words === undefined) return null;
  return (
    <div class="sy-page-state" data-system={kind} data-state={system.state}>
      <p class={system.state === "loading" ? "sy-dim" : undefined}>{words}</p>
      {(system.state === "broken" || system.state === "degraded") && (
        <Button onClick={() => looking.run(() => store.call("web.look", {}))}>Look again</Button>
      )}
      <ErrorNote error={looking.error} onDismiss={looking.clear} />
    </div>
  );
}
