/**
 * What a text may do: read, write, or what no transaction can take back.
 */
import { splitStatements } from "./statements.ts";

export type Safety =
  /** It provably reads only: it may run as written, in any session. */
  | { kind: "reads" }
  /** It may write, and a transaction takes it back: it's run dry. `calls`: `fn::` names it calls. */
  | { kind: "writes"; calls: string[] }
  /** It does what no transaction takes back, or can't be read; `from` to `to` is the place. */
  | { kind: "refused"; word: string; reason: string; from: number; to: number };

export function safetyOf(text: string): Safety {
  const statements = splitStatements(text);
  for (const { word, from } of statements) {
    if (/^(LIVE|KILL|USE|OPTION|ACCESS|BEGIN|COMMIT|CANCEL)$/.test(word)) {
      const reason = `${word} can't be undone by a transaction.`;
      return { kind: "refused", word, reason, from, to: from + word.length };
    }
  }
  if (statements.every(({ word }) => word === "SELECT" || word === "INFO")) {
    return { kind: "reads" };
  }
  return { kind: "writes", calls: [] };
}
