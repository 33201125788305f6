/**
 * What a request does to its session if the server says yes, method by method.
 *
 * A request's parameters are read once, when it is sent, into the little that its answer will need;
 * then it is an `Effect` that waits for that answer. Methods that are missing here leave sessions as
 * they are.
 */

import { LIMITS } from "../page/page-facts.ts";
import type { Frame, SentRequest } from "./journal-frame.ts";
import type { JournalSession } from "./journal-session.ts";
import type { Payload } from "./payload.ts";

/** The sessions of one socket, as effects reach them. */
export interface SessionsOnSocket {
  /** Makes the session known, as `attach` does at the server. */
  attached(id: string | undefined, at: number): void;
  detached(id: string | undefined, at: number): void;
  /** Any session of the socket may end any of its live queries and transactions. */
  liveEnded(id: string, at: number): void;
  transactionEnded(id: string, at: number): void;
  /** Remembers that the page has a refresh token to go with this access token. */
  hasRefresh(access: string): void;
  /** Whether it has. */
  isRenewable(access: string): boolean;
}

export interface Answered {
  session: JournalSession;
  sockets: SessionsOnSocket;
  result: Payload | undefined;
  at: number;
}

export interface Effect {
  /** What the answer does; absent: it does something only if it is a refusal. */
  done?(answered: Answered): void;
  /** What a refusal does. */
  refused?(answered: Answered): void;
}

type Reader = (params: Payload[], request: SentRequest) => Effect | undefined;

const setVariable: Reader = ([nameParam, value]) => {
  const name = nameParam?.text();
  if (name === undefined || value === undefined) return undefined;
  const variable = { name: name.slice(0, LIMITS.text), ...value.kept(LIMITS.variable) };
  return { done: ({ session, at }) => session.set(variable, at) };
};

const signIn = (how: "signed-in" | "signed-up" | "refreshed"): Reader => {
  const done = ({ session, sockets, result, at }: Answered) => {
    const access =
      result?.text() ?? result?.field("access")?.text() ?? result?.field("token")?.text();
    const refresh = result?.field("refresh")?.text();
    if (access !== undefined && refresh !== undefined) sockets.hasRefresh(access);
    session.signedIn(how, access, refresh !== undefined, at);
  };
  return () => ({ done });
};

/** A transaction is over at the server whether or not it could be committed. */
const endTransaction: Reader = ([param], { txn }) => {
  const id = param?.uuid() ?? txn;
  if (id === undefined) return undefined;
  const done = ({ sockets, at }: Answered) => sockets.transactionEnded(id, at);
  return { done, refused: done };
};

const READERS: Readonly<Record<string, Reader>> = {
  attach: (_params, { session }) => ({
    done: ({ sockets, at }) => sockets.attached(session, at),
  }),
  detach: (_params, { session }) => ({
    done: ({ sockets, at }) => sockets.detached(session, at),
  }),
  reset: () => ({ done: ({ session, at }) => session.reset(at) }),
  invalidate: () => ({ done: ({ session, at }) => session.invalidated(at) }),
  revoke: () => ({ done: ({ session, at }) => session.revoked(at) }),
  use: ([namespace, database]) => {
    const wanted = [namePart(namespace), namePart(database)] as const;
    return {
      done: ({ session, result, at }) => {
        // Servers from 3.0 say what is selected now; older ones answer NONE.
        const said = result !== undefined && result.nothing() === undefined;
        if (said) {
          const selected = (name: string) => result.field(name)?.text() ?? null;
          session.used(selected("namespace"), selected("database"), at);
        } else session.used(...wanted, at);
      },
    };
  },
  let: setVariable,
  set: setVariable,
  unset: ([nameParam]) => {
    const name = nameParam?.text();
    return name === undefined ? undefined : { done: ({ session, at }) => session.unset(name, at) };
  },
  signin: signIn("signed-in"),
  signup: signIn("signed-up"),
  refresh: signIn("refreshed"),
  authenticate: ([token]) => {
    const access = token?.text() ?? token?.field("access")?.text();
    return {
      done: ({ session, sockets, at }) =>
        session.signedIn(
          "authenticated",
          access,
          access !== undefined && sockets.isRenewable(access),
          at,
        ),
      refused: ({ session, at }) => session.refused(at),
    };
  },
  begin: () => ({
    done: ({ session, result, at }) => {
      const id = result?.uuid();
      if (id !== undefined) session.transactionBegan(id, at);
    },
  }),
  commit: endTransaction,
  cancel: endTransaction,
  live: ([table]) => {
    const statement = `LIVE SELECT * FROM ${table?.table() ?? "…"}`;
    return {
      done: ({ session, result, at }) => {
        const id = result?.uuid();
        if (id !== undefined) session.liveBegan(id, statement, at);
      },
    };
  },
  kill: ([param]) => {
    const id = param?.uuid();
    return id === undefined ? undefined : { done: ({ sockets, at }) => sockets.liveEnded(id, at) };
  },
  query: ([textParam, bindings]) => {
    const text = textParam?.text();
    if (text === undefined) return undefined;
    const toKill = idsToKill(text, bindings);
    const shown = withTableNames(text.trim(), bindings);
    return { done: (answered) => statementsDone(answered, shown, toKill) };
  },
};

/**
 * @param frame the request's, to see cheaply that a query begins and ends no live query
 * @returns undefined where the answer changes nothing.
 * @throws EnvelopeError where a parameter can't be read.
 */
export function effectOf(request: SentRequest, frame: Frame): Effect | undefined {
  if (!Object.hasOwn(READERS, request.method)) return undefined;
  if (request.method === "query" && !namesLiveQueries(frame)) return undefined;
  return READERS[request.method]?.(request.params(), request);
}

/** Each statement's answer says what it was: `live` with the id of its query, or `kill`. */
function statementsDone(
  { session, sockets, result, at }: Answered,
  text: string,
  toKill: readonly string[],
): void {
  for (const statement of result?.items() ?? []) {
    const type = statement.field("type")?.text();
    if (type === "live") {
      const id = statement.field("result")?.uuid();
      if (id !== undefined) session.liveBegan(id, text, at);
    } else if (type === "kill" && statement.field("status")?.text() === "OK") {
      for (const id of toKill) sockets.liveEnded(id, at);
    }
  }
}

/**
 * The text of a live query as a person would write it: the SDK binds the table, and
 * `LIVE SELECT * FROM $bind__7` names nothing.
 *
 * @throws EnvelopeError where the bindings can't be read.
 */
function withTableNames(text: string, bindings: Payload | undefined): string {
  return text.replace(/\bfrom\s+\$(\w+)/gi, (written, name: string) => {
    const table = bindings?.field(name)?.table();
    return table === undefined ? written : `FROM ${table}`;
  });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const KILL = /\bkill\b/i;

/**
 * The ids that a text with KILL may mean: those in it, and those bound to its parameters. An id that
 * is no live query's does no harm.
 *
 * @param bindings the second parameter of `query`
 * @throws EnvelopeError where the bindings can't be read.
 */
export function idsToKill(text: string, bindings: Payload | undefined): string[] {
  if (!KILL.test(text)) return [];
  const written = (text.match(UUID) ?? []).map((id) => id.toLowerCase());
  const bound = (bindings?.values() ?? []).map((value) => value.uuid());
  return [...written, ...bound.filter((id) => id !== undefined)];
}

/** A name selects, null unsets, NONE leaves as it is. */
function namePart(param: Payload | undefined): string | null | undefined {
  return param?.nothing() === "null" ? null : param?.text();
}

/** Bytes of a frame in which LIVE and KILL are looked for: bindings may be megabytes. */
const SEARCHED = 64 * 1024;

/** Whether LIVE or KILL is written in the frame's first part, in either case. */
function namesLiveQueries(frame: Frame): boolean {
  if (typeof frame === "string") return /live|kill/i.test(frame.slice(0, SEARCHED));
  const last = Math.min(frame.length, SEARCHED) - 3;
  for (let i = 0; i < last; i++) {
    // Bit 0x20 is what tells a small letter from a capital.
    const letter = (frame[i] as number) | 0x20;
    if (letter === 0x6c) {
      if (is(frame, i, 0x69, 0x76, 0x65)) return true;
    } else if (letter === 0x6b && is(frame, i, 0x69, 0x6c, 0x6c)) return true;
  }
  return false;
}

function is(frame: Uint8Array, at: number, ...rest: [number, number, number]): boolean {
  return rest.every((letter, k) => ((frame[at + 1 + k] as number) | 0x20) === letter);
}
