/**
 * Many people on one server: what restore and panel are measured with.
 *
 * Each is a record user of its own, so that no two sessions could be confused unnoticed. Their access
 * compares no password hash: signing hundreds in is preparation, not what is measured.
 */
import type { DemoServer } from "../../demo/server/server.ts";
import type { SignIn } from "../../src/session/model.ts";

export const CROWD_PLACE = { namespace: "bench", database: "crowd" };
const ACCESS = "by_name";

/** What each session holds beside its identity. */
export const CROWD_VARIABLES: Record<string, unknown> = {
  tenant: "acme",
  locale: "en-GB",
  limits: { rows: 100, seconds: 5 },
};

/** The key of the n-th person's record in `user`. */
export function nameOf(n: number): string {
  return `u${n}`;
}

export function signInOf(n: number) {
  return {
    way: "record",
    ...CROWD_PLACE,
    access: ACCESS,
    variables: { name: nameOf(n) },
  } as const satisfies SignIn;
}

/** Defines namespace, database, access and `size` users. */
export async function seedCrowd(query: DemoServer["query"], size: number): Promise<void> {
  const { namespace, database } = CROWD_PLACE;
  await query(`DEFINE NAMESPACE ${namespace}`);
  await query(`DEFINE DATABASE ${database}`, undefined, { namespace });
  await query(
    `DEFINE TABLE user PERMISSIONS FOR select WHERE id = $auth.id;
     DEFINE ACCESS ${ACCESS} ON DATABASE TYPE RECORD
       SIGNIN ( SELECT * FROM type::record("user", $name) )
       WITH REFRESH DURATION FOR GRANT 1d, FOR TOKEN 12h, FOR SESSION NONE;
     FOR $n IN 0..${size} { CREATE type::record("user", "u" + <string>$n) };`,
    undefined,
    CROWD_PLACE,
  );
}
