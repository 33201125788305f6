/** The fields of a sign-in, for whichever way is chosen. It keeps nothing: the draft is its owner's. */
import "./sign-in.css";
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { Checkbox, Field, Select, TextInput } from "../../components/field.tsx";
import type { Names } from "../names.ts";
import {
  type DraftErrors,
  isMasked,
  type SignInDraft,
  type VariableDraft,
  type VariableType,
  variableDraft,
  WAYS,
  type Way,
} from "./draft.ts";

export interface SignInFieldsProps {
  draft: SignInDraft;
  errors: DraftErrors;
  onChange: (draft: SignInDraft) => void;
  names: Names;
  /** False for a page's session: what the server gives to renew it with is nobody's there. */
  keepsRefreshToken: boolean;
}

type TextName =
  | "namespace"
  | "database"
  | "access"
  | "username"
  | "password"
  | "key"
  | "accessToken"
  | "refreshToken";

const TEXTS: Record<TextName, { label: string; secret?: boolean }> = {
  namespace: { label: "Namespace" },
  database: { label: "Database" },
  access: { label: "Access method" },
  username: { label: "User" },
  password: { label: "Password", secret: true },
  key: { label: "Key", secret: true },
  accessToken: { label: "Access token", secret: true },
  refreshToken: { label: "Refresh token", secret: true },
};

const FIELDS: Record<Way, readonly TextName[]> = {
  anonymous: [],
  root: ["username", "password"],
  namespace: ["namespace", "username", "password"],
  database: ["namespace", "database", "username", "password"],
  record: ["namespace", "database", "access"],
  bearer: ["namespace", "database", "access", "key"],
  token: ["accessToken"],
  tokens: ["accessToken", "refreshToken"],
};

export function SignInFields(props: SignInFieldsProps): JSX.Element {
  const { draft, errors, onChange, names, keepsRefreshToken } = props;
  const ways = keepsRefreshToken ? WAYS : WAYS.filter(({ value }) => value !== "tokens");
  const set = (change: Partial<SignInDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <Field label="Sign in as">
        {({ id }) => (
          <Select id={id} value={draft.way} options={ways} onChange={(way) => set({ way })} />
        )}
      </Field>
      {draft.way === "record" && (
        <fieldset class="sy-choice" aria-label="Sign in or sign up">
          {[
            { signUp: false, text: "Sign in", title: "signIn()" },
            { signUp: true, text: "Sign up (makes a new user)", title: "signUp()" },
          ].map((choice) => (
            <label key={choice.text} title={choice.title}>
              <input
                type="radio"
                checked={draft.signUp === choice.signUp}
                onChange={() => set({ signUp: choice.signUp })}
              />
              {choice.text}
            </label>
          ))}
        </fieldset>
      )}
      {FIELDS[draft.way].map((name) => (
        <Field
          key={name}
          label={TEXTS[name].label}
          error={errors[name]}
          hint={
            name === "access" && draft.way === "record"
              ? "As in DEFINE ACCESS … TYPE RECORD"
              : undefined
          }
        >
          {({ id, describedBy }) =>
            name === "namespace" || name === "database" ? (
              <Combobox
                id={id}
                describedBy={describedBy}
                value={draft[name]}
                options={name === "namespace" ? names.namespaces : names.databases}
                onOpen={names.reload}
                placeholder={draft.way === "bearer" ? "Where the key was granted" : undefined}
                onInput={(text) => set({ [name]: text })}
              />
            ) : (
              <TextInput
                id={id}
                describedBy={describedBy}
                type={TEXTS[name].secret ? "password" : "text"}
                mono={TEXTS[name].secret}
                value={draft[name]}
                invalid={errors[name] !== undefined}
                onInput={(text) => set({ [name]: text })}
              />
            )
          }
        </Field>
      ))}
      {draft.way === "record" && (
        <Variables
          rows={draft.variables}
          errors={errors}
          onChange={(variables) => set({ variables })}
        />
      )}
      {keepsRefreshToken && (draft.way === "record" || draft.way === "bearer") && (
        <Checkbox
          checked={draft.keepRefreshToken}
          onChange={(keepRefreshToken) => set({ keepRefreshToken })}
        >
          <span title="On: SignInWithRefresh, SignUpWithRefresh">
            Keep the refresh token, if the server gives one
          </span>
        </Checkbox>
      )}
    </>
  );
}

const TYPES: readonly { value: VariableType; text: string }[] = [
  { value: "text", text: "text" },
  { value: "number", text: "number" },
  { value: "boolean", text: "bool" },
  { value: "json", text: "JSON" },
];

interface VariablesProps {
  rows: readonly VariableDraft[];
  errors: DraftErrors;
  onChange: (rows: readonly VariableDraft[]) => void;
}

function Variables({ rows, errors, onChange }: VariablesProps): JSX.Element {
  const change = (row: number, part: Partial<VariableDraft>) =>
    onChange(rows.map((each) => (each.row === row ? { ...each, ...part } : each)));
  return (
    <fieldset class="sy-sign-in-variables" aria-label="Variables of the access method">
      <legend class="sy-field-label">Its variables</legend>
      <div class="sy-sign-in-rows">
        {rows.map((row, index) => {
          const error = errors[`variable-${row.row}`];
          const named = row.name.trim() === "" ? `variable ${index + 1}` : `$${row.name}`;
          return (
            <div key={row.row} class="sy-sign-in-row">
              <TextInput
                label={`Name of variable ${index + 1}`}
                mono
                placeholder="name"
                value={row.name}
                onInput={(name) => change(row.row, { name })}
              />
              {row.type === "boolean" ? (
                <Select
                  label={`Value of ${named}`}
                  value={row.text === "true" ? "true" : "false"}
                  options={[
                    { value: "true", text: "true" },
                    { value: "false", text: "false" },
                  ]}
                  onChange={(text) => change(row.row, { text })}
                />
              ) : (
                <TextInput
                  label={`Value of ${named}`}
                  type={isMasked(row) ? "password" : "text"}
                  mono
                  placeholder="value"
                  value={row.text}
                  invalid={error !== undefined}
                  onInput={(text) => change(row.row, { text })}
                />
              )}
              <Select
                label={`Type of ${named}`}
                value={row.type}
                options={TYPES}
                onChange={(type) => change(row.row, { type })}
              />
              <Button
                icon="close"
                label={`Remove ${named}`}
                onClick={() => onChange(rows.filter((each) => each.row !== row.row))}
              />
              {error && (
                <div class="sy-field-error" role="alert">
                  {error}
                </div>
              )}
            </div>
          );
        })}
        <Button icon="add" variant="quiet" onClick={() => onChange([...rows, variableDraft()])}>
          Variable
        </Button>
      </div>
    </fieldset>
  );
}
