/** All about one session on one scrolling page: header, and the sections beneath, edited in place. */
import "./detail.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { Section } from "../../components/section.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { ClosedSession } from "./closed-session.tsx";
import { Dates } from "./dates.tsx";
import { Header } from "./header.tsx";
import { History } from "./history.tsx";
import { LiveAndTransactions } from "./live-and-transactions.tsx";
import { NamespaceAndDatabase } from "./namespace-and-database.tsx";
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
  const session = store.sessions.get(sessionKey).value;
  const signingIn = useSignal(false);
  if (!session) return null;
  const history = !wide && (
    <Section id="history" title="History">
      <History sessionKey={sessionKey} />
    </Section>
  );
  return (
    <main class="sy-page" data-page="session" data-session-page={session.key}>
      <Header
        session={session}
        back={back}
        onSignIn={() => {
          store.preferences.set("folded.sign-in", false);
          signingIn.value = true;
        }}
      />
      {isClosed(session) ? (
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
