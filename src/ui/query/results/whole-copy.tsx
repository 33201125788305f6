/** A statement's whole result to the clipboard, as a person chooses; with how far it is where it takes long. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Result } from "../../../wire/result.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Menu } from "../../components/menu.tsx";
import { useStore } from "../../store/context.ts";
import { plural } from "../../values/sizes.ts";
import { type WholeFormat, wholeText } from "./whole-text.ts";

export const FORMAT_NAMES: Record<WholeFormat, string> = {
  json: "JSON",
  surql: "SurrealQL",
  csv: "CSV",
};

/** Work that is over sooner than this needs no word about how far it is. Milliseconds. */
const LONG = 200;

export interface WholeCopy {
  start(format: WholeFormat): Promise<unknown>;
  /** Progress, Cancel, and why it failed; null while there is nothing to say. */
  readonly note: JSX.Element | null;
}

export function useWholeCopy(result: Result): WholeCopy {
  const { copy } = useStore();
  const copying = useAction();
  const part = useSignal<number | undefined>(undefined);
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  async function make(format: WholeFormat, signal: AbortSignal) {
    const started = performance.now();
    const onProgress = (done: number) => {
      if (performance.now() - started > LONG) part.value = done;
    };
    const { text, guarded } = await wholeText(result, format, { signal, onProgress });
    const apostrophes =
      guarded > 0
        ? ` (${plural(guarded, "text")} that a spreadsheet would run got an apostrophe in front)`
        : "";
    await copy(text, `Result as ${FORMAT_NAMES[format]}${apostrophes}`);
  }

  return {
    start(format) {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      return copying.run(async () => {
        try {
          await make(format, mine.signal);
        } catch (thrown) {
          // Given up by the person, or by a later copy: nothing failed.
          if (!mine.signal.aborted) throw thrown;
        } finally {
          if (stop.current === mine) part.value = undefined;
        }
      });
    },
    get note() {
      if (part.value === undefined && !copying.error) return null;
      return (
        <>
          {part.value !== undefined && (
            <div class="sy-copying" role="status">
              <progress value={part.value} max={1} aria-label="Copied so far" />
              <span>Copying · {Math.floor(part.value * 100)} %</span>
              <Button onClick={() => stop.current?.abort()}>Cancel</Button>
            </div>
          )}
          <ErrorNote error={copying.error} onDismiss={copying.clear} />
        </>
      );
    },
  };
}

export function CopyAs({ copy }: { copy: WholeCopy }): JSX.Element {
  const item = (format: WholeFormat) => ({
    text: FORMAT_NAMES[format],
    onSelect: () => copy.start(format),
  });
  return (
    <Menu
      label="Copy the whole result as"
      text="Copy as"
      items={[item("json"), item("surql"), item("csv")]}
    />
  );
}
