/**
 * A result as text: SurrealQL or JSON, as much of it as a page can bear, and the whole by Copy. What is
 * shown is written only as far as it is shown, whatever the size of the result.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { formatJson } from "../../../session/json-text.ts";
import { writeSurql } from "../../../session/surql.ts";
import type { Result } from "../../../wire/result.ts";
import { Button } from "../../components/button.tsx";
import { byteSize } from "../../values/sizes.ts";
import type { WholeCopy } from "./whole-copy.tsx";

export type TextFormat = "surql" | "json";

/** Characters shown; more would make the page slow, and nobody reads on. */
const SHOWN = 100_000;
const LINE_WIDTH = 88;

export interface ResultTextProps {
  result: Result;
  format: TextFormat;
  copy: WholeCopy;
}

export function ResultText({ result, format, copy }: ResultTextProps): JSX.Element {
  const { text, cut } = useMemo(() => {
    const value = result.look();
    return format === "json"
      ? formatJson(value, { limit: SHOWN })
      : writeSurql(value, { limit: SHOWN, lineWidth: LINE_WIDTH });
  }, [result, format]);
  return (
    <div class="sy-result-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre class="sy-mono" tabIndex={0}>
        {text}
      </pre>
      <div class="sy-result-text-foot">
        {cut && (
          <span>Cut after the first {byteSize(SHOWN)}. “Copy all” has the whole result.</span>
        )}
        <Button icon="copy" onClick={() => copy.start(format)}>
          Copy all
        </Button>
      </div>
    </div>
  );
}
