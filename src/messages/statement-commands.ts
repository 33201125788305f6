/** The commands of views about statements that are kept: what was run lately, and what is saved. */
import type {
  Ending,
  PastStatement,
  SavedHead,
  SavedStatement,
  Statement,
} from "../session/query/kept-statements.ts";

export interface StatementCommands {
  /** Both lists: what was run, newest first; what is saved, in no order. */
  "statements.list": {
    params: Record<string, never>;
    result: { past: PastStatement[]; saved: SavedHead[] };
  };

  /** A statement runs now; the same one run by the same sessions before gives way to it. */
  "statement.ran": { params: PastStatement; result: null };
  /** It ended in the session at this index. */
  "statement.ended": { params: { id: string; index: number; ending: Ending }; result: null };
  /** Without ids: all that was run. */
  "statement.forget": { params: { ids?: string[] }; result: null };

  /** Answers the name where that is another one's, and the person has to be asked; then once more with `replace`. */
  "statement.save": {
    params: Statement & { name: string; replace?: boolean };
    result: { id: string; taken?: undefined } | { taken: string };
  };
  "statement.load": { params: { id: string }; result: SavedStatement };
  "statement.rename": { params: { id: string; name: string }; result: null };
  /** Answers what was removed, so that it can be brought back. */
  "statement.remove": { params: { id: string }; result: { removed?: SavedStatement } };
}
