/**
 * All sessions that wait for a sign-in, their forms on one page: after a browser start one goes down
 * the page, a password each, and is where one was.
 */
import type { ComponentChildren, JSX } from "preact";
import { Badge } from "../../components/badge.tsx";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { placeWord } from "../../words/identity.ts";
import { statusWord } from "../../words/status.ts";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInAgainPage({ back }: { back: ComponentChildren }): JSX.Element {
  const store = useStore();
  const waiting = store.sessions.all.value.filter(
    (session) => session.needsSignIn && !isClosed(session),
  );
  return (
    <div class="sy-page" data-page="sign-in-again">
      <div class="sy-page-head">
        {back}
        <h1>Sign in again</h1>
      </div>
      <div class="sy-page-body">
        {waiting.length === 0 ? (
          <p>All sessions are signed in.</p>
        ) : (
          <p class="sy-dim">
            Sign-ins are kept until the browser closes. These sessions have all else that they had.
          </p>
        )}
        {waiting.map((session) => (
          <section
            key={session.key}
            class="sy-sign-in-card"
            aria-label={session.label}
            data-session-form={session.key}
          >
            <div class="sy-sign-in-card-head">
              <Badge label={session.label} colour={session.colour} />
              <h2>{session.label}</h2>
              <span class="sy-dim">
                {placeWord(session)} · {store.connections.get(session.connectionId)?.name}
              </span>
            </div>
            <div class="sy-dim">
              {statusWord(session.status)} · {session.cause}
            </div>
            <SignInForm session={session} />
          </section>
        ))}
      </div>
    </div>
  );
}
