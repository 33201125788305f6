/** An embedded database with people of every sort in it, each of whom can be asked as the worker asks. */
import { createNodeEngines } from "@surrealdb/node";
import { type AnyAuth, BoundQuery, Surreal, type SurrealSession } from "surrealdb";
import type { SessionAuth } from "../../src/session/model.ts";
import { type FindOutParts, findOut } from "../../src/session/query/matrix/find-out.ts";
import type { Matrix, MatrixSession } from "../../src/session/query/matrix/matrix.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";

const PLACE = { namespace: "n", database: "d" };

const PEOPLE = {
  root: { level: "root", user: "root", sign: { username: "root", password: "x" } },
  editor: {
    level: "database",
    user: "editor",
    sign: { ...PLACE, username: "editor", password: "x" },
  },
  viewer: {
    level: "database",
    user: "viewer",
    sign: { ...PLACE, username: "viewer", password: "x" },
  },
  alice: {
    level: "record",
    user: "user:alice",
    access: "account",
    sign: { ...PLACE, access: "account", variables: { name: "alice" } },
  },
  bob: {
    level: "record",
    user: "user:bob",
    access: "account",
    sign: { ...PLACE, access: "account", variables: { name: "bob" } },
  },
} as const satisfies Record<
  string,
  { level: SessionAuth["level"]; user: string; access?: string; sign: AnyAuth }
>;

export type Person = keyof typeof PEOPLE;

/** Alice's record has the role "admin", Bob's "member". */
const PEOPLE_SCHEMA = `
DEFINE USER root ON ROOT PASSWORD 'x' ROLES OWNER;
DEFINE USER editor ON DATABASE PASSWORD 'x' ROLES EDITOR;
DEFINE USER viewer ON DATABASE PASSWORD 'x' ROLES VIEWER;
DEFINE TABLE user PERMISSIONS FOR select FULL, FOR create, update, delete NONE;
DEFINE ACCESS account ON DATABASE TYPE RECORD
  SIGNIN ( SELECT * FROM type::record('user', $name) ) DURATION FOR TOKEN 1h, FOR SESSION NONE;
CREATE user:alice SET role = 'admin';
CREATE user:bob SET role = 'member';
`;

export interface Lab {
  /** By whom the database is made and looked at: the embedded engine's anonymous, above everything. */
  db: Surreal;
  person(name: Person): SurrealSession;
  session(name: Person): MatrixSession;
  ask: FindOutParts["ask"];
  /** @param onTell sees what is told on the way */
  matrix(
    names: readonly Person[],
    parts?: Partial<Omit<FindOutParts, "tell">> & { onTell?: FindOutParts["tell"] },
  ): Promise<Matrix>;
  export(): Promise<string>;
}

export async function openLab(): Promise<Lab> {
  const db = new Surreal({ engines: createNodeEngines() });
  await db.connect("mem://");
  await db.use(PLACE);
  await db.query(PEOPLE_SCHEMA).collect();
  const sessions = new Map<string, SurrealSession>();
  for (const [name, { sign }] of Object.entries(PEOPLE)) {
    const session = await db.forkSession();
    await session.signin(sign);
    await session.use(PLACE);
    sessions.set(name, session);
  }

  const person = (name: Person) => {
    const session = sessions.get(name);
    if (!session) throw new Error(`Nobody is called ${name}`);
    return session;
  };
  const session = (name: Person): MatrixSession => {
    const { sign: _, ...auth } = PEOPLE[name];
    return { key: name, label: name, auth: { ...auth, renewable: false }, ...PLACE, server: "mem" };
  };
  const ask: FindOutParts["ask"] = async ({ key }, text, bindings) => {
    const bound = bindings ? (decodeValue(bindings) as Record<string, unknown>) : {};
    const responses = await person(key as Person)
      .query(new BoundQuery(text, bound))
      .responses();
    return encodeValue(
      responses.map((each) =>
        each.success
          ? { status: "OK", result: each.result }
          : { status: "ERR", result: each.error.message, kind: each.error.kind },
      ),
    );
  };

  return {
    db,
    person,
    session,
    ask,
    async matrix(names, { onTell, ...parts } = {}) {
      let latest: Matrix | undefined;
      await findOut({
        sessions: names.map(session),
        others: [],
        tables: [],
        blindWrites: false,
        ask,
        ...parts,
        tell(matrix) {
          latest = matrix;
          onTell?.(matrix);
        },
      }).ended;
      if (!latest) throw new Error("Nothing was told");
      return latest;
    },
    export: () => db.export(),
  };
}
