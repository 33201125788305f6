/**
 * What was opened in a result, step by step: a row of a table, a record that an id names, a record that
 * an id in that one names. Each record is asked for as whoever gave what its id stands in.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { writeSurql } from "../../../session/surql.ts";
import { itemUnder } from "../../../wire/item-under.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import type { Rows } from "../../../wire/rows.ts";
import type { OpenRecord } from "../../values/open-record.ts";
import { pathKeys } from "../../values/tree-rows.ts";
import type { RecordReader } from "./record.ts";

export type Opened =
  /** A row of the result of the statement at `statement`. Without a reader, ids in it don't open. */
  | { kind: "row"; statement: number; index: number; rows: Rows; reader: RecordReader | undefined }
  /** `name`: as SurrealQL writes it. */
  | { kind: "record"; name: string; id: ItemBytes; reader: RecordReader };

export class OpenedWay {
  readonly #steps = signal<readonly Opened[]>([]);

  /** The last is what is shown; none: nothing is open. */
  get steps(): ReadonlySignal<readonly Opened[]> {
    return this.#steps;
  }

  /** Goes from the result itself to here, whatever was open. */
  begin(step: Opened): void {
    this.#steps.value = [step];
  }

  /** Keeps so many steps; none closes it. */
  back(steps: number): void {
    this.#steps.value = this.#steps.peek().slice(0, steps);
  }

  /** How ids in `root`, a part of the result itself, are opened; undefined where nobody can be asked. */
  openerFrom(root: ItemBytes, reader: RecordReader | undefined): OpenRecord | undefined {
    return this.#opener(root, reader, () => []);
  }

  /** The same in what is shown last of the way, which goes on from there. */
  openerOn(root: ItemBytes, reader: RecordReader | undefined): OpenRecord | undefined {
    return this.#opener(root, reader, () => this.#steps.peek());
  }

  #opener(
    root: ItemBytes,
    reader: RecordReader | undefined,
    before: () => readonly Opened[],
  ): OpenRecord | undefined {
    if (!reader) return undefined;
    return (record, path) => {
      // The id as it came, not as it was decoded.
      const id = itemUnder(root, pathKeys(path));
      if (!id) return;
      const name = writeSurql(record, { limit: 200 }).text;
      this.#steps.value = [...before(), { kind: "record", name, id, reader }];
    };
  }
}
