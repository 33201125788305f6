/**
 * Secrets inside of texts: where they begin and end.
 *
 * Two kinds are found. Tokens and keys that SurrealDB makes can be told by their form, wherever they
 * stand. A literal in a statement can be told by the name it belongs to: `SET password = '…'`,
 * `DEFINE USER … PASSWORD '…'`, `crypto::argon2::compare(pass, '…')`. This reads words, not grammar;
 * where it errs, it covers what is no secret, and the person can uncover that.
 */
import { COVERED } from "./log-entry.ts";

export interface Span {
  start: number;
  end: number;
}

/** A word that says "secret" as a whole; part of a longer word it says nothing ("shipping", "monkey"). */
const SECRET_WORD =
  /^(pass|pw|pwd|pin|otp|totp|jwt|key|keys|salt|hash|bearer|credentials?|passphrase|passcode|passhash|apikey|.*(password|passwd|secret|token)s?)$/;

/**
 * True for names of fields and variables behind which a secret stands. Asked of every field of every
 * result, so it is stricter than `isSecretName`, which is asked of a sign-in's parameters alone.
 */
export function isSecretField(name: string): boolean {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => SECRET_WORD.test(word));
}

/**
 * A JWT (three parts of base64url, the first of which begins with `{"`), one that was cut off, or a
 * refresh token or bearer key as SurrealDB makes them.
 */
const TOKEN =
  /\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?|\beyJ[\w-]{16,}$|\bsurreal-(?:refresh|bearer)-[\w-]{4,}/g;

/** Tokens and keys in any text, in order. */
export function tokensIn(text: string): Span[] {
  if (!text.includes("eyJ") && !text.includes("surreal-")) return [];
  return Array.from(text.matchAll(TOKEN), ({ index, 0: token }) => ({
    start: index,
    end: index + token.length,
  }));
}

/** Comments, strings with their prefix, words, numbers, and every other sign by itself. */
const PIECE =
  /--[^\n]*|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?:\b[a-z])?(?:"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$))|`(?:[^`\\]|\\[\s\S])*(?:`|$)|[A-Za-z_$][\w$]*|\d[\w.]*|[^\s\w]/g;

/** Functions whose every text is a password or its hash. */
const HASHERS = new Set(["argon2", "bcrypt", "pbkdf2", "scrypt"]);

/** Without any of these a statement has nothing to look for: most have none. */
const MAY_HOLD_SECRET =
  /pass|pw|pin|otp|jwt|key|salt|hash|bearer|credential|secret|token|argon2|bcrypt|pbkdf2|scrypt/i;

/** Tokens, and literals that belong to a secret's name, in order. `text` may be cut off at its end. */
export function secretsInStatement(text: string): Span[] {
  const tokens = tokensIn(text);
  if (!MAY_HOLD_SECRET.test(text)) return tokens;
  const literals = [...namedLiterals(text)];
  if (tokens.length === 0) return literals;
  const apart = tokens.filter(
    (token) => !literals.some(({ start, end }) => token.start < end && start < token.end),
  );
  return [...literals, ...apart].sort((one, other) => one.start - other.start);
}

function* namedLiterals(text: string): Iterable<Span> {
  let secret = false;
  let before = "";
  let depth = 0;
  /** Depth of parentheses outside of the function of passwords that is being read. */
  let hashing: number | undefined;
  for (const { index, 0: piece } of text.matchAll(PIECE)) {
    const end = index + piece.length;
    if (isComment(piece)) continue;
    const quote = quoteOf(piece);
    if (quote !== undefined) {
      const inner = innerSpan(piece, quote, index);
      const content = text.slice(inner.start, inner.end);
      if (isKey(text, end)) secret = isSecretField(content);
      else if ((secret || hashing !== undefined) && content !== "" && content !== COVERED)
        yield inner;
    } else if (/^[\w$`]/.test(piece) && !/^\d/.test(piece)) {
      if (!/^\s*(\(|::)/.test(text.slice(end, end + 20))) secret = isSecretField(piece);
      else if (HASHERS.has(piece.toLowerCase())) hashing ??= depth;
    } else if (piece === ";") secret = false;
    else if (piece === "(") depth += 1;
    else if (piece === ")") {
      depth -= 1;
      if (hashing !== undefined && depth <= hashing) hashing = undefined;
    } else if (secret && /^\d/.test(piece) && (before === "=" || before === ":")) {
      yield { start: index, end };
    }
    before = piece;
  }
}

function isComment(piece: string): boolean {
  return /^(--|\/\/|#|\/\*)/.test(piece);
}

/** The quote with which a string begins, behind its prefix of one letter if it has one. */
function quoteOf(piece: string): string | undefined {
  return /^[a-z]?(["'])/.exec(piece)?.[1];
}

function innerSpan(piece: string, quote: string, index: number): Span {
  const open = piece.indexOf(quote) + 1;
  const closed = piece.length > open && piece.endsWith(quote);
  return { start: index + open, end: index + piece.length - (closed ? 1 : 0) };
}

/** A string before a colon is an object's key; `::` is a path. */
function isKey(text: string, end: number): boolean {
  return /^\s*:(?!:)/.test(text.slice(end, end + 20));
}

/** `text` with each of these spans covered. */
export function coverSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let out = "";
  let at = 0;
  for (const { start, end } of spans) {
    out += text.slice(at, start) + COVERED;
    at = end;
  }
  return out + text.slice(at);
}
