/**
 * The file of everything that is kept, read back. It may come from anybody: every field is looked at,
 * what is no whole entry refuses the file with its place, and of what is whole only the fields that are
 * known go on.
 */
import { fromBase64 } from "../wire/base64.ts";
import { canonicalUuid } from "../wire/uuid.ts";
import { mendUrl } from "./connection-url.ts";
import { SessionError } from "./errors.ts";
import { KEPT_FORMAT, KEPT_VERSION, type KeptStatement } from "./kept-file.ts";
import type { AuthLevel, SessionVariable, SignInForm } from "./model.ts";
import { SAVED_ENTRIES, SAVED_SIZE, savedName, sizeOfStatement } from "./query/kept-statements.ts";
import { isRoutable } from "./relay/route-book.ts";
import type { AlwaysRoute, RouteScope } from "./relay/route-model.ts";
import { RPC_METHODS } from "./rpc-methods.ts";
import { type Credentials, hasCredentials } from "./sign-in.ts";
import type { FamilySecrets, Profile, SessionRecord } from "./store.ts";
import { readToken } from "./token.ts";
import { checkVariableName, variableValue } from "./variables.ts";

/** The file can't be read; the message is a sentence. */
export class KeptFileError extends SessionError {
  constructor(message: string) {
    super("KeptFileError", message, "Choose a file that Switchyard exported under All data.");
  }
}

/** What a session of the file is to become; its place in the list is for the registry to say. */
export interface ImportedSession
  extends Pick<
    SessionRecord,
    | "key"
    | "connectionId"
    | "label"
    | "colour"
    | "number"
    | "namespace"
    | "database"
    | "signInForm"
    | "variables"
    | "createdAt"
  > {
  auth: { level: AuthLevel; user?: string; access?: string; namespace?: string; database?: string };
  secrets?: FamilySecrets;
}

export interface ImportedData {
  connections: Profile[];
  sessions: ImportedSession[];
  always: AlwaysRoute[];
  /** Saved web sessions, as the file has them: not read yet. */
  web: unknown[];
  statements: KeptStatement[];
}

/** Characters of a file, and entries in it. */
const FILE_LIMIT = 64_000_000;
const CONNECTIONS = 500;
const SESSIONS = 2_000;
const VARIABLES = 256;
const ALWAYS = 1_000;
const WEB = 1_000;
/** Characters of a name, a URL, a token; and of a form's parameters as JSON. */
const TEXT = 2_048;
const TOKEN = 16_384;
const FORM = 65_536;

const LEVELS = ["anonymous", "root", "namespace", "database", "record", "bearer"] as const;
const WAYS = [...LEVELS, "token", "tokens"] as const;

/** @throws KeptFileError */
export function readKeptFile(text: string): ImportedData {
  if (text.length > FILE_LIMIT)
    throw new KeptFileError("This file is larger than any of Switchyard's.");
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // What JSON.parse says is about characters.
    throw new KeptFileError("This file isn't JSON, or a part of it is missing.");
  }
  const file = new Entry(raw, "The file");
  if (file.raw.format !== KEPT_FORMAT)
    throw new KeptFileError("This file holds no data of Switchyard.");
  if (file.raw.version !== KEPT_VERSION) {
    throw new KeptFileError(
      `This file was written by another version of Switchyard (format ${String(file.raw.version)}).`,
    );
  }
  const connections = file.list("connections", CONNECTIONS).map(readConnection);
  const known = new Set(connections.map(({ id }) => id));
  const sessions = file.list("sessions", SESSIONS).map((each, index) => {
    const entry = new Entry(each, `Session ${index + 1}`);
    const session = readSession(entry);
    if (!known.has(session.connectionId)) throw entry.refusal("connectionId");
    return session;
  });
  const always = file.list("always", ALWAYS).map(readAlways);
  // Older files have neither.
  const web = isThere(file.raw.web) ? file.list("web", WEB) : [];
  const statements = isThere(file.raw.statements) ? file.list("statements", SAVED_ENTRIES) : [];
  return { connections, sessions, always, web, statements: statements.map(readStatement) };
}

function readConnection(raw: unknown, index: number): Profile {
  const entry = new Entry(raw, `Connection ${index + 1}`);
  const given = entry.text("url");
  const profile: Profile = {
    id: entry.text("id"),
    name: entry.text("name"),
    url: entry.made("url", () => mendUrl(given).url),
  };
  for (const name of ["namespace", "database"] as const) {
    const value = entry.maybe(name);
    if (value !== undefined) profile[name] = value;
  }
  if (entry.flag("careful")) profile.careful = true;
  return profile;
}

function readSession(entry: Entry): ImportedSession {
  const auth = entry.entry("auth");
  const key = canonicalUuid(entry.text("key"));
  const colour = entry.text("colour");
  const number = entry.raw.number;
  const createdAt = entry.raw.createdAt;
  if (key === undefined) throw entry.refusal("key");
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw entry.refusal("colour");
  if (typeof createdAt !== "number" || !Number.isFinite(createdAt))
    throw entry.refusal("createdAt");
  const session: ImportedSession = {
    key,
    connectionId: entry.text("connectionId"),
    label: entry.text("label").trim().slice(0, 80) || "Session",
    colour,
    createdAt,
    variables: entry.list("variables", VARIABLES).flatMap(readVariable),
    auth: { level: auth.oneOf("level", LEVELS) },
  };
  if (Number.isInteger(number) && Number(number) >= 1 && Number(number) <= 9) {
    session.number = Number(number);
  }
  for (const name of ["namespace", "database"] as const) {
    const value = entry.maybe(name);
    if (value !== undefined) session[name] = value;
  }
  for (const name of ["user", "access", "namespace", "database"] as const) {
    const value = auth.maybe(name);
    if (value !== undefined) session.auth[name] = value;
  }
  if (isThere(entry.raw.signInForm)) session.signInForm = readForm(entry.entry("signInForm"));
  if (isThere(entry.raw.secrets)) session.secrets = readSecrets(entry.entry("secrets"));
  return session;
}

/** One whose value was left out isn't there any more. */
function readVariable(raw: unknown): SessionVariable[] {
  const entry = new Entry(raw, "A variable");
  const name = entry.text("name");
  const value = entry.raw.value;
  entry.made("name", () => checkVariableName(name));
  if (!isThere(value)) return [];
  if (typeof value !== "string") throw entry.refusal("value");
  return [{ name, value: entry.made("value", () => variableValue(fromBase64(value))) }];
}

function readForm(entry: Entry): SignInForm {
  const form: SignInForm = { way: entry.oneOf("way", WAYS) };
  for (const name of ["namespace", "database", "access", "username"] as const) {
    const value = entry.maybe(name);
    if (value !== undefined) form[name] = value;
  }
  if (isThere(entry.raw.variables)) form.variables = readParameters(entry);
  return form;
}

/** A form's or sign-in's own parameters: any JSON. */
function readParameters(entry: Entry): Record<string, unknown> {
  const { raw } = entry.entry("variables");
  if (JSON.stringify(raw).length > FORM) throw entry.refusal("variables");
  return { ...raw };
}

function readSecrets(entry: Entry): FamilySecrets {
  const access = entry.entry("tokens").text("access", TOKEN);
  entry.made("tokens", () => readToken(access));
  const secrets: FamilySecrets = { tokens: { access } };
  if (isThere(entry.raw.credentials))
    secrets.credentials = readCredentials(entry.entry("credentials"));
  if (entry.flag("withoutRefresh")) secrets.withoutRefresh = true;
  return secrets;
}

function readCredentials(entry: Entry): Credentials {
  const way = entry.oneOf("way", WAYS);
  const signIn = (() => {
    const user = () => ({ username: entry.text("username"), password: entry.text("password") });
    const place = () => ({ namespace: entry.text("namespace"), database: entry.text("database") });
    switch (way) {
      case "root":
        return { way, ...user() };
      case "namespace":
        return { way, namespace: entry.text("namespace"), ...user() };
      case "database":
        return { way, ...place(), ...user() };
      case "record":
        return { way, ...place(), access: entry.text("access"), variables: readParameters(entry) };
      case "bearer": {
        const where = { namespace: entry.maybe("namespace"), database: entry.maybe("database") };
        return { way, ...where, access: entry.text("access"), key: entry.text("key") };
      }
      default:
        return undefined;
    }
  })();
  if (!signIn || !hasCredentials(signIn)) throw entry.refusal("way");
  return signIn;
}

function readAlways(raw: unknown, index: number): AlwaysRoute {
  const entry = new Entry(raw, `Site ${index + 1}`);
  const origin = entry.text("origin");
  if (!isRoutable(origin)) throw entry.refusal("origin");
  return { origin, to: entry.text("to"), scope: readScope(entry.entry("scope")) };
}

function readScope(entry: Entry): RouteScope {
  const kind = entry.oneOf("kind", ["default", "page", "session"] as const);
  if (kind !== "session") return { kind };
  const place = entry.entry("session");
  const { client, order } = place.raw;
  if (!Number.isSafeInteger(client) || !Number.isSafeInteger(order)) throw entry.refusal("session");
  const session = {
    frame: place.text("frame"),
    url: place.text("url"),
    client: Number(client),
    order: Number(order),
    label: place.text("label"),
  };
  return { kind, session };
}

function readStatement(raw: unknown, index: number): KeptStatement {
  const entry = new Entry(raw, `Statement ${index + 1}`);
  const name = savedName(entry.text("name"));
  const { savedAt } = entry.raw;
  if (name === undefined) throw entry.refusal("name");
  if (typeof savedAt !== "number" || !Number.isFinite(savedAt)) throw entry.refusal("savedAt");
  const statement = {
    name,
    method: entry.oneOf("method", RPC_METHODS),
    text: entry.text("text", SAVED_SIZE),
    bindings: entry.text("bindings", SAVED_SIZE),
    savedAt,
  };
  if (sizeOfStatement(statement) > SAVED_SIZE) throw entry.refusal("text");
  return statement;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** One object of the file. Its methods throw KeptFileError, with its place. */
class Entry {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly #place: string;

  constructor(raw: unknown, place: string) {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      throw new KeptFileError(`${place} can't be read: it is no object.`);
    }
    this.raw = raw as Record<string, unknown>;
    this.#place = place;
  }

  refusal(field: string): KeptFileError {
    return new KeptFileError(`${this.#place} can't be read: ${field} isn't what it should be.`);
  }

  text(name: string, limit = TEXT): string {
    const value = this.maybe(name, limit);
    if (value === undefined) throw this.refusal(name);
    return value;
  }

  maybe(name: string, limit = TEXT): string | undefined {
    const value = this.raw[name];
    if (!isThere(value)) return undefined;
    if (typeof value !== "string" || value.length > limit) throw this.refusal(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.raw[name];
    if (isThere(value) && typeof value !== "boolean") throw this.refusal(name);
    return value === true;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = words.find((each) => each === this.raw[name]);
    if (word === undefined) throw this.refusal(name);
    return word;
  }

  list(name: string, limit: number): unknown[] {
    const value = this.raw[name];
    if (!Array.isArray(value) || value.length > limit) throw this.refusal(name);
    return value;
  }

  entry(name: string): Entry {
    return new Entry(this.raw[name], `${this.#place}, ${name},`);
  }

  /** What `make` makes of a field, refused in the words of the file where it can't. */
  made<T>(name: string, make: () => T): T {
    try {
      return make();
    } catch {
      // Each has words of its own for a person who typed it; here it is a file that is wrong.
      throw this.refusal(name);
    }
  }
}
