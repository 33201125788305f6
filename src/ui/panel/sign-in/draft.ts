/**
 * A sign-in while it is being filled in: every field of every way at once, so that changing the way
 * loses nothing that was typed, and the check that makes a sign-in of it.
 */
import { messageOf } from "../../../session/errors.ts";
import type { SignIn, SignInForm } from "../../../session/model.ts";
import { isSecretName } from "../../../session/sign-in.ts";

export type Way = SignIn["way"];

export type VariableType = "text" | "number" | "boolean" | "json";

export interface VariableDraft {
  /** Tells rows apart while their names change. */
  row: number;
  name: string;
  type: VariableType;
  text: string;
}

export interface SignInDraft {
  way: Way;
  /** Record access only: `signup` makes a new user. */
  signUp: boolean;
  namespace: string;
  database: string;
  access: string;
  username: string;
  password: string;
  variables: readonly VariableDraft[];
  key: string;
  accessToken: string;
  refreshToken: string;
  keepRefreshToken: boolean;
}

export const WAYS: readonly { value: Way; text: string }[] = [
  { value: "record", text: "Record user (access method)" },
  { value: "root", text: "Root user" },
  { value: "namespace", text: "Namespace user" },
  { value: "database", text: "Database user" },
  { value: "bearer", text: "Bearer key" },
  { value: "token", text: "Access token" },
  { value: "tokens", text: "Access and refresh token" },
  { value: "anonymous", text: "Anonymous" },
];

let lastRow = 0;

export function variableDraft(
  name = "",
  value: unknown = "",
  type: VariableType = typeOf(value),
): VariableDraft {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { row: ++lastRow, name, type, text };
}

function typeOf(value: unknown): VariableType {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return "json";
}

export interface DraftDefaults {
  namespace?: string;
  database?: string;
  way?: Way;
}

/** A fresh draft, prefilled from an earlier sign-in where there was one. Secrets are empty. */
export function draftFrom(form: SignInForm | undefined, defaults: DraftDefaults): SignInDraft {
  const variables = Object.entries(form?.variables ?? {}).map(([name, value]) =>
    variableDraft(name, value),
  );
  return {
    way: form?.way ?? defaults.way ?? "record",
    signUp: false,
    namespace: form?.namespace ?? defaults.namespace ?? "",
    database: form?.database ?? defaults.database ?? "",
    access: form?.access ?? "",
    username: form?.username ?? "",
    password: "",
    variables:
      variables.length > 0 ? variables : [variableDraft("name"), variableDraft("password")],
    key: "",
    accessToken: "",
    refreshToken: "",
    keepRefreshToken: true,
  };
}

/** True where what is typed must not be readable over a shoulder. */
export function isMasked(variable: Pick<VariableDraft, "name" | "type">): boolean {
  return variable.type === "text" && isSecretName(variable.name);
}

/** Fields that want something, by their name; variables by `variable-<row>`. */
export type DraftErrors = Readonly<Record<string, string>>;

export type DraftOutcome =
  | { ok: true; signIn: SignIn; signUp: boolean; refresh: boolean }
  | { ok: false; errors: DraftErrors };

function readVariable({ type, text }: VariableDraft): unknown {
  switch (type) {
    case "text":
      return text;
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) throw new Error("That is not a number.");
      return value;
    }
    case "boolean":
      return text === "true";
    case "json":
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new Error(`That is not JSON: ${messageOf(error)}`);
      }
  }
}

function readVariables(
  rows: readonly VariableDraft[],
  errors: Record<string, string>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const row of rows) {
    const name = row.name.trim().replace(/^\$/, "");
    if (name === "") {
      if (row.text !== "") errors[`variable-${row.row}`] = "Give it a name.";
      continue;
    }
    if (name in variables) errors[`variable-${row.row}`] = `$${name} stands there twice.`;
    try {
      variables[name] = readVariable(row);
    } catch (error) {
      errors[`variable-${row.row}`] = messageOf(error);
    }
  }
  return variables;
}

/** Makes a sign-in of the draft, or says per field what is missing. */
export function readDraft(draft: SignInDraft): DraftOutcome {
  const errors: Record<string, string> = {};
  const text = (name: "namespace" | "database" | "access" | "username", what: string) => {
    const value = draft[name].trim();
    if (value === "") errors[name] = `${what} is missing.`;
    return value;
  };
  const secret = (name: "password" | "key" | "accessToken" | "refreshToken", what: string) => {
    if (draft[name] === "") errors[name] = `${what} is missing.`;
    return name === "password" ? draft[name] : draft[name].trim();
  };
  const optional = (value: string) => (value.trim() === "" ? undefined : value.trim());

  let signIn: SignIn;
  switch (draft.way) {
    case "anonymous":
      signIn = { way: "anonymous" };
      break;
    case "root":
      signIn = {
        way: "root",
        username: text("username", "The user name"),
        password: secret("password", "The password"),
      };
      break;
    case "namespace":
      signIn = {
        way: "namespace",
        namespace: text("namespace", "The namespace"),
        username: text("username", "The user name"),
        password: secret("password", "The password"),
      };
      break;
    case "database":
      signIn = {
        way: "database",
        namespace: text("namespace", "The namespace"),
        database: text("database", "The database"),
        username: text("username", "The user name"),
        password: secret("password", "The password"),
      };
      break;
    case "record":
      signIn = {
        way: "record",
        namespace: text("namespace", "The namespace"),
        database: text("database", "The database"),
        access: text("access", "The access method"),
        variables: readVariables(draft.variables, errors),
      };
      break;
    case "bearer":
      signIn = {
        way: "bearer",
        namespace: optional(draft.namespace),
        database: optional(draft.database),
        access: text("access", "The access method"),
        key: secret("key", "The key"),
      };
      break;
    case "token":
      signIn = { way: "token", access: secret("accessToken", "The access token") };
      break;
    case "tokens":
      signIn = {
        way: "tokens",
        access: secret("accessToken", "The access token"),
        refresh: secret("refreshToken", "The refresh token"),
      };
      break;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    signIn,
    signUp: draft.way === "record" && draft.signUp,
    refresh: draft.keepRefreshToken,
  };
}
