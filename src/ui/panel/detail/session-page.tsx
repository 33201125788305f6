/** All about one session on one scrolling page: header, and the sections beneath, edited in place. */
import "./detail.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { isPageSessionKey } from "../../../session/page/page-model.ts";
import { Section } from "../../components/section.tsx";
import { isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { pageCondition } from "../../store/page-condition.ts";
import { isClosed } from "../../store/sessions.ts";
import { PageState } from "../page-states.tsx";
import { ClosedSession } from "./closed-session.tsx";
import { Dates } from "./dates.tsx";
import { Header } from "./header.tsx";
import { History } from "./history.tsx";
import { LiveAndTransactions } from "./live-and-transactions.tsx";
import { NamespaceAndDatabase } from "./namespace-and-database.tsx";
import { PageHeader } from "./page-header.tsx";
import { SignInSection } from "./sign-in-section.tsx";
import { Variables } from "./variables.tsx";

export interface SessionPageProps {
  sessionKey: string;
  /** The way back to the list, where there is no room for both. */
  back: ComponentChildren;
  /** The history stands in a column of its own. */
  wide: boolean;
}

export function SessionPage({ sessionKey, back, wide }: SessionPageProps): JSX.Element | null {
  const store = useStore();
  const session = store.session(sessionKey);
  const signingIn = useSignal(false);
  if (!session) return isPageSessionKey(sessionKey) ? <GonePageSession back={back} /> : null;
  const history = !wide && (
    <Section id="history" title="History">
      <History sessionKey={sessionKey} />
    </Section>
  );
  return (
    <main class="sy-page" data-page="session" data-session-page={session.key}>
      {isPageSession(session) ? (
        <PageHeader session={session} back={back} />
      ) : (
        <Header
          session={session}
          back={back}
          onSignIn={() => {
            store.preferences.set("folded.sign-in", false);
            signingIn.value = true;
          }}
        />
      )}
      {isClosed(session) && !isPageSession(session) ? (
        <ClosedSession session={session} />
      ) : (
        <>
          <SignInSection session={session} signingIn={signingIn} />
          <NamespaceAndDatabase session={session} />
          <Variables session={session} />
          <LiveAndTransactions session={session} />
        </>
      )}
      <Dates session={session} />
      {history}
    </main>
  );
}

/** The page was reloaded or left, or it closed its socket; its session is found again by its place. */
function GonePageSession({ back }: { back: ComponentChildren }): JSX.Element {
  const store = useStore();
  const condition = pageCondition(store.page);
  return (
    <main class="sy-page" data-page="gone">
      {back && <div class="sy-page-head">{back}</div>}
      <div class="sy-empty">
        <p>This session is gone: its page was reloaded or left. It is shown when it is back.</p>
        {condition && <PageState condition={condition} />}
      </div>
    </main>
  );
}
