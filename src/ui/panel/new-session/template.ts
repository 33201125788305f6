/** What the form of a new session begins with: what was so for somebody like the new one. */

import type { LogSource } from "../../../session/log/log-source.ts";
import type { ConnectionView, SessionView, SignInForm } from "../../../session/model.ts";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { formOfToken } from "../../../session/sign-in.ts";
import { decodeValue } from "../../../wire/values.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { isClosed } from "../../store/sessions.ts";

/** Where the new session begins: where the connection says, or else where the page is. */
export function startingPlace(
  connection: ConnectionView | undefined,
  like: AnySession | undefined,
): { namespace?: string; database?: string } {
  const own = connection?.namespace !== undefined || !like || !isPageSession(like);
  const from = own ? connection : like;
  return { namespace: from?.namespace, database: from?.database };
}

/**
 * How the next person signs in is most likely how the last one on this connection did: the same way
 * and access method, the same fields, but another name.
 *
 * @param log where the page's own sign-in may stand
 */
export function template(
  sessions: readonly SessionView[],
  connectionId: string,
  like: AnySession | undefined,
  log: SignInLog,
): SignInForm | undefined {
  if (like && isPageSession(like)) return formOfPage(like, log);
  const others = sessions.filter(
    (session) => session.connectionId === connectionId && session.signInForm && !isClosed(session),
  );
  const former = others.find((session) => session.key === like?.key) ?? others.at(-1);
  if (!former?.signInForm) return undefined;
  const { way, namespace, database, access, variables } = former.signInForm;
  const names = Object.keys(variables ?? {});
  return {
    way,
    namespace,
    database,
    access,
    variables: Object.fromEntries(names.map((name) => [name, ""])),
  };
}

/** As much of the log of requests as is looked at. */
export type SignInLog = Pick<LogSource, "recentOf" | "details">;

/** Requests of the session among which its sign-in is looked for. */
const LOOKED_AT = 500;
/** What of a sign-in's argument says where and by which method, in the spellings of the SDKs. */
const PLACE_FIELDS = new Set(["ns", "db", "ac", "namespace", "database", "access", "scope", "sc"]);

/** Way and place by the page's token; the names of the fields where its sign-in was recorded. */
function formOfPage({ key, auth }: PageSessionView, log: SignInLog): SignInForm | undefined {
  const form = auth.claims && formOfToken(auth.claims);
  if (form?.way !== "record") return form;
  const signIn = log
    .recentOf(key, LOOKED_AT)
    .find(({ method }) => method === "signin" || method === "signup");
  const params = signIn && log.details(signIn.seq)?.params;
  if (!params) return form;
  const [argument] = decodeValue(params) as unknown[];
  if (typeof argument !== "object" || argument === null) return form;
  const names = Object.keys(argument).filter((name) => !PLACE_FIELDS.has(name.toLowerCase()));
  return { ...form, variables: Object.fromEntries(names.map((name) => [name, ""])) };
}
