/** What a failing statement took along, in words. */
import { joined } from "../../session/query/list-words.ts";
import { type Fall, fallsOf } from "../../session/query/lost-results.ts";
import { count } from "../values/sizes.ts";
import type { Reply } from "./asking.ts";

/** Statements that are told by their numbers. */
const NUMBERED = 3;

/** Undefined where each statement stands for itself. */
export function lostWords({ answer, dry }: Pick<Reply, "answer" | "dry">): string | undefined {
  const why = dry ? "a dry run is one transaction" : "they are one transaction";
  const words = fallsOf(answer.outcomes).map((fall) => `${fallWords(fall)}: ${why}.`);
  return words.length > 0 ? words.join(" ") : undefined;
}

/** "Statement 2 failed. The result of statement 1 is lost with it, and statement 3 was not run" */
function fallWords({ reason, lost, notRun }: Fall): string {
  const clauses: string[] = [];
  if (lost.length > 0) {
    const [results, are] = lost.length === 1 ? ["result", "is"] : ["results", "are"];
    clauses.push(`the ${results} of ${statements(lost, "before")} ${are} lost with it`);
  }
  if (notRun.length > 0) {
    const were = notRun.length === 1 ? "was" : "were";
    clauses.push(`${statements(notRun, "behind")} ${were} not run`);
  }
  const rest = clauses.join(", and ");
  return `Statement ${count(reason + 1)} failed. ${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

function statements(places: readonly number[], where: "before" | "behind"): string {
  if (places.length > NUMBERED) return `the ${count(places.length)} statements ${where} it`;
  const word = places.length === 1 ? "statement" : "statements";
  return `${word} ${joined(places.map((place) => count(place + 1)))}`;
}
