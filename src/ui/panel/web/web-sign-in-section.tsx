/** As whom a web session is signed in, and where each of its tokens is kept. */
import type { JSX } from "preact";
import type { WebSessionView, WebSystemView } from "../../../web/web-model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Section } from "../../components/section.tsx";
import { useStore } from "../../store/context.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { idWord, isOver } from "../../words/web.ts";
import { isAntiCsrf } from "./web-facts.tsx";
import { WebTokens } from "./web-tokens.tsx";

const TRANSFERS: Record<NonNullable<WebSystemView["transfer"]>, string> = {
  cookie: "in cookies that scripts can't read",
  header: "in headers, kept in cookies that scripts can read",
};

export function WebSignInSection({ session }: { session: WebSessionView }): JSX.Element {
  const store = useStore();
  const copying = useAction();
  const { user, userName, tenant, id, kind, actor } = session;
  const system = store.web.systemOf(session);
  const antiCsrf = session.facts.find(isAntiCsrf);
  const copied = (text: string, what: string) => (
    <span class="sy-web-id">
      <span class="sy-mono">{text}</span>
      <Button
        icon="copy"
        label={`Copy the ${what.toLowerCase()}`}
        onClick={() => copying.run(() => store.copy(text, what))}
      />
    </span>
  );
  return (
    <Section id="sign-in" title="Sign-in">
      <dl class="sy-facts">
        <dt>User</dt>
        <dd data-field="user">
          {userName !== undefined && <b class="sy-user">{userName}</b>}
          {user !== undefined && copied(user, "User id")}
          {userName === undefined && user === undefined && <span class="sy-dim">not known</span>}
        </dd>
        {tenant !== undefined && (
          <>
            <dt>Tenant</dt>
            <dd data-field="tenant">
              <span>{tenant}</span>
            </dd>
          </>
        )}
        <dt>{idWord(kind)}</dt>
        <dd data-field="id">{copied(id, idWord(kind))}</dd>
        {system?.transfer && (
          <>
            <dt>Tokens travel</dt>
            <dd data-field="transfer">
              <span>{TRANSFERS[system.transfer]}</span>
            </dd>
          </>
        )}
        {antiCsrf && (
          <>
            <dt>Anti-CSRF</dt>
            <dd data-field="anti-csrf">
              <span>{String(antiCsrf.value)}</span>
            </dd>
          </>
        )}
        {system?.multiSession !== undefined && (
          <>
            <dt>Sessions</dt>
            <dd data-field="multi-session">
              <span>{system.multiSession ? "several at once in a page" : "one at a time"}</span>
            </dd>
          </>
        )}
      </dl>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
      {!isOver(session.status) && (
        // Other tokens than those that were uncovered are covered.
        <WebTokens key={`${session.key} ${session.tokenExpireAt}`} session={session} />
      )}
      {actor && (
        <div class="sy-disclosures">
          <Disclosure id="actor" title="Actor">
            {() => <ValueTree value={actor} label="Actor" />}
          </Disclosure>
        </div>
      )}
    </Section>
  );
}
