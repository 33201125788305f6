/** As whom the page is signed in with its web sign-ins, and the ways to be somebody else. */
import "../components/badge.css";
import type { JSX } from "preact";
import type { WebNotice, WebSessionView, WebSiteView } from "../../web/web-model.ts";
import { type Action, useAction } from "../components/action.ts";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { CookiesLine } from "../components/cookies-line.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { now } from "../store/clock.ts";
import { takeOffer } from "../store/web.ts";
import { webCandidates } from "../switcher/choices.ts";
import { siteName } from "../words/routes.ts";
import { systemTrouble, webPlaceWord, webState } from "../words/web.ts";
import type { PopupParts } from "./popup.tsx";

/** Nothing where the page has no system of web sign-ins. */
export function WebCard({ parts }: { parts: PopupParts }): JSX.Element | null {
  const { web } = parts;
  const action = useAction();
  if (web.sites.value.length === 0) return null;
  return (
    <section class="sy-toolbar-web" aria-label="Sign-in of this page">
      {web.notices.value.map((notice) => (
        <Notice key={notice.id} notice={notice} parts={parts} action={action} />
      ))}
      <ErrorNote error={web.error.value} onDismiss={() => web.dismissError()} />
      <ErrorNote error={action.error} onDismiss={action.clear} />
      {web.sites.value.map((site) => (
        <Site key={site.holder.origin} site={site} parts={parts} />
      ))}
    </section>
  );
}

interface NoticeProps {
  notice: WebNotice;
  parts: PopupParts;
  action: Action;
}

function Notice({ notice, parts, action }: NoticeProps): JSX.Element {
  const { id, tone, text, offer } = notice;
  return (
    <div data-web-notice={id} data-tone={tone}>
      <Note
        tone={tone === "done" ? "good" : "warn"}
        actions={
          <>
            {offer && (
              <Button
                icon={offer === "reload" ? "refresh" : undefined}
                onClick={() => action.run(() => takeOffer(parts, notice))}
              >
                {offer === "reload" ? "Reload page" : "Switch again"}
              </Button>
            )}
            <Button
              icon="close"
              label="Dismiss"
              onClick={() => action.run(() => parts.call("web.dismiss", { id }))}
            />
          </>
        }
      >
        {text}
      </Note>
    </div>
  );
}

function Site({ site, parts }: { site: WebSiteView; parts: PopupParts }): JSX.Element {
  const { web, host, call } = parts;
  const { origin } = site.holder;
  const sessions = webCandidates([site], web.ofPage.all.value, web.saved.all.value);
  const troubles = site.systems.flatMap((system) => systemTrouble(system) ?? []);
  const refusal = site.systems.find(({ cookies }) => cookies !== undefined)?.cookies;
  return (
    <div data-site={origin}>
      <h2 class="sy-toolbar-socket" title={origin}>
        <span class="sy-ellipsis">Sign-in: {siteName(origin)}</span>
      </h2>
      {troubles.map((trouble) => (
        <p key={trouble} class="sy-dim">
          {trouble}
        </p>
      ))}
      {refusal !== undefined && (
        <CookiesLine refusal={refusal} origin={origin} host={host} call={call} />
      )}
      {sessions.length === 0 && troubles.length === 0 && <p class="sy-dim">Nobody is signed in.</p>}
      <ul>
        {sessions.map((session) => (
          <Session key={session.key} session={session} parts={parts} />
        ))}
      </ul>
    </div>
  );
}

function Session({ session, parts }: { session: WebSessionView; parts: PopupParts }): JSX.Element {
  const { key, label, colour, current, status, operations } = session;
  const can = operations.switch;
  return (
    <li data-session={key} data-status={status} data-current={current}>
      <Badge label={label} colour={colour} />
      <div>
        <div class="sy-toolbar-line">
          <span class="sy-ellipsis" title={label}>
            {label}
          </span>
          <StateMark state={webState(session, now.value)} />
        </div>
        <div class="sy-dim sy-ellipsis" title={typeof can === "string" ? can : undefined}>
          {webPlaceWord(session)}
          {session.holder === "extension" && " · saved"}
        </div>
      </div>
      {current ? (
        <span class="sy-toolbar-current" title="The page runs as this session">
          ✓ in the page
        </span>
      ) : (
        can !== undefined && (
          <Button
            disabled={can !== true}
            title={can === true ? "The page runs as this session from now on" : can}
            onClick={() => parts.web.switchTo(key)}
          >
            Run tab as
          </Button>
        )
      )}
    </li>
  );
}
