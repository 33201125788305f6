/**
 * A session as code that sets up the same session: JavaScript SDK, Go SDK or SurrealQL.
 *
 * Secrets are never in it, not even where they are known: what is given here is what views see, and
 * every value that may be a secret becomes a placeholder that says what to put in.
 */
import { decodeValue } from "../wire/values.ts";
import { commentText, placeholder } from "./code-names.ts";
import { goLiteral, goString } from "./go-literal.ts";
import { javascriptLiteral } from "./javascript-literal.ts";
import type { ConnectionView, SessionView } from "./model.ts";
import { identifier, writeSurql } from "./surql.ts";

export type CopyFormat = "javascript" | "go" | "surrealql";

/** The code, ending with a line break. Throws ValueError where a variable's bytes are no value. */
export function copyAs(
  session: SessionView,
  connection: ConnectionView,
  format: CopyFormat,
): string {
  switch (format) {
    case "javascript":
      return javascript(session, connection);
    case "go":
      return go(session, connection);
    case "surrealql":
      return surrealql(session);
  }
}

/** How the session signs in, as the fields that the server knows, secrets already replaced. */
type SignInCode =
  | { by: "nothing" }
  | { by: "user"; place: Place; username: string; password: string }
  | { by: "record"; place: Place; access: string; variables: Record<string, unknown> }
  | { by: "key"; place: Place; access: string; key: string }
  | { by: "token"; token: string };

type Place = { namespace?: string; database?: string };

function signInCode({ auth, signInForm: form, label }: SessionView): SignInCode {
  if (auth.level === "anonymous") return { by: "nothing" };
  const who = auth.user ?? form?.username ?? label;
  const namespace = form?.namespace ?? auth.namespace;
  const database = form?.database ?? auth.database;
  const inNamespace = namespace === undefined ? {} : { namespace };
  const place = { ...inNamespace, ...(database !== undefined && { database }) };
  const password = placeholder("password", who);
  const username = form?.username ?? who;
  const access = form?.access ?? auth.access ?? placeholder("access method", who);
  switch (form?.way) {
    case "root":
      return { by: "user", place: {}, username, password };
    case "namespace":
      return { by: "user", place: inNamespace, username, password };
    case "database":
      return { by: "user", place, username, password };
    case "record":
      return { by: "record", place, access, variables: withoutSecrets(form.variables ?? {}, who) };
    case "bearer":
      return { by: "key", place, access, key: placeholder("bearer key", who) };
    default:
      return { by: "token", token: placeholder("access token", who) };
  }
}

/** Names behind which a secret may stand, whatever the form says. */
const SECRET = /pass|pwd|secret|token|key|pin|otp|code|hash|salt|credential/i;

function withoutSecrets(variables: Record<string, unknown>, who: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value === "" || SECRET.test(name) ? placeholder(name, who) : value,
    ]),
  );
}

/** "Bob: user:bob, access account, in app/tenant_b" */
function description({ label, auth, namespace, database }: SessionView): string {
  const who = auth.level === "anonymous" ? "anonymous" : (auth.user ?? auth.level);
  const access = auth.access === undefined ? "" : `, access ${auth.access}`;
  const place = namespace === undefined ? "" : `, in ${namespace}${database ? `/${database}` : ""}`;
  return commentText(`${label}: ${who}${access}${place}`);
}

function javascript(session: SessionView, connection: ConnectionView): string {
  const imports = new Set(["Surreal"]);
  const literal = (value: unknown) => javascriptLiteral(value, imports);
  const name = session.id === undefined ? "db" : "session";
  const body = [
    "const db = new Surreal();",
    `await db.connect(${literal(connection.url)});`,
    "",
    `// ${description(session)}`,
  ];
  if (session.id !== undefined) body.push("const session = await db.newSession();");
  const signIn = signInCode(session);
  if (signIn.by === "token") {
    body.push(`await ${name}.authenticate(${literal(signIn.token)});`);
  } else if (signIn.by !== "nothing") {
    const { by: _, place, ...fields } = signIn;
    body.push(`await ${name}.signin(${literal({ ...place, ...fields })});`);
  }
  const { namespace, database } = session;
  if (namespace !== undefined) {
    const place = { namespace, ...(database !== undefined && { database }) };
    body.push(`await ${name}.use(${literal(place)});`);
  }
  for (const variable of session.variables) {
    const value = literal(decodeValue(variable.value));
    body.push(`await ${name}.set(${literal(variable.name)}, ${value});`);
  }
  const names = [...imports].sort((a, b) => (a < b ? -1 : 1)).join(", ");
  return `${[`import { ${names} } from "surrealdb";`, "", ...body].join("\n")}\n`;
}

const GO_SDK = "github.com/surrealdb/surrealdb.go";

function go(session: SessionView, connection: ConnectionView): string {
  const imports = new Set(["context", "log", GO_SDK]);
  const literal = (value: unknown) => goLiteral(value, imports);
  const name = session.id === undefined ? "db" : "session";
  const body: string[] = [];
  const must = (call: string) => {
    body.push(`if ${call}; err != nil {`, "\tlog.Fatal(err)", "}");
  };
  const made = (call: string) => {
    body.push(call, "if err != nil {", "\tlog.Fatal(err)", "}");
  };

  body.push("ctx := context.Background()");
  // The Go SDK adds the path by itself.
  const url = connection.url.replace(/\/rpc\/?$/, "");
  made(`db, err := surrealdb.FromEndpointURLString(ctx, ${goString(url)})`);
  body.push("defer db.Close(ctx)", "", `// ${description(session)}`);
  if (session.id !== undefined) {
    made("session, err := db.Attach(ctx)");
    body.push("defer session.Detach(ctx)");
  }
  const signIn = signInCode(session);
  if (signIn.by === "token") {
    must(`err := ${name}.Authenticate(ctx, ${goString(signIn.token)})`);
  } else if (signIn.by !== "nothing") {
    const refresh = signIn.by === "record" && session.auth.renewable;
    if (refresh) body.push("// SignIn, where the access method is defined without WITH REFRESH.");
    const method = refresh ? "SignInWithRefresh" : "SignIn";
    must(`_, err := ${name}.${method}(ctx, ${literal(wireFields(signIn))})`);
  }
  const { namespace, database } = session;
  if (namespace !== undefined && database !== undefined) {
    must(`err := ${name}.Use(ctx, ${goString(namespace)}, ${goString(database)})`);
  } else if (namespace !== undefined) {
    const selected = commentText(namespace);
    body.push(`// Only the namespace ${selected} is selected; Use in Go wants a database too.`);
  }
  for (const variable of session.variables) {
    const value = literal(decodeValue(variable.value));
    must(`err := ${name}.Let(ctx, ${goString(variable.name)}, ${value})`);
  }

  return `${[
    "package main",
    "",
    "import (",
    ...importLines(imports),
    ")",
    "",
    "func main() {",
    ...body.map((line) => (line === "" ? "" : `\t${line}`)),
    "}",
  ].join("\n")}\n`;
}

/** Standard packages first, a blank line, then the others: as gofmt leaves it. */
function importLines(imports: Set<string>): string[] {
  const sorted = [...imports].sort((a, b) => (a < b ? -1 : 1));
  const other = sorted.filter((each) => each.includes("."));
  const line = (each: string) => `\t${each === GO_SDK ? "surrealdb " : ""}"${each}"`;
  return [...sorted.filter((each) => !each.includes(".")).map(line), "", ...other.map(line)];
}

/** The fields of RPC `signin` as the server reads them, whatever an SDK calls them. */
function wireFields(signIn: Exclude<SignInCode, { by: "nothing" | "token" }>) {
  const { namespace, database } = signIn.place;
  const place = {
    ...(namespace !== undefined && { NS: namespace }),
    ...(database !== undefined && { DB: database }),
  };
  switch (signIn.by) {
    case "user":
      return { ...place, user: signIn.username, pass: signIn.password };
    case "record":
      return { ...signIn.variables, ...place, AC: signIn.access };
    case "key":
      return { ...place, AC: signIn.access, key: signIn.key };
  }
}

function surrealql(session: SessionView): string {
  const { namespace, database, auth } = session;
  const lines = [`-- ${description(session)}`];
  if (auth.level !== "anonymous") {
    lines.push("-- SurrealQL can't sign in: run this as that user.");
  }
  if (namespace !== undefined) {
    const db = database === undefined ? "" : ` DB ${identifier(database)}`;
    lines.push(`USE NS ${identifier(namespace)}${db};`);
  }
  for (const { name, value } of session.variables) {
    lines.push(`LET $${identifier(name)} = ${writeSurql(decodeValue(value)).text};`);
  }
  return `${lines.join("\n")}\n`;
}
