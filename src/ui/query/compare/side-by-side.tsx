/** The results of several sessions beside each other, each in a column of its own. */
import "./compare.css";
import type { JSX } from "preact";
import { Outcome } from "../outcome.tsx";
import type { Run } from "../query-state.ts";

export function SideBySide({ run }: { run: Run }): JSX.Element {
  return (
    <div class="sy-columns">
      {run.columns.map((column) => (
        <section key={column.session.key} class="sy-column" aria-label={column.session.label}>
          <Outcome column={column} />
        </section>
      ))}
    </div>
  );
}
