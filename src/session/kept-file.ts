/**
 * The file of everything that is kept: connections, held sessions, settings, who runs where always.
 *
 * Without secrets unless they are asked for; a refresh token never goes into it, since that has one
 * owner and a file can be read in twice. Bytes of values are written as they are, in base64.
 */
import { toBase64 } from "../wire/base64.ts";
import { proveItem } from "../wire/proven.ts";
import { decodeValue } from "../wire/values.ts";
import type { HeldSession } from "./held-session.ts";
import { isFinal } from "./life-cycle.ts";
import { Redaction } from "./log/redaction.ts";
import { replaceInCbor } from "./log/replace-in-cbor.ts";
import { coverSpans, isSecretField, secretsInStatement } from "./log/secret-text.ts";
import type { SessionAuth, SessionFields, SessionVariable, Settings } from "./model.ts";
import type { SavedStatement } from "./query/kept-statements.ts";
import type { AlwaysRoute, ApiOriginView } from "./relay/route-model.ts";
import type { FamilySecrets, Profile } from "./store.ts";

export const KEPT_FORMAT = "switchyard-data";
export const KEPT_VERSION = 1;

/** A variable; one whose value is a secret that wasn't asked for has a name only. */
export interface KeptVariable {
  name: string;
  /** CBOR in base64. */
  value?: string;
}

export interface KeptSession
  extends Pick<
    SessionFields,
    | "key"
    | "connectionId"
    | "label"
    | "colour"
    | "number"
    | "namespace"
    | "database"
    | "signInForm"
    | "createdAt"
  > {
  auth: Pick<SessionAuth, "level" | "user" | "access" | "namespace" | "database">;
  variables: KeptVariable[];
  /** Only where secrets were asked for. */
  secrets?: FamilySecrets;
}

/** A saved statement; where secrets weren't asked for, those that can be told in it are covered. */
export type KeptStatement = Omit<SavedStatement, "id">;

export interface KeptFile {
  format: typeof KEPT_FORMAT;
  version: typeof KEPT_VERSION;
  exportedAt: number;
  /** It has secrets in it. */
  secrets: boolean;
  settings: Settings;
  connections: Profile[];
  sessions: KeptSession[];
  always: AlwaysRoute[];
  /** Who may use the page API. */
  access: ApiOriginView[];
  /** Saved web sessions, as `background/kept-web.ts` writes and reads them. Absent in older files. */
  web?: readonly object[];
  /** Saved statements. Absent in older files. */
  statements?: KeptStatement[];
}

/** Undefined for a session that isn't kept: closed, temporary, or a socket's own. */
export function keptSession(session: HeldSession, secrets: boolean): KeptSession | undefined {
  const { record, family, isDefault } = session;
  // What is closed is over; a socket's default session is listed by itself.
  if (isFinal(record.status) || isDefault || record.viewId !== undefined) return undefined;
  const { key, connectionId, label, colour, number, namespace, database, createdAt } = record;
  const { level, user, access, ...defined } = record.auth;
  const kept: KeptSession = {
    key,
    connectionId,
    label,
    colour,
    number,
    namespace,
    database,
    createdAt,
    signInForm: record.signInForm,
    auth: { level, user, access, namespace: defined.namespace, database: defined.database },
    variables: record.variables.map((variable) => keptVariable(variable, secrets)),
  };
  if (secrets && family) {
    const { tokens, credentials, withoutRefresh } = family.secrets;
    kept.secrets = { tokens: { access: tokens.access }, credentials, withoutRefresh };
  }
  return kept;
}

export function keptStatement(statement: SavedStatement, secrets: boolean): KeptStatement {
  const { name, method, savedAt } = statement;
  const written = (text: string) => (secrets ? text : coverSpans(text, secretsInStatement(text)));
  const [text, bindings] = [written(statement.text), written(statement.bindings)];
  return { name, method, text, bindings, savedAt };
}

function keptVariable({ name, value }: SessionVariable, secrets: boolean): KeptVariable {
  if (secrets) return { name, value: toBase64(value) };
  if (isSecretField(name)) return { name };
  const { replaced } = new Redaction().result("query", decodeValue(value));
  return { name, value: toBase64(replaceInCbor(proveItem(value), replaced)) };
}
