/** The stand-in's signing key: access tokens as the SuperTokens core signs them, and the JWKS beside. */
import {
  createSign,
  createVerify,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { promisify } from "node:util";

/** All claims of an access token, the core's and the application's. */
export type Claims = Readonly<Record<string, unknown>>;

export interface SigningKey {
  /** What `/.well-known/jwks.json` answers. */
  readonly jwks: { readonly keys: readonly JsonWebKey[] };
  sign(claims: Claims): string;
  /** The claims where the signature is this key's, expired or not; undefined otherwise. */
  read(token: string): Claims | undefined;
}

/** Takes up to a second. No shorter one is accepted for RS256. */
let keyPair: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined;

/**
 * A key with an id of its own, so that one core's tokens are worth nothing at another: a key is chosen by
 * its id. The RSA key itself is the same for all cores of the process.
 */
export async function createSigningKey(): Promise<SigningKey> {
  keyPair ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const { publicKey, privateKey } = await keyPair;
  // "d-" says "dynamic" to the SDK: it refuses tokens of static keys unless it is told otherwise.
  const kid = `d-${randomUUID()}`;
  const header = encode({ kid, typ: "JWT", version: "5", alg: "RS256" });
  return {
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] },
    sign: (claims) => {
      const signed = `${header}.${encode(claims)}`;
      const signature = createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url");
      return `${signed}.${signature}`;
    },
    read: (token) => {
      const [head, payload = "", signature = ""] = token.split(".");
      const isOurs = createVerify("RSA-SHA256")
        .update(`${head}.${payload}`)
        .verify(publicKey, signature, "base64url");
      return isOurs && head === header
        ? JSON.parse(Buffer.from(payload, "base64url").toString())
        : undefined;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
