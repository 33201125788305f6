/**
 * Finds the matrix out: each session tries each table, and each is on its own.
 *
 * A column ends by itself: what hangs, is refused or answers as somebody else ends that column only.
 * Within a column one table comes after the other, so that a session is never asked twice at a time.
 */
import type { SessionKey } from "../../model.ts";
import { saysAnonymousRefusal } from "../../truth.ts";
import type { Column, ColumnState, Matrix, MatrixSession, Row } from "./matrix.ts";
import { type Ask, openPlace, type Place, placeKey, readersFor } from "./place.ts";
import { refusedTable, type TriedTable, tryTable } from "./try-table.ts";

/** Milliseconds that one question may take. */
export const TRIAL_LIMIT = 30_000;

export interface FindOutParts {
  /** The columns. */
  sessions: readonly MatrixSession[];
  /** Others that are held: they may be asked for the schema and for records, never to try. */
  others: readonly MatrixSession[];
  /** Tables that nobody may list, named by hand. */
  tables: readonly string[];
  /** Also to try writes where nobody may read what they set off. */
  blindWrites: boolean;
  /** Runs a text with bindings (a CBOR map) as this session: the CBOR of the RPC `query` result. */
  ask: Ask;
  /** Told what is known so far, each time it is more. */
  tell: (matrix: Matrix) => void;
  limit?: number;
}

export interface FindingOut {
  /** Fulfilled when every column has ended. */
  ended: Promise<void>;
  stop(): void;
}

class Stopped extends Error {}

export function findOut(parts: FindOutParts): FindingOut {
  const limit = parts.limit ?? TRIAL_LIMIT;
  let columns: Column[] = parts.sessions.map((session) => ({
    session,
    state: { kind: "waiting" },
  }));
  let cells: ReadonlyMap<SessionKey, ReadonlyMap<string, Row>> = new Map();
  const tables = new Set(parts.tables);
  const begunAt = Date.now();
  const places = new Map<string, Promise<Place | undefined>>();
  let stop: (error: Stopped) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  stopped.catch(() => undefined);

  const ask: Ask = async (session, text, bindings) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `No answer within ${limit / 1000} s. The server may still be at work.`;
      timer = setTimeout(() => reject(new Error(message)), limit);
    });
    try {
      return await Promise.race([parts.ask(session, text, bindings), late, stopped]);
    } finally {
      clearTimeout(timer);
    }
  };

  function tell(running = true) {
    parts.tell({ columns, tables: [...tables].sort(), cells, begunAt, running });
  }

  function change(key: SessionKey, part: Partial<Column>) {
    columns = columns.map((each) => (each.session.key === key ? { ...each, ...part } : each));
    tell();
  }

  function placeOf(session: MatrixSession): Promise<Place | undefined> {
    const key = placeKey(session);
    const known = places.get(key) ?? openPlace(readersFor(parts.sessions, parts.others, key), ask);
    places.set(key, known);
    return known;
  }

  function write(key: SessionKey, table: string, row: Row) {
    const rows = new Map(cells.get(key)).set(table, row);
    cells = new Map(cells).set(key, rows);
  }

  async function column(session: MatrixSession): Promise<ColumnState> {
    const { key } = session;
    if (session.namespace === undefined || session.database === undefined) {
      return { kind: "failed", reason: "It has no namespace and database selected." };
    }
    const place = await placeOf(session);
    if (place) change(key, { reader: place.reader.label });
    const names = [...new Set([...(place?.tables.map(({ name }) => name) ?? []), ...parts.tables])];
    for (const name of names) tables.add(name);
    const tried = new Map<string, TriedTable>();
    let editor = false;
    for (const name of names.sort()) {
      change(key, { state: { kind: "asking", done: tried.size, of: names.length } });
      const table = await tryTable(session, name, place, parts.blindWrites, ask).catch((error) => {
        if (session.auth.level === "anonymous" && saysAnonymousRefusal(error))
          return refusedTable(name);
        throw error;
      });
      tried.set(name, table);
      editor ||= table.editor;
      write(key, name, table.row(editor));
    }
    // What the last table showed holds for the first one too.
    for (const [name, table] of tried) write(key, name, table.row(editor));
    return { kind: "done" };
  }

  async function ended(session: MatrixSession): Promise<void> {
    const state = await column(session).catch((error: unknown): ColumnState => {
      if (error instanceof Stopped) return { kind: "stopped" };
      return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    });
    change(session.key, { state });
  }

  tell();
  return {
    ended: Promise.all(parts.sessions.map(ended)).then(() => tell(false)),
    stop: () => stop(new Stopped("Stopped")),
  };
}
