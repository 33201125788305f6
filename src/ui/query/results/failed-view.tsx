/** What a server refused, with all that it said of it. */
import type { JSX } from "preact";
import type { ErrorView } from "../../../session/model.ts";
import { Icon } from "../../components/icon.tsx";
import { ValueTree } from "../../values/value-tree.tsx";

export function FailedView({ error }: { error: ErrorView }): JSX.Element {
  return (
    <div class="sy-outcome-error">
      <Icon name="warning" />
      <div class="sy-outcome-error-text">
        {error.kind && <span class="sy-error-kind">{error.kind}</span>}
        <pre class="sy-mono">{error.message}</pre>
        {error.advice && <div class="sy-note-advice">{error.advice}</div>}
        {error.details !== undefined && (
          <ValueTree value={error.details} label="details" initialDepth={2} />
        )}
      </div>
    </div>
  );
}
