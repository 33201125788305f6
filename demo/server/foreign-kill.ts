/**
 * KILL of somebody else's live query.
 *
 * The engine kills any live query for any session. Here a live query belongs to the session that began
 * it: for others its id is made an id that nobody has, and so the engine itself answers what it answers
 * for an unknown one. Covered are ids written in the text and ids bound to a variable of the request; an
 * id that hides in a session variable or is computed in the query is not.
 */
import { Uuid } from "surrealdb";

const KILL = /\bkill\b/i;
const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Params of `query` with foreign live ids replaced, and the way back for the error's text. */
export interface GuardedQuery {
  params: unknown[];
  restore(results: unknown): unknown;
}

/** Replaces, in a query that contains KILL, every id that `isForeign` says isn't the caller's. */
export function guardKill(params: unknown[], isForeign: (id: string) => boolean): GuardedQuery {
  const [text, bindings, ...rest] = params;
  if (typeof text !== "string" || !KILL.test(text)) return { params, restore: (same) => same };

  const originals = new Map<string, string>();
  const standIn = (id: string) => {
    if (!isForeign(id)) return id;
    const other = Uuid.v4().toString();
    originals.set(other, id);
    return other;
  };
  const guarded = [text.replace(UUIDS, standIn), guardBindings(bindings, standIn), ...rest];
  return {
    params: guarded.slice(0, params.length),
    restore: (results) => restoreMessages(results, originals),
  };
}

function guardBindings(bindings: unknown, standIn: (id: string) => string): unknown {
  if (typeof bindings !== "object" || bindings === null) return bindings;
  return Object.fromEntries(
    Object.entries(bindings).map(([key, value]) => {
      if (value instanceof Uuid) return [key, new Uuid(standIn(value.toString()))];
      return [key, typeof value === "string" ? value.replace(UUIDS, standIn) : value];
    }),
  );
}

function restoreMessages(results: unknown, originals: Map<string, string>): unknown {
  if (originals.size === 0 || !Array.isArray(results)) return results;
  return results.map((result: { status?: string; result?: unknown }) => {
    if (result.status !== "ERR" || typeof result.result !== "string") return result;
    return { ...result, result: result.result.replace(UUIDS, (id) => originals.get(id) ?? id) };
  });
}
