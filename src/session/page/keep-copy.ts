/**
 * "Keep a copy": a session of our own, set up like one of the page's.
 *
 * A token goes only to the URL on which it was seen. Where a connection to that URL is there already
 * the copy is made on it; else the person is asked first, since Switchyard would connect to a server
 * that only the page named. The page's refresh token is never taken: it is single-use, and the page's.
 */
import { mendUrl } from "../connection-url.ts";
import { InvalidRequestError } from "../errors.ts";
import type { SessionKey } from "../model.ts";
import type { Registry } from "../registry.ts";
import { placeText } from "../truth.ts";
import type { PageSession } from "./page-session.ts";

/** What is asked of the registry. */
export type CopyKeeper = Pick<Registry, "connections" | "addConnection" | "adopt">;

export type KeptCopy =
  | { key: SessionKey }
  /** Nothing was done yet: what the person has to agree to. */
  | { confirm: { url: string; user?: string; place: string } };

/**
 * @param confirmed the person agreed to connect to the socket's URL
 * @throws InvalidRequestError where the sign-in can't be taken over; else as `Registry.adopt`
 */
export async function keepCopy(
  registry: CopyKeeper,
  session: PageSession,
  confirmed = false,
): Promise<KeptCopy> {
  const { record, accessToken } = session;
  const { auth, holder, label, namespace, database, variables, tokenExpireAt } = record;
  const isAnonymous = auth.level === "anonymous";
  if (!isAnonymous && (accessToken === undefined || !record.hasToken)) {
    throw new InvalidRequestError(
      "The access token of this session wasn't seen, so nothing could sign a copy in.",
      "Make a new session and sign in there.",
    );
  }
  if (!isAnonymous && tokenExpireAt !== undefined && tokenExpireAt <= Date.now()) {
    const ended = new Date(tokenExpireAt).toLocaleString();
    throw new InvalidRequestError(
      `Its access token ended on ${ended}: the server takes it from no one any more.`,
      "Make a new session and sign in there.",
    );
  }
  const { url } = mendUrl(holder.url);
  let connectionId = registry.connections.find((connection) => connection.url === url)?.id;
  if (connectionId === undefined) {
    const place = placeText(namespace, database);
    if (!confirmed) return { confirm: { url, user: auth.user, place } };
    connectionId = (await registry.addConnection({ url })).id;
  }
  const key = await registry.adopt({
    connectionId,
    label: auth.user ?? `Copy of ${label}`,
    namespace,
    database,
    variables: variables.filter((variable) => variable.omitted === undefined),
    access: isAnonymous ? undefined : accessToken,
    from: `Copy of a session of ${holder.origin}: ${label}.`,
  });
  return { key };
}
