/** As whom the session is signed in, for how long, with which tokens, and the form to change it. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { decodeShown } from "../../../wire/shown-values.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { Section } from "../../components/section.tsx";
import { Until } from "../../components/times.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { now } from "../../store/clock.ts";
import { useStore } from "../../store/context.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { levelWord, placeWord } from "../../words/identity.ts";
import { clockTime } from "../../words/time.ts";
import { SignInForm } from "../sign-in/sign-in-form.tsx";
import { Tokens } from "./tokens.tsx";

export interface SignInSectionProps {
  session: AnySession;
  /** Whether the form is open: the header's buttons open it too. */
  signingIn: Signal<boolean>;
}

export function SignInSection({ session, signingIn }: SignInSectionProps): JSX.Element {
  const store = useStore();
  const blocked = whyNotAct(store, session);
  const waits = !isPageSession(session) && session.needsSignIn;
  const formOpen = (signingIn.value && blocked === undefined) || waits;
  const { auth, key } = session;
  const signedIn = auth.level !== "anonymous";
  return (
    <Section
      id="sign-in"
      title="Sign-in"
      actions={
        !formOpen && (
          <Button
            title={blocked}
            disabled={blocked !== undefined}
            onClick={() => {
              signingIn.value = true;
            }}
          >
            Sign in as…
          </Button>
        )
      }
    >
      <Facts session={session} />
      {formOpen && (
        <div class="sy-sign-in-card">
          <SignInForm
            session={session}
            onDone={() => {
              signingIn.value = false;
            }}
            onCancel={
              waits
                ? undefined
                : () => {
                    signingIn.value = false;
                  }
            }
          />
        </div>
      )}
      {signedIn && (
        <div class="sy-disclosures">
          {auth.level === "record" && blocked === undefined && (
            <Disclosure id="user-record" title="User record" tooltip="info()">
              {() => (
                <Loaded
                  what="Asking the server…"
                  // Another user is another record.
                  version={`${key} ${auth.user}`}
                  load={() => store.call("session.info", { key })}
                >
                  {({ record }) => <ValueTree value={decodeShown(record)} label="User record" />}
                </Loaded>
              )}
            </Disclosure>
          )}
          {auth.claims && (
            <Disclosure id="token-claims" title="Token claims">
              {() => <ValueTree value={auth.claims} label="Token claims" />}
            </Disclosure>
          )}
          {(!isPageSession(session) || session.hasToken) && <Tokens session={session} />}
        </div>
      )}
    </Section>
  );
}

function Facts({ session }: { session: AnySession }): JSX.Element {
  const store = useStore();
  const refreshing = useAction();
  const { auth, key, expireAt, tokenExpireAt } = session;
  if (auth.level === "anonymous") {
    return (
      <dl class="sy-facts">
        <dt>Anonymous</dt>
        <dd>
          <span class="sy-dim">Nobody is signed in. The server decides what guests may do.</span>
        </dd>
        <Session expireAt={expireAt} />
      </dl>
    );
  }
  const home = auth.namespace === undefined ? undefined : placeWord(auth);
  return (
    <>
      <dl class="sy-facts">
        <dt>{levelWord(auth.level)}</dt>
        <dd>
          <span>
            <b class="sy-user">{auth.user ?? "unnamed"}</b>
            {auth.access && ` · access ${auth.access}`}
            {home && ` · of ${home}`}
          </span>
        </dd>
        <Session expireAt={expireAt} />
        <dt>Token</dt>
        <dd>
          <span>
            {tokenExpireAt === undefined ? (
              "Does not expire"
            ) : tokenExpireAt > now.value ? (
              <>
                Ends <Until at={tokenExpireAt} />
              </>
            ) : (
              <>
                Ended <Until at={tokenExpireAt} />
              </>
            )}
            {" · "}
            {isPageSession(session)
              ? auth.renewable
                ? "the page can renew it"
                : "the page has no refresh token"
              : auth.renewable
                ? "can be renewed"
                : notRenewable(tokenExpireAt, now.value)}
          </span>
          {auth.renewable && !isPageSession(session) && (
            <Button
              title="refresh(): a new access token now"
              onClick={() => refreshing.run(() => store.call("session.refresh", { key }))}
            >
              Refresh
            </Button>
          )}
        </dd>
      </dl>
      <ErrorNote error={refreshing.error} onDismiss={refreshing.clear} />
    </>
  );
}

function notRenewable(tokenExpireAt: number | undefined, time: number): string {
  if (tokenExpireAt === undefined || tokenExpireAt <= time) return "can't be renewed";
  return `can't be renewed: until ${clockTime(tokenExpireAt)}, sign in to keep it`;
}

function Session({ expireAt }: { expireAt: number | undefined }): JSX.Element {
  return (
    <>
      <dt>Session</dt>
      <dd>
        <span>
          {expireAt === undefined ? (
            "Does not expire"
          ) : (
            <>
              {expireAt > now.value ? "Ends " : "Ended "}
              <Until at={expireAt} />
            </>
          )}
        </span>
      </dd>
    </>
  );
}
