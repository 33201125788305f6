/** What a server answered: its tokens, its refusal, and its words for people. */
import { wholeCharacters } from "../../session/bounded-text.ts";
import { SessionRefusedError, WebError } from "../web-error.ts";
import type { OwnAnswer } from "../web-page.ts";
import { isRecord, LONGEST_TOKEN, readAccessToken } from "./tokens.ts";

export interface NewTokens {
  access: string;
  refresh?: string;
  front?: string;
  antiCsrf?: string;
}

/** Characters of a server's own words that are shown. */
const MOST_WORDS = 200;

/**
 * The tokens of an answer: in its headers, as SuperTokens sends them in header mode, or in its JSON, as
 * an application does that makes sessions without request and response
 * (`getAllSessionTokensDangerously`). Undefined: there is no access token that can be read.
 */
export function tokensOf({ headers, text }: OwnAnswer): NewTokens | undefined {
  const body = objectIn(text);
  const nested = Object.values(body).filter(isRecord);
  const find = (header: string, name: string) =>
    [headers.get(header), body[name], ...nested.map((part) => part[name])].find(isToken);
  const access = find("st-access-token", "accessToken");
  if (access === undefined || "malformed" in readAccessToken(access)) return undefined;
  const tokens: NewTokens = { access };
  const refresh = find("st-refresh-token", "refreshToken");
  if (refresh !== undefined) tokens.refresh = refresh;
  const front = find("front-token", "frontToken");
  if (front !== undefined) tokens.front = front;
  const antiCsrf = find("anti-csrf", "antiCsrfToken");
  if (antiCsrf !== undefined) tokens.antiCsrf = antiCsrf;
  return tokens;
}

/** Text that a cookie can hold as it is (RFC 6265), so that nothing can be smuggled beside it. */
function isToken(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= LONGEST_TOKEN &&
    /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(value)
  );
}

/**
 * Throws where a renewal was refused. The status of a session that is over is configurable (401 unless
 * changed), and a proxy may answer 401 too: what counts is what SuperTokens says
 * and sets beside it.
 *
 * @throws SessionRefusedError where the session is over, WebError otherwise
 */
export function checkRenewal(answer: OwnAnswer): void {
  const { status, headers, text } = answer;
  if (status >= 200 && status < 300) return;
  const { message } = objectIn(text);
  if (message === "token theft detected") {
    throw new SessionRefusedError(
      "revoked",
      "The server says “token theft detected”: the saved refresh token is an old one, which was renewed elsewhere since. It deleted the session for that.",
      "Sign in again. A saved session that a page goes on using must be saved anew before each switch.",
    );
  }
  if (message === "unauthorised" || headers.get("front-token") === "remove") {
    throw new SessionRefusedError(
      "revoked",
      `The server takes the refresh token no more: the session was revoked or signed out, or is past its end. ${said(status, text)}`,
      "Sign in again.",
    );
  }
  throw new WebError(`The session couldn't be renewed. ${said(status, text)}`);
}

/** True where the server did what it was asked for; recipes answer 200 to wrong credentials too. */
export function isDone(status: number, text: string): boolean {
  const { status: word } = objectIn(text);
  return status >= 200 && status < 300 && (typeof word !== "string" || word === "OK");
}

/** What the server said, one sentence: "The server answered 404: Not found.". */
export function said(status: number, text: string): string {
  const body = objectIn(text);
  const isSuccess = status >= 200 && status < 300;
  const parts = [body.status, body.reason, body.message, ...fieldErrors(body)].filter(
    (part): part is string => typeof part === "string" && part !== "",
  );
  const words = sentence(bounded(parts.length > 0 ? parts.join(": ") : text));
  if (isSuccess && words === "") return "The server answered, and said nothing.";
  if (isSuccess) return `The server said: ${words}`;
  return words === ""
    ? `The server answered ${status}.`
    : `The server answered ${status}: ${words}`;
}

/** With its full stop, so that another sentence can follow. */
export function sentence(words: string): string {
  return words === "" || /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** A text of somebody else, short and on one line. */
export function bounded(text: string): string {
  const line = text
    .slice(0, MOST_WORDS * 10)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > MOST_WORDS ? `${wholeCharacters(line, MOST_WORDS)}…` : line;
}

/** `FIELD_ERROR` of the recipes: which field, and why. */
function fieldErrors({ formFields }: Record<string, unknown>): string[] {
  if (!Array.isArray(formFields)) return [];
  return formFields
    .filter(isRecord)
    .map(({ id, error }) => [id, error].filter((part) => typeof part === "string").join(" "));
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    // Applications answer what they like.
    return {};
  }
}
