/**
 * What `lookInPage` answered, checked field by field: the page may have forged all of it.
 *
 * Each session is read into a new object of exactly the known fields; what isn't as it should be is left
 * out. Nothing is thrown, and nothing believed: a well-formed answer may still be a lie.
 */
import { wholeCharacters } from "../../session/bounded-text.ts";

/** `window.Clerk`, as the page tells it. */
export interface ClerkLook {
  /** It has Clerk's methods. */
  isClerk: boolean;
  version?: string;
  loaded: boolean;
  status?: string;
  singleSession?: boolean;
  /** Script elements that load it. */
  scripts: number;
  hasList: boolean;
  /** As many sessions does Clerk list. */
  listLength: number;
  sessions: ClerkSession[];
  /** Entries that made no sense, or told an id again. */
  leftOut: number;
  /** The id of `Clerk.session`. */
  current?: string;
  /** `Clerk.client.lastActiveSessionId` */
  lastActive?: string;
  /** Reading this threw, first of all that did. */
  threw?: string;
}

export interface ClerkSession {
  id: string;
  /** One of Clerk's, or whatever it says. */
  status: string;
  /** False: it is `Clerk.session`, but not in Clerk's list. */
  listed: boolean;
  createdAt?: number;
  updatedAt?: number;
  lastActiveAt?: number;
  expireAt?: number;
  abandonAt?: number;
  user?: string;
  fullName?: string;
  username?: string;
  email?: string;
  /** `publicUserData.identifier` */
  identifier?: string;
  organization?: string;
  actor?: Record<string, unknown>;
  /** Minutes since the first and the second factor were verified; -1: never. */
  factorAges?: [number, number];
  tasks: string[];
  currentTask?: string;
  token?: string;
  tokenIsTooLong: boolean;
}

type Fields = Record<string, unknown>;

// Those of the list that are read, and the current one where it isn't among them.
const MOST_SESSIONS = 51;
const MOST_ITEMS = 20;
const NAME = 300;
const LONGEST_TOKEN = 4096;
/** The last moment that a Date can name. */
const LAST_TIME = 8.64e15;

/** Undefined: there is no Clerk in the page. */
export function readLook(given: unknown): ClerkLook | undefined {
  const answer = fieldsOf(given);
  if (answer === undefined) return nonsense();
  if (answer.there !== true) {
    return answer.there === false ? undefined : nonsense(nameOf(answer.threw));
  }
  const entries: unknown[] = Array.isArray(answer.sessions)
    ? answer.sessions.slice(0, MOST_SESSIONS)
    : [];
  const byId = new Map<string, ClerkSession>();
  for (const each of entries) {
    const session = readSession(each);
    if (session && !byId.has(session.id)) byId.set(session.id, session);
  }
  return {
    isClerk: answer.isClerk === true,
    version: nameOf(answer.version),
    loaded: answer.loaded === true,
    status: nameOf(answer.status),
    singleSession: typeof answer.singleSession === "boolean" ? answer.singleSession : undefined,
    scripts: countOf(answer.scripts),
    hasList: answer.hasList === true,
    listLength: countOf(answer.listLength),
    sessions: [...byId.values()],
    leftOut: entries.length - byId.size,
    current: nameOf(answer.current),
    lastActive: nameOf(answer.lastActive),
    threw: nameOf(answer.threw),
  };
}

/** What can be said of a page whose answer isn't one. */
function nonsense(threw?: string): ClerkLook {
  const none = { isClerk: false, loaded: false, hasList: false, scripts: 0, listLength: 0 };
  return { ...none, sessions: [], leftOut: 0, threw };
}

function readSession(given: unknown): ClerkSession | undefined {
  const from = fieldsOf(given);
  const id = idOf(from?.id);
  const status = nameOf(from?.status);
  if (!from || !id || !status) return undefined;
  const user = fieldsOf(from.user) ?? {};
  const token = typeof from.token === "string" ? from.token : undefined;
  return {
    id,
    status,
    listed: from.listed === true,
    createdAt: timeOf(from.createdAt),
    updatedAt: timeOf(from.updatedAt),
    lastActiveAt: timeOf(from.lastActiveAt),
    expireAt: timeOf(from.expireAt),
    abandonAt: timeOf(from.abandonAt),
    user: nameOf(user.id),
    fullName: nameOf(user.fullName),
    username: nameOf(user.username),
    email: nameOf(user.email),
    identifier: nameOf(fieldsOf(from.publicUserData)?.identifier),
    organization: nameOf(from.organization),
    actor: boundedFields(from.actor),
    factorAges: agesOf(from.factorAges),
    tasks: Array.isArray(from.tasks)
      ? from.tasks.slice(0, MOST_ITEMS).flatMap((task) => nameOf(task) ?? [])
      : [],
    currentTask: nameOf(from.currentTask),
    token: token && token.length <= LONGEST_TOKEN ? token : undefined,
    tokenIsTooLong: from.tokenIsTooLong === true,
  };
}

/** JSON data of the page, or of a token that it has, as deep and broad as a view can show. */
export function boundedFields(given: unknown): Record<string, unknown> | undefined {
  const from = fieldsOf(given);
  return from && (bounded(from, 5) as Fields);
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === "string") return wholeCharacters(value, LONGEST_TOKEN);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) {
    return value.slice(0, 10 * MOST_ITEMS).map((item) => bounded(item, depth - 1));
  }
  const entries = Object.entries(value).slice(0, 10 * MOST_ITEMS);
  return Object.fromEntries(entries.map(([name, item]) => [name, bounded(item, depth - 1)]));
}

export function fieldsOf(given: unknown): Fields | undefined {
  return typeof given === "object" && given !== null && !Array.isArray(given)
    ? (given as Fields)
    : undefined;
}

/** A text for people, cut where it is too long; never an empty one. */
export function nameOf(given: unknown): string | undefined {
  return typeof given === "string" && given !== "" ? wholeCharacters(given, NAME) : undefined;
}

/** An id is never cut: it would be another one. */
function idOf(given: unknown): string | undefined {
  return typeof given === "string" && given.length <= NAME && given !== "" ? given : undefined;
}

function timeOf(given: unknown): number | undefined {
  return typeof given === "number" && Math.abs(given) <= LAST_TIME ? Math.round(given) : undefined;
}

function countOf(given: unknown): number {
  return typeof given === "number" && given > 0 && Number.isFinite(given) ? Math.floor(given) : 0;
}

function agesOf(given: unknown): [number, number] | undefined {
  if (!Array.isArray(given) || given.length !== 2) return undefined;
  const [first, second] = given;
  return Number.isFinite(first) && Number.isFinite(second) ? [first, second] : undefined;
}
