/**
 * How somebody like this one signs in: the same way and access method, in the same place, with another
 * name. What was typed isn't known, only what the token tells, so names and secrets are empty.
 */
import type { SessionAuth, SignInForm } from "../../../session/model.ts";

/** Undefined where nobody is signed in. */
export function formOfAuth(auth: SessionAuth): SignInForm | undefined {
  const { level, namespace, database, access } = auth;
  switch (level) {
    case "anonymous":
      return undefined;
    case "root":
      return { way: "root" };
    case "namespace":
      return { way: "namespace", namespace };
    case "database":
      return { way: "database", namespace, database };
    case "record":
      return { way: "record", namespace, database, access };
    case "bearer":
      return { way: "bearer", namespace, database, access };
  }
}
