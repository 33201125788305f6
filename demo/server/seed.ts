/**
 * What is in the demo database: two tenants, the people, and a way to sign in of every sort.
 *
 * The namespace `app` has a database per tenant. Alice and Bob have an account in both, with notes of
 * their own that nobody but they can see, so that "is it allowed?" has different answers for different
 * people. All passwords are the names: this is for development.
 *
 * A user's name is the key of the record, which keeps names unique. An index would do so too, but the
 * embedded engine 3.0.2 keeps its process alive for good once an index was defined.
 */
import type { AnyAuth } from "surrealdb";
import { PASSWORD_HASHES } from "./password-hashes.ts";
import type { DemoServer } from "./server.ts";

type Query = DemoServer["query"];

export const NAMESPACE = "app";
export const TENANTS = ["tenant_a", "tenant_b"] as const;
export type Tenant = (typeof TENANTS)[number];

/** Somebody who can sign in to the demo, and with what. */
export interface DemoPerson {
  name: string;
  password: string;
  level: "root" | "namespace" | "database" | "record";
  /** Where they work; the sign-in of root selects nothing. */
  namespace: string;
  database: Tenant;
  /** The access method, for record users. */
  access?: string;
}

/**
 * The people of the demo. Alice and Bob are record users and have the same account in the other tenant.
 */
export const DEMO_PEOPLE = {
  alice: {
    name: "alice",
    password: "alice",
    level: "record",
    namespace: NAMESPACE,
    database: "tenant_a",
    access: "account",
  },
  bob: {
    name: "bob",
    password: "bob",
    level: "record",
    namespace: NAMESPACE,
    database: "tenant_b",
    access: "account",
  },
  admin: {
    name: "root",
    password: "root",
    level: "root",
    namespace: NAMESPACE,
    database: "tenant_a",
  },
  operator: {
    name: "operator",
    password: "operator",
    level: "namespace",
    namespace: NAMESPACE,
    database: "tenant_a",
  },
  editor: {
    name: "editor",
    password: "editor",
    level: "database",
    namespace: NAMESPACE,
    database: "tenant_a",
  },
  viewer: {
    name: "viewer",
    password: "viewer",
    level: "database",
    namespace: NAMESPACE,
    database: "tenant_a",
  },
} as const satisfies Record<string, DemoPerson>;

/**
 * The record accesses of each tenant. All take the variables `name` and `password`; `account` has
 * sign-up too.
 */
export const ACCESSES = {
  /** Access and refresh token, an hour; the session doesn't expire. */
  account: "account",
  /** A token of 2 s, a session that doesn't expire, nothing to refresh with. */
  briefToken: "brief_token",
  /** A token of 2 s with a refresh token. */
  briefRenewable: "brief_renewable",
  /** A session that expires after 2 s. */
  briefSession: "brief_session",
  /** Keys for database users (`viewer`). */
  userKey: "user_key",
  /** Keys for record users. */
  recordKey: "record_key",
} as const;

/** The sign-in of a demo person, as the official SDK's `signin` takes it. */
export function signInOf(person: DemoPerson, database: string = person.database): AnyAuth {
  const { namespace, name, password, access } = person;
  switch (person.level) {
    case "root":
      return { username: name, password };
    case "namespace":
      return { namespace, username: name, password };
    case "database":
      return { namespace, database, username: name, password };
    case "record":
      return { namespace, database, access: access ?? "", variables: { name, password } };
  }
}

/** Seeds the demo where it isn't there yet. */
export async function seedDemo(query: Query): Promise<void> {
  const [root] = await query("INFO FOR ROOT");
  if (NAMESPACE in (root as { namespaces: object }).namespaces) return;
  await query(`DEFINE NAMESPACE ${NAMESPACE}`);
  const operator = `DEFINE USER operator ON NAMESPACE PASSHASH '${PASSWORD_HASHES.operator}' ROLES EDITOR`;
  await query(operator, undefined, { namespace: NAMESPACE });
  for (const tenant of TENANTS) {
    await query(`DEFINE DATABASE ${tenant}`, undefined, { namespace: NAMESPACE });
    const where = { namespace: NAMESPACE, database: tenant };
    await query(SCHEMA, undefined, where);
    await query(DATA, { tenant, texts: NOTES[tenant] }, where);
  }
}

/**
 * Mints a bearer key: for the database user `viewer` through `user_key`, for a record user through
 * `record_key`. Sign in with `{ namespace, database, access, key }`.
 */
export async function mintKey(
  query: Query,
  subject: { user: string } | { record: string },
  database: Tenant = "tenant_a",
): Promise<string> {
  const statement =
    "user" in subject
      ? `ACCESS ${ACCESSES.userKey} ON DATABASE GRANT FOR USER ${subject.user}`
      : `ACCESS ${ACCESSES.recordKey} ON DATABASE GRANT FOR RECORD ${subject.record}`;
  const [grant] = await query(statement, undefined, { namespace: NAMESPACE, database });
  return (grant as { grant: { key: string } }).grant.key;
}

const SIGN_IN =
  "SIGNIN ( SELECT * FROM user WHERE name = $name AND crypto::argon2::compare(password, $password) )";

const SCHEMA = `
DEFINE TABLE user SCHEMAFULL PERMISSIONS
  FOR select WHERE id = $auth.id
  FOR update WHERE id = $auth.id
  FOR create, delete NONE;
DEFINE FIELD name ON user TYPE string ASSERT string::len($value) > 0;
DEFINE FIELD fullName ON user TYPE option<string>;
DEFINE FIELD password ON user TYPE string PERMISSIONS FOR select NONE;
DEFINE FIELD team ON user TYPE array<record<team>> DEFAULT [];
DEFINE FIELD joined ON user TYPE datetime DEFAULT time::now() READONLY;

DEFINE TABLE team SCHEMAFULL PERMISSIONS
  FOR select WHERE id IN $auth.team
  FOR create, update, delete NONE;
DEFINE FIELD name ON team TYPE string;

DEFINE TABLE note SCHEMAFULL PERMISSIONS
  FOR select WHERE $auth.id != NONE AND (owner = $auth.id OR shared = true)
  FOR create, update, delete WHERE $auth.id != NONE AND owner = $auth.id;
DEFINE FIELD owner ON note TYPE option<record<user>> DEFAULT $auth.id;
DEFINE FIELD text ON note TYPE string ASSERT string::len($value) > 0;
DEFINE FIELD done ON note TYPE bool DEFAULT false;
DEFINE FIELD shared ON note TYPE bool DEFAULT false;
DEFINE FIELD created ON note TYPE datetime DEFAULT time::now() READONLY;

DEFINE TABLE notice SCHEMAFULL PERMISSIONS FOR select FULL FOR create, update, delete NONE;
DEFINE FIELD text ON notice TYPE string;

DEFINE TABLE audit SCHEMALESS PERMISSIONS NONE;

DEFINE ACCESS ${ACCESSES.account} ON DATABASE TYPE RECORD
  SIGNUP ( CREATE type::record("user", $name)
    SET name = $name, password = crypto::argon2::generate($password) )
  ${SIGN_IN}
  WITH REFRESH DURATION FOR GRANT 30d, FOR TOKEN 1h, FOR SESSION NONE;
DEFINE ACCESS ${ACCESSES.briefToken} ON DATABASE TYPE RECORD ${SIGN_IN}
  DURATION FOR TOKEN 2s, FOR SESSION NONE;
DEFINE ACCESS ${ACCESSES.briefRenewable} ON DATABASE TYPE RECORD ${SIGN_IN}
  WITH REFRESH DURATION FOR GRANT 30d, FOR TOKEN 2s, FOR SESSION NONE;
DEFINE ACCESS ${ACCESSES.briefSession} ON DATABASE TYPE RECORD ${SIGN_IN}
  DURATION FOR TOKEN 1h, FOR SESSION 2s;

DEFINE USER editor ON DATABASE PASSHASH '${PASSWORD_HASHES.editor}' ROLES EDITOR;
DEFINE USER viewer ON DATABASE PASSHASH '${PASSWORD_HASHES.viewer}' ROLES VIEWER;
DEFINE ACCESS ${ACCESSES.userKey} ON DATABASE TYPE BEARER FOR USER
  DURATION FOR GRANT 30d, FOR TOKEN 1h, FOR SESSION NONE;
DEFINE ACCESS ${ACCESSES.recordKey} ON DATABASE TYPE BEARER FOR RECORD
  DURATION FOR GRANT 30d, FOR TOKEN 1h, FOR SESSION NONE;
`;

const DATA = `
CREATE team:core SET name = "Core";
CREATE team:field SET name = "Field";
CREATE user:alice SET name = "alice", fullName = "Alice Adams", team = [team:core],
  password = "${PASSWORD_HASHES.alice}";
CREATE user:bob SET name = "bob", fullName = "Bob Brown", team = [team:field],
  password = "${PASSWORD_HASHES.bob}";
FOR $person IN ["alice", "bob"] {
  FOR $text IN $texts[$person] {
    CREATE note SET owner = type::record("user", $person), text = $text;
  };
};
CREATE note SET owner = user:bob, text = $texts.shared, shared = true;
CREATE notice:welcome SET text = "Welcome to " + $tenant;
CREATE audit:first SET event = "seeded", tenant = $tenant;
`;

const NOTES: Record<Tenant, { alice: string[]; bob: string[]; shared: string }> = {
  tenant_a: {
    alice: ["Buy oat milk", "Ask Bob about the switch at platform 4", "Renew the season ticket"],
    bob: ["Grease the points", "Call the signal box"],
    shared: "Team lunch on Friday",
  },
  tenant_b: {
    alice: ["Tenant B: draft the timetable"],
    bob: ["Tenant B: count the wagons", "Tenant B: repaint the buffer stop"],
    shared: "Tenant B: the yard is closed on Sunday",
  },
};
