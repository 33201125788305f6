/**
 * What is shown of web sign-ins: the sessions that a page has with SuperTokens or Clerk, and those of
 * them that were saved.
 *
 * They have the fields, statuses and operations of every session of Switchyard (`session/model.ts`); a
 * field that a system has not is absent, never invented. Times are milliseconds since 1970. The values
 * of tokens are in none of these shapes: a view asks for one at a time (`web.reveal`).
 */
import type { SessionKey, SessionStatus } from "../session/model.ts";

export type WebKind = "supertokens" | "clerk";

/**
 * The seven statuses of every session; Clerk's own `pending` (signed in, but with a task to be done
 * first); and `gone`: the page has it no more, and nothing that was seen says why.
 */
export type WebStatus = SessionStatus | "pending" | "gone";

/** The page that has a session. One document stands for all of its origin in a tab. */
export interface WebHolder {
  tabId: number;
  frameId: number;
  documentId: string;
  origin: string;
  top: boolean;
}

/**
 * `switch`: the page runs as this session from now on. `save`: it stays under My sessions, and can be
 * switched to when the page has it no more. `touch`: it is renewed, or its activity is noted. `end`:
 * signed out at the server. `remove`: out of the page, or out of the list.
 */
export type WebOperation = "switch" | "save" | "touch" | "end" | "remove";

/** A token, or what goes with it; never its value. */
export interface WebTokenView {
  /** Names it in `web.reveal`. */
  name: string;
  /** For people: "Access token". */
  title: string;
  /** Where it is kept, one phrase: "cookie sAccessToken · path / · httpOnly". */
  place: string;
  /** False: nothing is kept there. */
  present: boolean;
  /** Why it isn't known, where it may be there all the same: one sentence. */
  unseen?: string;
}

/** A field beyond those of every session: name as the system calls it, and value. */
export interface WebFact {
  name: string;
  value: string | number | boolean;
  /** The value is a time. */
  isTime?: boolean;
}

/** What a system tells of one session of its: everything that is shown but what is the person's own. */
export interface SeenSession {
  kind: WebKind;
  /** SuperTokens' session handle, Clerk's session id; unique within the page. */
  id: string;
  /** The user's id. */
  user?: string;
  /** The user's name or address, where the system tells. */
  userName?: string;
  /** SuperTokens' tenant (`tId`). */
  tenant?: string;
  /** The page runs as this one. */
  current: boolean;
  status: WebStatus;
  /** Why it has this status, one sentence. */
  cause: string;
  createdAt?: number;
  updatedAt?: number;
  lastActiveAt?: number;
  expireAt?: number;
  abandonAt?: number;
  /** When the access token ends. */
  tokenExpireAt?: number;
  /** Claims of the last access token, JSON data, without those that are secrets. */
  claims?: Record<string, unknown>;
  /** Who acts as this user (impersonation), JSON data. */
  actor?: Record<string, unknown>;
  /** What the user has to do before the session is active. */
  tasks?: string[];
  facts: WebFact[];
  tokens: WebTokenView[];
  /** Things a person should know although the session works, one sentence each. */
  warnings: string[];
  /** What can be done with it: `true`, or why not now, one sentence. Absent: this kind has no such thing. */
  operations: Partial<Record<WebOperation, true | string>>;
}

/** A session as it is shown, whether a page has it or it was saved. */
export interface WebSessionView extends SeenSession {
  key: SessionKey;
  holder: WebHolder | "extension";
  /** The origin that it belongs to, and fits. */
  origin: string;
  label: string;
  /** `#rrggbb` */
  colour: string;
  statusSince: number;
  /** Of a page's session: under which key it is saved. Of a saved one: a page of this tab has it now. */
  savedAs?: SessionKey;
  /** Of a saved one: the browser's cookie store (container) from which it was taken. */
  storeId?: string;
}

/** What a person fills in to sign in through the application's own endpoint. */
export interface WebSignIn {
  kind: WebKind;
  /** URL, or path on the page's origin. `{tenant}` stands for the tenant. */
  endpoint: string;
  tenant?: string;
  fields: WebSignInField[];
  /** How the body is made: `{ name: value }`, or SuperTokens' own `{ formFields: [{ id, value }] }`. */
  shape: "flat" | "form-fields";
}

export interface WebSignInField {
  name: string;
  /** Of a secret that was filled in before, and may be used again: absent. `{tenant}` stands for the tenant. */
  value?: string;
  secret: boolean;
}

/** A system that was found in a page. */
export interface WebSystemView {
  kind: WebKind;
  /** `ready`; it is `loading`; it works in part; what it told made no sense. */
  state: "ready" | "loading" | "degraded" | "broken";
  /** What that means, one sentence; absent where it is ready. */
  words?: string;
  /** SuperTokens: how tokens travel. */
  transfer?: "cookie" | "header";
  /** Clerk: whether a page may have several sessions at once. */
  multiSession?: boolean;
  /** New sessions can be made through the application's own sign-in. */
  signsIn: boolean;
  /** Where the cookies that it needs can't be read: why, and what would help. */
  cookies?: CookieRefusal;
}

/** Why cookies can't be used: the person hasn't allowed it yet, or has no way to here. */
export type CookieRefusal = "permission" | "host";

/** What was found on one origin in a tab. */
export interface WebSiteView {
  holder: WebHolder;
  systems: WebSystemView[];
  /** The form as it was filled in last on this origin, secrets left out. */
  signIn?: WebSignIn;
}

/** Something that a person should hear of, until they dismiss it. */
export interface WebNotice {
  id: string;
  origin: string;
  tone: "done" | "warning";
  text: string;
  /** What would be the thing to do now. `again`: switch to `key` once more. */
  offer?: "reload" | "again";
  /** Otherwise: the page's session as which it says that the page runs. */
  key?: SessionKey;
}

/** All web sign-ins of one tab's page. */
export interface WebPageView {
  sites: WebSiteView[];
  sessions: WebSessionView[];
  notices: WebNotice[];
}

const PAGE_KEY = "web/";
const SAVED_KEY = "saved/";

/** The key of a page's web session; the same over reloads. */
export function webSessionKey(
  { tabId, origin }: Pick<WebHolder, "tabId" | "origin">,
  kind: WebKind,
  id: string,
): SessionKey {
  return `${PAGE_KEY}${tabId}/${encodeURIComponent(origin)}/${kind}/${id}`;
}

/** @param uuid made when it was saved */
export function savedSessionKey(uuid: string): SessionKey {
  return SAVED_KEY + uuid;
}

/** True for keys of web sessions, a page's and saved ones. */
export function isWebSessionKey(key: SessionKey): boolean {
  return key.startsWith(PAGE_KEY) || key.startsWith(SAVED_KEY);
}

export function isSavedSessionKey(key: SessionKey): boolean {
  return key.startsWith(SAVED_KEY);
}
