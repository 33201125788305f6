/**
 * A new web session, made by the application's own sign-in: where it is, what it asks for, and whether
 * the page becomes the new session or stays as it is.
 */
import "../sign-in/sign-in.css";
import "./web-sign-in.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { WebKind, WebSiteView } from "../../../web/web-model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { CookiesLine } from "../../components/cookies-line.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { Field, TextInput } from "../../components/field.tsx";
import { useStore } from "../../store/context.ts";
import { siteName } from "../../words/routes.ts";
import { isOver } from "../../words/web.ts";
import { readWebDraft, type WebDraftErrors, webDraft } from "./web-draft.ts";
import { WebFields } from "./web-fields.tsx";

export interface WebSignInFormProps {
  site: WebSiteView;
  kind: WebKind;
}

type Into = "page" | "saved";

export function WebSignInForm({ site, kind }: WebSignInFormProps): JSX.Element {
  const store = useStore();
  const { origin } = site.holder;
  const own = store.web.ofPage.all.value.find(
    (each) => each.origin === origin && each.kind === kind && each.current && !isOver(each.status),
  );
  const draft = useSignal(webDraft(kind, site.signIn, own?.tenant));
  const errors = useSignal<WebDraftErrors>({});
  const into = useSignal<Into>("page");
  const label = useSignal("");
  const signing = useAction();
  const set = (change: Partial<typeof draft.value>) => {
    draft.value = { ...draft.value, ...change };
  };
  const cookies = site.systems.find((system) => system.kind === kind)?.cookies;

  async function submit() {
    const read = readWebDraft(draft.value);
    errors.value = read.ok ? {} : read.errors;
    if (!read.ok) return;
    await signing.run(async () => {
      const { key } = await store.call("web.signIn", {
        origin,
        form: read.form,
        into: into.value,
        label: label.value.trim() || undefined,
      });
      store.announce(into.value === "page" ? "The page is signed in" : "Signed in and saved");
      if (key === undefined) store.leavePane();
      else store.select(key);
    });
  }

  return (
    <form
      class="sy-form"
      aria-label="Sign in through the application"
      data-form="web-sign-in"
      // What is wrong is said at its field, in words of our own.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {cookies !== undefined && (
        <Note tone="warn">
          <CookiesLine refusal={cookies} origin={origin} host={store.host} call={store.call} />
        </Note>
      )}
      <Field
        label="Endpoint"
        hint="A path on the page's origin, or an address. {tenant} stands for the tenant."
        error={errors.value.endpoint}
      >
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            describedBy={describedBy}
            mono
            value={draft.value.endpoint}
            placeholder="/auth/signin"
            invalid={errors.value.endpoint !== undefined}
            onInput={(endpoint) => set({ endpoint })}
          />
        )}
      </Field>
      <Field label="Tenant" error={errors.value.tenant}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            describedBy={describedBy}
            value={draft.value.tenant}
            placeholder="None"
            invalid={errors.value.tenant !== undefined}
            onInput={(tenant) => set({ tenant })}
          />
        )}
      </Field>
      <WebFields
        rows={draft.value.fields}
        errors={errors.value}
        onChange={(fields) => set({ fields })}
      />
      <Choice
        label="Body"
        value={draft.value.shape}
        options={[
          { value: "form-fields", text: "SuperTokens' formFields" },
          { value: "flat", text: "One object" },
        ]}
        hint={
          draft.value.shape === "flat"
            ? "{ name: value, … }"
            : "{ formFields: [{ id: name, value }, …] }"
        }
        onChange={(shape) => set({ shape })}
      />
      <Choice
        label="Signs in"
        value={into.value}
        options={[
          { value: "page", text: "In this page" },
          { value: "saved", text: "Only saved, page untouched" },
        ]}
        hint={
          into.value === "page"
            ? `Through the page's own SDK: ${siteName(origin)} runs as the new session.`
            : "The tokens go to a saved session under My sessions, and nowhere else."
        }
        onChange={(next) => {
          into.value = next;
        }}
      />
      {into.value === "page" && own && own.savedAs === undefined && (
        <Unsaved sessionKey={own.key} label={own.label} canSave={own.operations.save === true} />
      )}
      <Field label="Name">
        {({ id }) => (
          <TextInput
            id={id}
            value={label.value}
            placeholder="As the user"
            onInput={(text) => {
              label.value = text;
            }}
          />
        )}
      </Field>
      <ErrorNote error={signing.error} />
      <div class="sy-form-actions">
        <Button type="submit" variant="primary" busy={signing.busy}>
          {into.value === "page" ? "Sign the page in" : "Sign in and save"}
        </Button>
        <Button onClick={() => store.leavePane()}>Cancel</Button>
      </div>
    </form>
  );
}

interface UnsavedProps {
  sessionKey: string;
  label: string;
  canSave: boolean;
}

/** Signing in over a session doesn't end it, but nobody has its tokens afterwards. */
function Unsaved({ sessionKey, label, canSave }: UnsavedProps): JSX.Element {
  const store = useStore();
  const saving = useAction();
  return (
    <>
      <Note
        tone="plain"
        actions={
          canSave && (
            <Button onClick={() => saving.run(() => store.call("web.save", { key: sessionKey }))}>
              Save it first
            </Button>
          )
        }
      >
        The page runs as <b>{label}</b> now, which isn't saved: there is no way back to it then.
      </Note>
      <ErrorNote error={saving.error} onDismiss={saving.clear} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; text: string }[];
  hint: string;
  onChange: (value: T) => void;
}

function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const { label, value, options, hint, onChange } = props;
  return (
    <fieldset class="sy-web-choice" aria-label={label}>
      <legend class="sy-field-label">{label}</legend>
      <div class="sy-web-choices">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            {option.text}
          </label>
        ))}
        <div class="sy-field-hint">{hint}</div>
      </div>
    </fieldset>
  );
}
