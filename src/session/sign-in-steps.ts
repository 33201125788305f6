/**
 * What a sign-in sends to the server, and the secrets that come of it.
 *
 * The session is attached and its gate is closed when these run; who is signed in afterwards is for the
 * check that follows to say.
 */
import { ServerError } from "../wire/errors.ts";
import type { Actor, SignIn } from "./model.ts";
import { refresh, type Send } from "./set-up.ts";
import { type Credentials, hasCredentials, readTokens, toRpcAuth } from "./sign-in.ts";
import type { FamilySecrets } from "./store.ts";
import { authOf, readToken } from "./token.ts";

export interface SignInOptions {
  /** Keep the refresh token, if the server gives one. Default true. */
  refresh?: boolean;
  signUp?: boolean;
  by?: Actor;
}

type Named = Exclude<SignIn, { way: "anonymous" }>;

/**
 * Signs the session in.
 * @param formerUser who it was signed in as; absent: nobody
 * @throws ServerError, with advice, when the server refuses
 */
export async function signInAtServer(
  send: Send,
  signIn: Named,
  options: SignInOptions,
  formerUser: string | undefined,
): Promise<FamilySecrets> {
  try {
    const secrets = await signInOnce(send, signIn, options);
    if (!leavesRecordUser(formerUser, secrets.tokens.access)) return secrets;
    await send("invalidate");
    // Not `authenticate` where it can be helped: engine 3.0.2 can't read the token that a user's
    // bearer key gave ("Parse error", since its ID is no record).
    if (hasCredentials(signIn)) return await signInOnce(send, signIn, options);
    await send("authenticate", [secrets.tokens.access]);
    return secrets;
  } catch (error) {
    if (error instanceof ServerError) Object.assign(error, { advice: ADVICE[signIn.way] });
    throw error;
  }
}

/** The server says as little as it can of why a sign-in failed: these are the usual reasons. */
const ADVICE: Record<Named["way"], string> = {
  root: "Check the user and the password, and that it is a user of root.",
  namespace: "Check the user, the password and the namespace.",
  database: "Check the user, the password, the namespace and the database.",
  record: "Check the access method, and its variables' names and values.",
  bearer: "Check the access method and the key.",
  token: "Check that the token is of this server and hasn't ended.",
  tokens: "Check that the tokens are of this server and haven't been used before.",
};

function signInOnce(send: Send, signIn: Named, options: SignInOptions): Promise<FamilySecrets> {
  return hasCredentials(signIn) ? signInWith(send, signIn, options) : authenticate(send, signIn);
}

async function signInWith(
  send: Send,
  credentials: Credentials,
  { signUp, refresh: keep }: SignInOptions,
): Promise<FamilySecrets> {
  const method = signUp ? "signup" : "signin";
  const tokens = readTokens(await send(method, [toRpcAuth(credentials)]));
  if (keep !== false) return { tokens, credentials };
  return { tokens: { access: tokens.access }, credentials, withoutRefresh: true };
}

async function authenticate(
  send: Send,
  given: Extract<SignIn, { way: "token" | "tokens" }>,
): Promise<FamilySecrets> {
  const access = given.access.trim();
  if (given.way === "token") {
    await send("authenticate", [access]);
    return { tokens: { access } };
  }
  const pair = { access, refresh: given.refresh.trim() };
  try {
    await send("authenticate", [access]);
    return { tokens: pair };
  } catch (error) {
    // An access token that is past is what the refresh token is for.
    if (!(error instanceof ServerError)) throw error;
    return { tokens: await refresh(send, pair) };
  }
}

/**
 * The server keeps $auth of a record user when a system user signs in over it (measured on engine
 * 3.0.2), and permissions would be decided by both: signed out first, it is clean.
 */
function leavesRecordUser(formerUser: string | undefined, access: string): boolean {
  const wasRecord = formerUser?.includes(":") ?? false;
  return wasRecord && authOf(readToken(access).claims, false).level !== "record";
}
