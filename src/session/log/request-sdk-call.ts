/**
 * The call of the JavaScript SDK (2.x) that makes a request like this one, as a person would write it.
 *
 * The SDK sends most of its methods as query texts today; a page on an older SDK sends the RPC methods
 * themselves, so each of them is led back to the call that stands for it.
 */
import { RecordId, RecordIdRange, StringRecordId, Table } from "surrealdb";
import { javascriptLiteral } from "../javascript-literal.ts";

export interface SdkCallParts {
  method: string;
  params: readonly unknown[];
  /** UUID of a session that isn't the socket's default one. */
  session?: string | undefined;
  txn?: string | undefined;
}

/** Code with its imports. Undefined where the SDK has no call for the method. */
export function requestSdkCall({ method, params, session, txn }: SdkCallParts): string | undefined {
  const write = Object.hasOwn(CALLS, method) ? CALLS[method] : undefined;
  if (!write) return undefined;
  const imports = new Set<string>();
  const on = txn !== undefined ? "transaction" : session !== undefined ? "session" : "db";
  const code = write(params, new Literals(imports), on);
  if (imports.size === 0) return `${code}\n`;
  const names = [...imports].sort((a, b) => (a < b ? -1 : 1)).join(", ");
  return `import { ${names} } from "surrealdb";\n\n${code}\n`;
}

type CallWriter = (params: readonly unknown[], literals: Literals, on: string) => string;

/** Values as JavaScript, of which the names to import are noted. */
class Literals {
  readonly #imports: Set<string>;

  constructor(imports: Set<string>) {
    this.#imports = imports;
  }

  of(value: unknown): string {
    return javascriptLiteral(value, this.#imports);
  }

  /** What a data method works on: older SDKs and JSON sockets name tables and records by texts. */
  target(what: unknown): string {
    if (typeof what !== "string") return this.of(what);
    return this.of(what.includes(":") ? new StringRecordId(what) : new Table(what));
  }

  list(...values: unknown[]): string {
    return values
      .slice(0, values.findLastIndex((value) => value !== undefined && value !== null) + 1)
      .map((value) => this.of(value))
      .join(", ");
  }
}

const onTarget =
  (call: string, step?: string): CallWriter =>
  ([what, data], literals, on) => {
    const given = data !== undefined && data !== null && step !== undefined;
    return `await ${on}.${call}(${literals.target(what)})${given ? `.${step}(${literals.of(data)})` : ""};`;
  };

const plain =
  (call: string): CallWriter =>
  (params, literals, on) =>
    `await ${on}.${call}(${literals.list(...params)});`;

const signIn =
  (call: string): CallWriter =>
  ([auth], literals, on) =>
    `await ${on}.${call}(${literals.of(sdkAuth(auth))});`;

const insert =
  (step: string): CallWriter =>
  ([into, data], literals, on) => {
    const table = into === undefined || into === null ? "" : `${literals.target(into)}, `;
    return `await ${on}.insert(${table}${literals.of(data)})${step};`;
  };

const CALLS: Record<string, CallWriter> = {
  query: ([text, bindings], literals, on) => {
    const more = isEmpty(bindings) ? "" : `, ${literals.of(bindings)}`;
    return `await ${on}.query(${textLiteral(String(text))}${more});`;
  },
  select: onTarget("select"),
  create: onTarget("create", "content"),
  insert: insert(""),
  insert_relation: insert(".relation()"),
  update: onTarget("update", "content"),
  upsert: onTarget("upsert", "content"),
  merge: onTarget("update", "merge"),
  patch: onTarget("update", "patch"),
  delete: onTarget("delete"),
  relate: ([from, kind, to, data], literals, on) => {
    const more = isEmpty(data) ? "" : `, ${literals.of(data)}`;
    const parts = [from, kind, to].map((part) => literals.target(part)).join(", ");
    return `await ${on}.relate(${parts}${more});`;
  },
  run: ([name, version, args], literals, on) => {
    const parts = version === undefined || version === null ? [name, args] : [name, version, args];
    return `await ${on}.run(${literals.list(...parts)});`;
  },
  live: ([table, diff], literals, on) =>
    `const live = await ${on}.live(${literals.target(table)})${diff === true ? ".diff()" : ""};`,
  kill: ([id], literals, on) => `await ${on}.query("KILL $id", ${literals.of({ id })});`,
  info: plain("auth"),
  version: plain("version"),
  ping: plain("health"),
  sessions: plain("sessions"),
  use: ([namespace, database], literals, on) =>
    `await ${on}.use(${literals.of({
      ...(namespace !== undefined && { namespace }),
      ...(database !== undefined && { database }),
    })});`,
  let: plain("set"),
  set: plain("set"),
  unset: plain("unset"),
  signin: signIn("signin"),
  signup: signIn("signup"),
  authenticate: plain("authenticate"),
  refresh: plain("authenticate"),
  invalidate: plain("invalidate"),
  reset: plain("reset"),
  attach: () => "const session = await db.newSession();",
  detach: () => "await session.closeSession();",
  begin: (_params, _literals, on) => `const transaction = await ${on}.beginTransaction();`,
  commit: () => "await transaction.commit();",
  cancel: () => "await transaction.cancel();",
};

/** How the SDK names what the wire calls NS, DB, AC, user and pass. */
const AUTH_NAMES: Record<string, string> = {
  ns: "namespace",
  db: "database",
  ac: "access",
  user: "username",
  pass: "password",
};

function sdkAuth(auth: unknown): unknown {
  if (typeof auth !== "object" || auth === null) return auth;
  const named: Record<string, unknown> = {};
  const variables: Record<string, unknown> = {};
  const isRecord =
    Object.keys(auth).some((name) => name.toLowerCase() === "ac") && !("key" in auth);
  for (const [name, value] of Object.entries(auth)) {
    const known = AUTH_NAMES[name.toLowerCase()];
    const isPlace = known === "namespace" || known === "database" || known === "access";
    if (known !== undefined && (isPlace || !isRecord)) named[known] = value;
    else if (isRecord) variables[name] = value;
    else named[name] = value;
  }
  return isRecord ? { ...named, variables } : named;
}

/** A statement of several lines stays one of several lines. */
function textLiteral(text: string): string {
  if (!text.includes("\n")) return JSON.stringify(text);
  return `\`${text.replace(/[\\`]|\$\{/g, "\\$&")}\``;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0 && !isValue(value);
}

function isValue(value: object): boolean {
  return value instanceof RecordId || value instanceof RecordIdRange || value instanceof Table;
}
