/** Signs an existing session in: the same form in its Sign-in section and under "Sign in again". */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SignInForm as SignInDetails } from "../../../session/model.ts";
import { formOfToken } from "../../../session/sign-in.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { useNames } from "../names.ts";
import { RememberChoice } from "../remember.tsx";
import { type DraftErrors, draftFrom, readDraft } from "./draft.ts";
import { SignInFields } from "./sign-in-fields.tsx";

export interface SignInFormProps {
  session: AnySession;
  onDone?: () => void;
  onCancel?: () => void;
}

/** What the form is prefilled with: of a page's session only what its token tells is known. */
function formOf(session: AnySession): SignInDetails | undefined {
  if (!isPageSession(session)) return session.signInForm;
  const { claims } = session.auth;
  return claims && formOfToken(claims);
}

export function SignInForm({ session, onDone, onCancel }: SignInFormProps): JSX.Element {
  const store = useStore();
  const held = isPageSession(session) ? undefined : session;
  const connection = held && store.connections.get(held.connectionId);
  const draft = useSignal(
    draftFrom(formOf(session), {
      namespace: session.auth.namespace ?? session.namespace ?? connection?.namespace,
      database: session.auth.database ?? session.database ?? connection?.database,
    }),
  );
  const errors = useSignal<DraftErrors>({});
  const remember = useSignal(held?.remembered ?? false);
  const signing = useAction();
  const names = useNames(session.key, draft.value.namespace || undefined);

  async function submit() {
    const read = readDraft(draft.value);
    errors.value = read.ok ? {} : read.errors;
    if (!read.ok) return;
    const params = {
      key: session.key,
      signIn: read.signIn,
      refresh: held && read.refresh,
      remember: connection?.local ? remember.value : undefined,
    };
    const done = await signing.run(() =>
      read.signUp ? store.call("session.signUp", params) : store.call("session.signIn", params),
    );
    if (done) onDone?.();
  }

  return (
    <form
      class="sy-form"
      aria-label={`Sign ${session.label} in`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <SignInFields
        draft={draft.value}
        errors={errors.value}
        names={names}
        keepsRefreshToken={held !== undefined}
        onChange={(next) => {
          draft.value = next;
        }}
      />
      {connection?.local && draft.value.way !== "anonymous" && <RememberChoice on={remember} />}
      <ErrorNote error={signing.error} />
      <div class="sy-form-actions">
        <Button type="submit" variant="primary" busy={signing.busy}>
          {draft.value.way === "record" && draft.value.signUp ? "Sign up" : "Sign in"}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
