/**
 * A result as text: SurrealQL or JSON, as much of it as a page can bear, and the whole by Copy.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { formatJson } from "../../../session/json-text.ts";
import { writeSurql } from "../../../session/surql.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { byteSize } from "../../values/sizes.ts";

export type TextFormat = "surql" | "json";

/** Characters shown; more would make the page slow, and nobody reads on. */
const SHOWN = 100_000;
const LINE_WIDTH = 88;

export function textOf(value: unknown, format: TextFormat, limit: number) {
  return format === "json"
    ? formatJson(value, { limit })
    : writeSurql(value, { limit, lineWidth: LINE_WIDTH });
}

export function ResultText({ value, format }: { value: unknown; format: TextFormat }): JSX.Element {
  const { copy } = useStore();
  const copying = useAction();
  const { text, cut } = useMemo(() => textOf(value, format, SHOWN), [value, format]);
  const name = format === "json" ? "JSON" : "SurrealQL";

  function copyAll() {
    return copying.run(() =>
      copy(textOf(value, format, Number.POSITIVE_INFINITY).text, `Result as ${name}`),
    );
  }

  return (
    <div class="sy-result-text">
      <pre class="sy-mono">{text}</pre>
      <div class="sy-result-text-foot">
        {cut && (
          <span>Cut after the first {byteSize(SHOWN)}. “Copy all” has the whole result.</span>
        )}
        <Button icon="copy" onClick={copyAll}>
          Copy all
        </Button>
      </div>
      <ErrorNote error={copying.error} onDismiss={copying.clear} />
    </div>
  );
}
