/**
 * Many trials in one text, and what became of each.
 *
 * Each trial is a transaction of its own that ends with THROW and CANCEL: it can't commit, whatever
 * happens in it. The thrown text is its answer, behind a word that nobody can guess: a database whose
 * own rules throw can't answer in the place of a trial. Between trials stands a marker, since a
 * transaction that fails answers fewer results than it has statements. The first statement asks who
 * runs all this.
 */
import { fromBase64 } from "../../../wire/base64.ts";
import { decodeValue } from "../../../wire/values.ts";
import type { ErrorView } from "../../model.ts";
import { statementError } from "../../statement-error.ts";
import { readTruth, TRUTH_QUERY, type Truth } from "../../truth.ts";

export type TrialEnd =
  /** It came to one of its own THROWs: what that said. */
  | { kind: "said"; text: string }
  /** A statement failed. */
  | { kind: "failed"; error: ErrorView };

export interface TrialAnswers {
  /** Who the server says this ran as; absent: it didn't say. */
  truth?: Truth;
  ends: ReadonlyMap<string, TrialEnd>;
}

export class TrialText {
  /** In hexadecimal, so that it stands in a string as it is. */
  readonly secret = crypto.randomUUID().replaceAll("-", "");
  readonly #names: string[] = [];
  readonly #parts: string[] = [`${TRUTH_QUERY};`];

  /** @param statements end with a THROW by `say` or `sayValue`, or with what can't but fail */
  add(name: string, statements: string): void {
    this.#parts.push(
      `BEGIN;\n${statements}\nCANCEL;\nRETURN '${this.#marker(this.#names.length)}';`,
    );
    this.#names.push(name);
  }

  /** The statement that ends a trial with a word. */
  say(word: string): string {
    return `THROW '${this.secret} ${word}';`;
  }

  /** The statement that ends a trial with a value, whose CBOR `saidBytes` reads. */
  sayValue(expression: string): string {
    const text = `encoding::base64::encode(encoding::cbor::encode(${expression}))`;
    return `THROW '${this.secret} ' + ${text};`;
  }

  get isEmpty(): boolean {
    return this.#names.length === 0;
  }

  toString(): string {
    return this.#parts.join("\n");
  }

  /** @param result the CBOR of the RPC `query` result */
  read(result: Uint8Array): TrialAnswers {
    const decoded = decodeValue(result);
    const [first, ...entries] = Array.isArray(decoded) ? decoded.map(entryOf) : [];
    const ends = new Map<string, TrialEnd>();
    let trial = 0;
    let end: TrialEnd | undefined;
    for (const entry of entries) {
      const name = this.#names[trial];
      if (entry.status === "OK" && entry.result === this.#marker(trial)) {
        if (name !== undefined && end) ends.set(name, end);
        trial++;
        end = undefined;
      } else {
        end ??= this.#endOf(entry);
      }
    }
    return { ...(first?.status === "OK" && { truth: readTruth([first]) }), ends };
  }

  /** What ended a transaction; undefined for statements that only went down with it. */
  #endOf(entry: Entry): TrialEnd | undefined {
    if (entry.status === "OK" || entry.kind === "Query") return undefined;
    const error = statementError(entry as Record<string, unknown>);
    const said = error.kind === "Thrown" ? error.message.split(`${this.secret} `) : [];
    if (said.length < 2) return { kind: "failed", error };
    return { kind: "said", text: said.slice(1).join("") };
  }

  #marker(index: number): string {
    return `${this.secret} ${index}`;
  }
}

/** The CBOR of a value that was said by `sayValue`. */
export function saidBytes(text: string): Uint8Array {
  return fromBase64(text.trim());
}

interface Entry {
  status?: unknown;
  result?: unknown;
  kind?: unknown;
}

function entryOf(raw: unknown): Entry {
  return typeof raw === "object" && raw !== null ? raw : {};
}
