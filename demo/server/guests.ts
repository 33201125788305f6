/**
 * Guest access (`--guests`): anonymous sessions may query, and table permissions hold for them.
 *
 * The embedded engine enforces nothing on a session that is anonymous: it would read tables with
 * PERMISSIONS NONE. So an anonymous session is signed in, unseen, through a JWT access without any role:
 * `$auth` stays NONE, `PERMISSIONS` clauses are evaluated, DEFINE and INFO are refused, as on a real
 * server. The access is in the database main/main, which every engine has, so that it gives no rights
 * even there.
 *
 * What a client could still notice: `$token` and `$session.ac`, `.tk` are taken out of results, but a
 * query that computes with them sees them (`$token.AC` is "anonymous"); `INFO FOR DB` in main/main lists the
 * access; the actor named in the details of a refusal is `/ns:main/db:main/Actor::anonymous()`.
 */
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { Uuid } from "surrealdb";
import type { ClientSession } from "./client-session.ts";
import type { Engine } from "./engine.ts";

const ACCESS = "anonymous";
const HOME = { namespace: "main", database: "main" };
const TEN_YEARS_S = 10 * 365 * 24 * 3600;

export interface Guests {
  /** Signs an anonymous session in as guest, and leaves its namespace and database as they were. */
  admit(session: ClientSession, database: string | undefined): Promise<void>;
  /** A result as an anonymous session of a real server would have got it. */
  hide(result: unknown): unknown;
}

/** Defines the guests' access in this engine. */
export async function openGuests(engine: Engine): Promise<Guests> {
  const jti = randomUUID();
  const key = randomBytes(32).toString("hex");
  const token = signToken(jti, key);

  await runAtHome(
    engine,
    `DEFINE ACCESS OVERWRITE ${ACCESS} ON DATABASE TYPE JWT ALGORITHM HS256 KEY "${key}" DURATION FOR SESSION NONE`,
  );

  return {
    async admit(session, database) {
      const { engineId, namespace } = session;
      await engine.send({ method: "authenticate", params: [token], session: engineId });
      const selection = [namespace ?? null, database ?? null];
      await engine.send({ method: "use", params: selection, session: engineId });
      session.identity = "guest";
    },
    hide: (result) => hideClaims(result, jti),
  };
}

/** Removes the access that an earlier run with `--guests` may have left in a data folder. */
export async function closeGuests(engine: Engine): Promise<void> {
  await runAtHome(engine, `REMOVE ACCESS IF EXISTS ${ACCESS} ON DATABASE`);
}

async function runAtHome(engine: Engine, statement: string): Promise<void> {
  const session = Uuid.v7();
  await engine.send({ method: "attach", session });
  await engine.send({ method: "use", params: [HOME.namespace, HOME.database], session });
  await engine.send({ method: "query", params: [statement], session });
  await engine.send({ method: "detach", session });
}

function signToken(jti: string, key: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + TEN_YEARS_S;
  const claims = { NS: HOME.namespace, DB: HOME.database, AC: ACCESS, RL: [], jti, exp };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

function hideClaims(value: unknown, jti: string): unknown {
  if (Array.isArray(value)) return value.map((item) => hideClaims(item, jti));
  if (!isPlainObject(value)) return value;
  if (value.jti === jti) return undefined;
  const hidden = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hideClaims(item, jti)]),
  );
  const isSession = isPlainObject(value.tk) && value.tk.jti === jti;
  return isSession ? { ...hidden, ac: undefined } : hidden;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && Object.getPrototypeOf(value ?? 0) === Object.prototype;
}
