/** The results of several sessions beside each other, and over them in a sentence what differs. */
import "./compare.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/field.tsx";
import { useStore } from "../../store/context.ts";
import { count } from "../../values/sizes.ts";
import { Outcome } from "../outcome.tsx";
import type { Run } from "../query-state.ts";
import { useRecordReaders } from "../record-readers.ts";
import { OpenedPane } from "../results/opened-pane.tsx";
import { useOpenedWay } from "../results/use-opened-way.ts";
import { comparisonOf, isUnconfirmed, type Section } from "./comparing.ts";
import { Grid } from "./grid.tsx";
import type { OpenerIn } from "./grid-line.tsx";
import { sentenceNames } from "./names.ts";

const NO_SECTIONS: readonly Section[] = [];

export function SideBySide({ run }: { run: Run }): JSX.Element {
  const { preferences } = useStore();
  const alone = useSignal<number | undefined>(undefined);
  const compared = comparisonOf(run).value;
  const names = useMemo(() => sentenceNames(run.columns.map(({ session }) => session)), [run]);
  const progress = run.columns.map((column) => column.progress.value);
  const running = progress.filter(({ kind }) => kind === "running").length;
  const sections = compared?.sections ?? NO_SECTIONS;
  const rows = sections.reduce((sum, { comparison }) => sum + comparison.length, 0);
  const differing = sections.reduce((sum, { comparison }) => sum + comparison.differing.length, 0);
  const only = preferences.get("query.onlyDifferences", false).value;
  const column = alone.value === undefined ? undefined : run.columns[alone.value];
  const readers = useRecordReaders(run.columns);
  const frame = useRef<HTMLElement>(null);
  /** The row of an open line's tree from which something was opened. */
  const from = useRef<HTMLElement | null>(null);
  const { way, back, onKeyDown } = useOpenedWay(run, () =>
    from.current?.isConnected
      ? from.current
      : frame.current?.querySelector<HTMLElement>("[role=grid]"),
  );
  const openerIn = useMemo<OpenerIn>(
    () => (index, root) => {
      const open = way.openerFrom(root, readers[index]);
      return (
        open &&
        ((id, path) => {
          from.current = document.activeElement?.closest<HTMLElement>("[role=treeitem]") ?? null;
          open(id, path);
        })
      );
    },
    [way, readers],
  );

  if (column) {
    return (
      <div class="sy-cmp-alone">
        <div class="sy-cmp-bar">
          <Button
            icon="back"
            label="Back to the comparison"
            onClick={() => {
              alone.value = undefined;
            }}
          />
          <span>{column.session.label} alone</span>
        </div>
        <Outcome column={column} />
      </div>
    );
  }
  return (
    <section
      ref={frame}
      class="sy-cmp sy-result-fills"
      aria-label="Comparison"
      onKeyDown={onKeyDown}
    >
      <div class="sy-cmp-bar">
        <p class="sy-cmp-sentence" role="status" data-sentence>
          {compared?.sentence ?? (running > 0 ? "" : "Comparing…")}
        </p>
        {rows > 0 && (
          <span class="sy-cmp-count">
            <span class="sy-dim">
              {differing === 0
                ? "No row differs"
                : `${count(differing)} of ${count(rows)} ${rows === 1 ? "row differs" : "rows differ"}`}
            </span>
            <Checkbox
              checked={only}
              onChange={(on) => preferences.set("query.onlyDifferences", on)}
            >
              Only differences
            </Checkbox>
          </span>
        )}
        {running > 1 && (
          <Button
            title="The servers can't be told to stop: they may still do what was asked."
            onClick={() => {
              for (const each of run.columns) each.letGo();
            }}
          >
            Stop all
          </Button>
        )}
      </div>
      <div class="sy-result-body">
        <Grid
          columns={run.columns}
          names={names}
          unconfirmed={progress.map(isUnconfirmed)}
          sections={sections}
          onlyDifferences={only}
          onAlone={(index) => {
            alone.value = index;
          }}
          openerIn={openerIn}
        />
        <OpenedPane way={way} onBack={back} />
      </div>
    </section>
  );
}
