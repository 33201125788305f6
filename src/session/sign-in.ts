/**
 * Signing in: from what the person filled in to what the server wants, and back to a form.
 *
 * The wire's parameter names (`ns`, `db`, `ac`, `user`, `pass`, `key`) are those that the official
 * SDK sends. The form keeps what is no secret, so that "Sign in again" is one password away.
 */
import { InvalidRequestError } from "./errors.ts";
import type { SignIn, SignInForm } from "./model.ts";
import { authOf } from "./token.ts";

/** Tokens as `signin`, `signup` and `refresh` answer them. */
export interface Tokens {
  access: string;
  refresh?: string;
}

/** The ways that are a `signin` call, with credentials that can be used again. */
export type Credentials = Exclude<SignIn, { way: "anonymous" } | { way: "token" | "tokens" }>;

export function hasCredentials(signIn: SignIn): signIn is Credentials {
  return signIn.way !== "anonymous" && signIn.way !== "token" && signIn.way !== "tokens";
}

/** The one parameter of the RPC methods `signin` and `signup`. */
export function toRpcAuth(signIn: Credentials): Record<string, unknown> {
  switch (signIn.way) {
    case "root":
      return { user: signIn.username, pass: signIn.password };
    case "namespace":
      return { ns: signIn.namespace, user: signIn.username, pass: signIn.password };
    case "database":
      return {
        ns: signIn.namespace,
        db: signIn.database,
        user: signIn.username,
        pass: signIn.password,
      };
    case "record":
      return {
        ...signIn.variables,
        ns: signIn.namespace,
        db: signIn.database,
        ac: signIn.access,
      };
    case "bearer": {
      const auth: Record<string, unknown> = { ac: signIn.access, key: signIn.key };
      if (signIn.namespace) auth.ns = signIn.namespace;
      if (signIn.database) auth.db = signIn.database;
      return auth;
    }
  }
}

const RESERVED = new Set(["ns", "db", "ac"]);

/** Reads a raw parameter of `signin` or `signup`, as the method picker or a page writes it. */
export function fromRpcAuth(params: Record<string, unknown>): Credentials {
  const text = (name: string) => {
    const value = params[name] ?? params[name.toUpperCase()];
    return typeof value === "string" ? value : undefined;
  };
  const namespace = text("ns");
  const database = text("db");
  const access = text("ac");
  const key = text("key");
  if (access && key !== undefined) return { way: "bearer", namespace, database, access, key };
  if (access && namespace && database) {
    const variables: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(params)) {
      if (!RESERVED.has(name.toLowerCase())) variables[name] = value;
    }
    return { way: "record", namespace, database, access, variables };
  }
  const username = text("user");
  const password = text("pass");
  if (username === undefined || password === undefined) {
    throw new InvalidRequestError("A sign-in needs user and pass, or an access method.");
  }
  if (namespace && database) return { way: "database", namespace, database, username, password };
  if (namespace) return { way: "namespace", namespace, username, password };
  return { way: "root", username, password };
}

/** Names whose values are secrets, wherever they stand. */
const SECRET_NAME = /pass|pwd|secret|token|key|pin|otp|code|credential/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** What may be stored and shown of a sign-in: everything but secrets. */
export function formOf(signIn: SignIn): SignInForm {
  switch (signIn.way) {
    case "record": {
      const variables: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(signIn.variables)) {
        variables[name] = isSecretName(name) ? "" : value;
      }
      const { way, namespace, database, access } = signIn;
      return { way, namespace, database, access, variables };
    }
    case "bearer": {
      const { way, namespace, database, access } = signIn;
      return { way, namespace, database, access };
    }
    case "root":
      return { way: "root", username: signIn.username };
    case "namespace":
      return { way: "namespace", namespace: signIn.namespace, username: signIn.username };
    case "database": {
      const { way, namespace, database, username } = signIn;
      return { way, namespace, database, username };
    }
    default:
      return { way: signIn.way };
  }
}

/** The form of the sign-in that a token came from, as far as its claims tell. */
export function formOfToken(claims: Record<string, unknown>): SignInForm {
  const { level, user, access, namespace, database } = authOf(claims, false);
  switch (level) {
    case "record":
      return { way: "record", namespace, database, access, variables: {} };
    case "bearer":
      return { way: "bearer", namespace, database, access };
    case "database":
      return { way: "database", namespace, database, username: user };
    case "namespace":
      return { way: "namespace", namespace, username: user };
    default:
      return { way: "root", username: user };
  }
}

/**
 * Reads the answer of `signin`, `signup` or `refresh`: a token, or a pair of them.
 * @throws InvalidRequestError when it is neither
 */
export function readTokens(answer: unknown): Tokens {
  if (typeof answer === "string") return { access: answer };
  if (typeof answer === "object" && answer !== null) {
    const { access, token, refresh } = answer as Record<string, unknown>;
    const first = access ?? token;
    if (typeof first === "string") {
      return typeof refresh === "string" ? { access: first, refresh } : { access: first };
    }
  }
  throw new InvalidRequestError("The server's answer to the sign-in holds no token.");
}
