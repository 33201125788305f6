/** What was sent: the statement with its bindings, or a method's arguments. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { EntryDetails, RequestEntry } from "../../../session/log/log-entry.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { Surrealql } from "../../surrealql/surrealql.tsx";
import { isContainer, sizeOf } from "../../values/format.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { useRequests } from "../use-requests.ts";
import { CoveredInText, coveredUnder } from "./covered.tsx";
import { decoded } from "./decoded.ts";

export interface TabProps {
  entry: RequestEntry;
  details: EntryDetails;
}

export function RequestTab({ entry, details }: TabProps): JSX.Element {
  const { params, requestMissing } = details;
  const read = useMemo(() => (params ? decoded(params) : undefined), [params]);
  if (!read) {
    return requestMissing === undefined ? (
      <p class="sy-dim">{entry.method} was sent without arguments.</p>
    ) : (
      <>
        <Note tone="warn">{requestMissing}</Note>
        {entry.text !== "" && <Surrealql text={entry.text} laidOut={false} />}
      </>
    );
  }
  if ("error" in read) return <ErrorNote error={read.error} />;
  const list = Array.isArray(read.value) ? read.value : [];
  if (list.length === 0) return <p class="sy-dim">{entry.method} was sent without arguments.</p>;
  const [statement, bindings] = list;
  if (entry.method === "query" && typeof statement === "string") {
    return (
      <>
        <Statement text={statement} />
        <CoveredInText covered={details.covered} where="params" root={[0]} />
        {isContainer(bindings) && sizeOf(bindings) > 0 && (
          <Values title="Bindings" value={bindings} root={[1]} details={details} />
        )}
      </>
    );
  }
  return <Values title="Arguments" value={list} root={[]} details={details} />;
}

function Statement({ text }: { text: string }): JSX.Element {
  const { preferences } = useStore();
  const laidOut = preferences.get("requests.laidOut", true).value;
  return (
    <div class="sy-statement">
      <Surrealql text={text} laidOut={laidOut} />
      <span class="sy-statement-way">
        <Button
          variant="quiet"
          pressed={laidOut}
          title={laidOut ? "Show the lines as they were sent" : "Lay the statement out for reading"}
          onClick={() => preferences.set("requests.laidOut", !laidOut)}
        >
          Laid out
        </Button>
      </span>
    </div>
  );
}

function Values(props: {
  title: string;
  value: object;
  /** Where it stands within the parameters. */
  root: (string | number)[];
  details: EntryDetails;
}): JSX.Element {
  const requests = useRequests();
  const { title, value, root, details } = props;
  const covered = coveredUnder(requests, details.covered, "params", root);
  return (
    <section class="sy-request-values" aria-label={title}>
      <h3 class="sy-request-title">{title}</h3>
      <ValueTree value={value} initialDepth={2} covered={covered} />
    </section>
  );
}
