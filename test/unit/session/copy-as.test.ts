/**
 * Copied code must do what it says: the JavaScript is run with the SDK against the engine, the
 * SurrealQL is run by the engine, and a secret is in neither.
 */
import { createNodeEngines } from "@surrealdb/node";
import fc from "fast-check";
import * as sdk from "surrealdb";
import { describe, expect, it } from "vitest";
import { copyAs } from "../../../src/session/copy-as.ts";
import { goLiteral } from "../../../src/session/go-literal.ts";
import { javascriptLiteral } from "../../../src/session/javascript-literal.ts";
import type { ConnectionView, SessionView } from "../../../src/session/model.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { anyValue, same } from "../ui/values/surreal-values.ts";

const { DateTime, Decimal, RecordId, Surreal } = sdk;

const connection: ConnectionView = {
  id: "c1",
  name: "Demo",
  url: "ws://localhost:8000/rpc",
  state: { kind: "open" },
  since: 0,
  strayFrames: 0,
  local: true,
};

const tags = {
  level: new Decimal("1.10"),
  list: [new RecordId("note", ["x", 1]), undefined, null],
};

const bob: SessionView = {
  key: "018f0000-0000-7000-8000-000000000001",
  id: "018f0000-0000-7000-8000-000000000001",
  kind: "surrealdb",
  holder: "extension",
  connectionId: "c1",
  label: "Bob",
  colour: "#1a66d6",
  namespace: "app",
  database: "tenant-b",
  variables: [
    { name: "tenant", value: encodeValue("b'; REMOVE TABLE note; --") },
    { name: "since", value: encodeValue(new DateTime("2024-05-06T07:08:09.123456789Z")) },
    { name: "tags", value: encodeValue(tags) },
  ],
  auth: {
    level: "record",
    user: "user:bob",
    access: "account",
    namespace: "app",
    database: "tenant-b",
    claims: { jti: "CLAIM-SECRET" },
    renewable: true,
  },
  signInForm: {
    way: "record",
    namespace: "app",
    database: "tenant-b",
    access: "account",
    variables: { name: "bob", password: "", passphrase: "SECRET" },
  },
  status: "active",
  cause: "",
  statusSince: 0,
  createdAt: 0,
  updatedAt: 0,
  lastActiveAt: 0,
  abandonAt: 0,
  warnings: [],
  truth: { state: "unchecked" },
  gate: { open: true },
  temporary: false,
  remembered: false,
  needsSignIn: false,
  liveQueries: [],
  transactions: [],
};

const root: SessionView = {
  ...bob,
  namespace: "app",
  database: undefined,
  variables: [],
  auth: { level: "root", user: "root", renewable: true },
  signInForm: { way: "root", username: "root" },
};

const SEED = `
  DEFINE NAMESPACE app; USE NS app; DEFINE DATABASE \`tenant-b\`; USE DB \`tenant-b\`;
  DEFINE USER root ON ROOT PASSWORD 'hunter2' ROLES OWNER;
  DEFINE TABLE user PERMISSIONS FULL; CREATE user:bob;
  DEFINE ACCESS account ON DATABASE TYPE RECORD
    SIGNIN (SELECT * FROM user WHERE record::id(id) = $name AND $password = 'hunter2');
`;

/** The SDK, but for a client that connects to a seeded engine of its own and notes the URL. */
class EmbeddedSurreal extends Surreal {
  static url: unknown;
  constructor() {
    super({ engines: createNodeEngines() });
  }
  override async connect(url: string | URL): Promise<true> {
    EmbeddedSurreal.url = url;
    await super.connect("mem://");
    await this.query(SEED).collect();
    return true;
  }
}

/** Runs copied JavaScript, its import replaced, its passwords filled in. Answers its session. */
async function runJavascript(code: string): Promise<sdk.SurrealSession> {
  const body = code
    .replace(/^import (\{.*\}) from "surrealdb";$/m, "const $1 = sdk;")
    .replace(/"<pass\w+ of [^"]*>"/g, '"hunter2"');
  const run = new Function("sdk", `return (async () => { ${body}; return session; })()`);
  return run({ ...sdk, Surreal: EmbeddedSurreal });
}

type Truth = Record<string, unknown>;

async function truthOf(session: sdk.SurrealSession, variables: string): Promise<Truth> {
  // Bare parameters only: with no database selected the engine refuses `$session.ns`.
  const text = `RETURN { user: $auth, session: $session, token: $token, ${variables} }`;
  const [truth] = await session.query<[Truth]>(text).collect();
  return truth;
}

describe("copyAs", () => {
  it("gives JavaScript that sets up the same session", async () => {
    const code = copyAs(bob, connection, "javascript");
    expect(code).toContain('import { DateTime, Decimal, RecordId, Surreal } from "surrealdb";');
    expect(code).toContain("// Bob: user:bob, access account, in app/tenant-b");
    const session = await runJavascript(code);
    expect(EmbeddedSurreal.url).toBe("ws://localhost:8000/rpc");
    const truth = await truthOf(session, "tenant: $tenant, since: $since, tags: $tags");
    expect(truth).toMatchObject({ session: { ns: "app", db: "tenant-b" } });
    const { user, tenant, since, tags: held } = truth;
    expect(
      same(
        { user, tenant, since, tags: held },
        {
          user: new RecordId("user", "bob"),
          tenant: "b'; REMOVE TABLE note; --",
          since: new DateTime("2024-05-06T07:08:09.123456789Z"),
          tags,
        },
      ),
    ).toBe(true);
  });

  it("gives JavaScript for system users, and for a namespace without a database", async () => {
    const session = await runJavascript(copyAs(root, connection, "javascript"));
    const truth = await truthOf(session, "");
    expect(truth).toMatchObject({ session: { ns: "app" }, token: { ID: "root" } });
    expect((truth.session as Truth).db).toBeUndefined();
  });

  it("uses the connection itself for the default session", () => {
    const code = copyAs({ ...root, id: undefined }, connection, "javascript");
    expect(code).not.toContain("newSession");
    expect(code).toContain("await db.signin(");
  });

  it("gives SurrealQL that the engine runs", async () => {
    const db = new EmbeddedSurreal();
    await db.connect("mem://");
    const code = copyAs({ ...bob, label: "Bob\nREMOVE NAMESPACE app;" }, connection, "surrealql");
    const results = await db.query(`${code}RETURN [$tenant, $tags, session::db()]`).collect();
    expect(same(results.at(-1), ["b'; REMOVE TABLE note; --", tags, "tenant-b"])).toBe(true);
    const [info] = await db.query<[{ namespaces: object }]>("INFO FOR ROOT").collect();
    expect(Object.keys(info.namespaces)).toContain("app");
    await db.close();
  });

  it("gives Go that attaches, signs in, selects and sets", () => {
    const code = copyAs(bob, connection, "go");
    for (const part of [
      'surrealdb "github.com/surrealdb/surrealdb.go"',
      'surrealdb.FromEndpointURLString(ctx, "ws://localhost:8000")',
      "session, err := db.Attach(ctx)",
      "defer session.Detach(ctx)",
      'session.SignInWithRefresh(ctx, map[string]any{"name": "bob", "password": "<password of user:bob>"',
      '"NS": "app", "DB": "tenant-b", "AC": "account"}',
      'session.Use(ctx, "app", "tenant-b")',
      "models.CustomDateTime{Time: time.Unix(1714979289, 123456789).UTC()}",
      'models.NewRecordID("note", []any{"x", 1})',
      'models.DecimalString("1.1")',
    ]) {
      expect(code).toContain(part);
    }
    expect(code).toMatch(/import \(\n\t"context"\n\t"log"\n\t"time"\n\n\tsurrealdb/);
    expect(copyAs(root, connection, "go")).toContain(
      'session.SignIn(ctx, map[string]any{"user": "root", "pass": "<password of root>"})',
    );
  });

  it("never gives a secret away", () => {
    const token: SessionView = { ...bob, signInForm: { way: "tokens" } };
    for (const session of [bob, root, token]) {
      for (const format of ["javascript", "go", "surrealql"] as const) {
        const code = copyAs(session, connection, format);
        expect(code).not.toMatch(/SECRET/);
      }
    }
    expect(copyAs(token, connection, "go")).toContain(
      'session.Authenticate(ctx, "<access token of user:bob>")',
    );
  });

  it("stays one comment, whatever a label says", () => {
    const evil = { ...bob, label: "x\n*/ process.exit(); //\u2028y", variables: [] };
    for (const format of ["javascript", "go"] as const) {
      const line = copyAs(evil, connection, format)
        .split(/[\n\u2028]/)
        .find((each) => each.includes("process.exit"));
      expect(line?.trim().startsWith("//")).toBe(true);
    }
  });
});

describe("javascriptLiteral", () => {
  it("evaluates to an equal value, of every type", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const imports = new Set<string>();
        const text = javascriptLiteral(value, imports);
        const made = new Function(...imports, `return (${text});`);
        const classes = [...imports].map(
          (name) => Object.entries(sdk).find(([n]) => n === name)?.[1],
        );
        expect(same(made(...classes), value), text).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("goLiteral", () => {
  it("closes what it opens and imports what it uses, for every type", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const imports = new Set<string>();
        const bare = goLiteral(value, imports).replace(/"(?:[^"\\]|\\.)*"/g, '""');
        let open = 0;
        for (const character of bare) {
          if ("{[(".includes(character)) open++;
          if ("}])".includes(character)) open--;
          expect(open).toBeGreaterThanOrEqual(0);
        }
        expect(open).toBe(0);
        const used = new Set(Array.from(bare.matchAll(/\b([a-z]+)\./g), ([, name]) => name));
        const names = [...imports].map((path) => path.replace(/\/v2$/, "").split("/").at(-1));
        expect([...used].sort()).toEqual(names.sort());
      }),
    );
  });
});
