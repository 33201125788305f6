/** One verdict as a mark that needs no colour: full, half, hollow, or a question. */
import type { JSX } from "preact";
import type { Verdict } from "../../../session/query/matrix/matrix.ts";

export function Mark({ verdict }: { verdict: Verdict | "absent" | "waiting" }): JSX.Element {
  if (verdict === "absent") return <span class="sy-verdict-absent">–</span>;
  if (verdict === "waiting") return <span class="sy-verdict-waiting">·</span>;
  if (verdict === "unknown") return <span class="sy-verdict-unknown">?</span>;
  return <span class={`sy-verdict sy-verdict-${verdict}`} />;
}
