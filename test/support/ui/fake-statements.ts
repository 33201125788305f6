/** Kept statements of the made-up worker: the real books, filled with examples where there are sessions. */
import { PastStatements } from "../../../src/background/past-statements.ts";
import { SavedStatements } from "../../../src/background/saved-statements.ts";
import { statementHandlers } from "../../../src/background/statement-handlers.ts";
import type { WorkerEvent } from "../../../src/messages/commands.ts";
import type { SessionBase } from "../../../src/session/model.ts";
import type { Ending, PastStatement } from "../../../src/session/query/kept-statements.ts";
import { placeWord, userWord } from "../../../src/ui/words/identity.ts";
import { MemoryArea, MemoryStatementStore } from "../memory-statements.ts";

export interface FakeStatements {
  /** Undefined where the command is none of these. */
  answer(command: string, params: unknown): { result: Promise<unknown> } | undefined;
}

export function createFakeStatements(
  sessions: readonly SessionBase[],
  emit: (event: WorkerEvent) => void,
): FakeStatements {
  const area = new MemoryArea();
  const store = new MemoryStatementStore();
  for (const entry of examplePast(sessions)) area.items[`statement:${entry.id}`] = entry;
  if (sessions.length > 0) {
    for (const [index, [name, text, method = "query"]] of SAVED.entries()) {
      const id = `saved-${index}`;
      store.statements.set(id, { id, name, method, text, bindings: "", savedAt: Date.now() });
    }
  }
  const tell = (delta: Extract<WorkerEvent, { event: "statements" }>["delta"]) =>
    emit({ event: "statements", delta });
  const handlers = statementHandlers(
    new PastStatements(area, false, tell),
    new SavedStatements(store, tell),
  );
  return {
    answer(command, params) {
      if (!Object.hasOwn(handlers, command)) return undefined;
      const handler = handlers[command as keyof typeof handlers] as (
        params: unknown,
      ) => Promise<unknown>;
      return { result: handler(params) };
    },
  };
}

const SAVED: readonly (readonly [name: string, text: string, method?: string])[] = [
  ["All notes with their owners", "SELECT id, text, owner.name AS owner FROM note FETCH owner"],
  ["Is the function there?", "['math::max', NONE, [[1, 2]]]", "run"],
  [
    "Orders of the last day, by tenant and by whom they were entered, longest first of all",
    "SELECT count() AS orders, tenant FROM order WHERE at > time::now() - 1d GROUP BY tenant",
  ],
  ["Tidy up", `DELETE session WHERE ended;\n${"UPDATE user SET seen = NONE;\n".repeat(200)}`],
];

const PAST: readonly (readonly [text: string, ends: readonly (Ending | undefined)[], string?])[] = [
  ["SELECT * FROM note", [ok("7 rows", 1.8), ok("3 rows", 1.7), no("NotAllowed", 0.9)]],
  ["UPDATE note SET done = true WHERE owner = $auth", [ok("dry: 3 would change", 4.2)]],
  ["['note']", [ok("7 rows", 0.8)], "select"],
  ["SELECT * FROM note WHERE text @@ $words ORDER BY at DESC LIMIT 100", [no("Parse", 0.4)]],
  ["sleep(10m)", [{ kind: "let-go", text: "let go", duration: 64_000 }, undefined]],
  ["RETURN $auth", [ok("1 value", 0.6)]],
  ...Array.from({ length: 30 }, (_, index): readonly [string, Ending[]] => [
    `SELECT * FROM order WHERE tenant = tenant:${index} AND at > time::now() - 1d`,
    [ok(`${index + 2} rows`, 2.1)],
  ]),
];

function ok(text: string, duration: number): Ending {
  return { kind: "answered", text, duration };
}

function no(text: string, duration: number): Ending {
  return { kind: "failed", text, duration };
}

function examplePast(sessions: readonly SessionBase[]): PastStatement[] {
  if (sessions.length === 0) return [];
  return PAST.map(([text, ends, method = "query"], index) => ({
    id: `past-${index}`,
    at: Date.now() - index * 47_000,
    method,
    text,
    bindings: text.includes("$words") ? "{ words: 'milk' }" : "",
    sessions: ends.flatMap((ended, place) => {
      const session = sessions[(index + place) % sessions.length];
      if (!session) return [];
      const { key, label, colour } = session;
      const who = { identity: userWord(session), target: placeWord(session) };
      return [{ key, label, colour, ...who, ...(ended && { ended }) }];
    }),
  }));
}
