/** RPC `use`: what is sent to select a namespace and a database, and what is selected afterwards. */
import { InvalidRequestError } from "./errors.ts";

export interface Place {
  namespace?: string | undefined;
  database?: string | undefined;
}

/** A name selects, null unsets, undefined leaves as it is. */
export type Choice = string | null | undefined;

/**
 * The parameters of `use`.
 * @throws InvalidRequestError for a database without a namespace: `use [NONE, "db"]` made some servers
 *   panic, and is never sent
 */
export function useParams(current: Place, namespace: Choice, database: Choice): [Choice, Choice] {
  if (database && (namespace === null || (!namespace && !current.namespace))) {
    throw new InvalidRequestError("A database needs a namespace.", "Select a namespace first.");
  }
  return [namespace, namespace === null ? null : database];
}

/** The place after `use`: what the server answered, or what was asked for where it answers nothing. */
export function placeAfterUse(
  answer: unknown,
  current: Place,
  [namespace, database]: [Choice, Choice],
): Place {
  if (typeof answer === "object" && answer !== null) {
    return { namespace: nameIn(answer, "namespace"), database: nameIn(answer, "database") };
  }
  return {
    namespace: keep(namespace, current.namespace),
    database: keep(database, current.database),
  };
}

function nameIn(answer: object, field: "namespace" | "database"): string | undefined {
  const value = (answer as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}

function keep(wanted: Choice, before: string | undefined): string | undefined {
  return wanted === undefined ? before : (wanted ?? undefined);
}
