/** Kept statements in memory: the real books, on stores that copy in and out as real ones do. */
import { type PastArea, PastStatements } from "../../src/background/past-statements.ts";
import {
  type SavedStatementStore,
  SavedStatements,
} from "../../src/background/saved-statements.ts";
import {
  headOf,
  type SavedStatement,
  type StatementsDelta,
} from "../../src/session/query/kept-statements.ts";

/** `storage.session`; `full` makes it refuse. */
export class MemoryArea implements PastArea {
  readonly items: Record<string, unknown> = {};
  full = false;

  async get(): Promise<Record<string, unknown>> {
    return structuredClone(this.items);
  }

  async set(given: Record<string, unknown>): Promise<void> {
    if (this.full) throw new Error("Session storage quota bytes exceeded");
    Object.assign(this.items, structuredClone(given));
  }

  async remove(keys: string[]): Promise<void> {
    for (const key of keys) delete this.items[key];
  }
}

/** IndexedDB; `full` makes it refuse. */
export class MemoryStatementStore implements SavedStatementStore {
  readonly statements = new Map<string, SavedStatement>();
  full = false;

  async loadStatementHeads() {
    return [...this.statements.values()].map(headOf);
  }

  async loadStatement(id: string) {
    return structuredClone(this.statements.get(id));
  }

  async saveStatement(statement: SavedStatement) {
    if (this.full) throw new DOMException("The quota has been exceeded", "QuotaExceededError");
    this.statements.set(statement.id, structuredClone(statement));
  }

  async removeStatement(id: string) {
    this.statements.delete(id);
  }
}

export interface StatementWorld {
  area: MemoryArea;
  store: MemoryStatementStore;
  past: PastStatements;
  saved: SavedStatements;
  /** All that was told, in order. */
  told: StatementsDelta[];
  /** The same stores under a worker that was started anew. */
  restarted(): StatementWorld;
}

export function statementWorld(
  area = new MemoryArea(),
  store = new MemoryStatementStore(),
): StatementWorld {
  const told: StatementsDelta[] = [];
  const tell = (delta: StatementsDelta) => void told.push(delta);
  return {
    area,
    store,
    told,
    past: new PastStatements(area, false, tell),
    saved: new SavedStatements(store, tell),
    restarted: () => statementWorld(area, store),
  };
}
