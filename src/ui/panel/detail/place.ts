/**
 * What the button beside namespace and database does, said before anything is sent: `use` creates
 * what is missing wherever the user may, so a slip of the finger would make a database.
 */
import { placeWord } from "../../words/identity.ts";

export interface PlaceInput {
  /** As typed; empty means none. */
  namespace: string;
  database: string;
  /** What is selected now. */
  current: { namespace?: string; database?: string };
  /** Names that the server told; undefined where it doesn't let this session look. */
  namespaces?: readonly string[];
  databases?: readonly string[];
}

export interface PlaceIntent {
  /** The word on the button. */
  text: string;
  /** False where it would change nothing, or can't be asked for. */
  possible: boolean;
  creates: boolean;
  /** Why it isn't possible, or what isn't known. */
  hint?: string;
  /** What to send: a string selects, null unsets, absent leaves. */
  use?: { namespace?: string | null; database?: string | null };
}

export function placeIntent(input: PlaceInput): PlaceIntent {
  const { current } = input;
  const namespace = input.namespace.trim();
  const database = input.database.trim();
  if (namespace === (current.namespace ?? "") && database === (current.database ?? "")) {
    return { text: namespace === "" ? "Select" : "Selected", possible: false, creates: false };
  }
  if (namespace === "" && database !== "") {
    return {
      text: "Select",
      possible: false,
      creates: false,
      hint: "A database needs its namespace.",
    };
  }
  if (namespace === "") {
    return {
      text: current.database === undefined ? "Unset namespace" : "Unset both",
      possible: true,
      creates: false,
      use: { namespace: null, database: null },
    };
  }
  const use = { namespace, database: database === "" ? null : database };
  const newNamespace = input.namespaces !== undefined && !input.namespaces.includes(namespace);
  // A new namespace has no databases yet, whatever list is at hand.
  const newDatabase =
    database !== "" &&
    (newNamespace || (input.databases !== undefined && !input.databases.includes(database)));
  if (newNamespace) {
    const text = newDatabase
      ? `Creates namespace “${namespace}” and database “${database}”`
      : `Creates namespace “${namespace}”`;
    return { text, possible: true, creates: true, use };
  }
  if (newDatabase) {
    return { text: `Creates database “${database}”`, possible: true, creates: true, use };
  }
  if (database === "" && namespace === current.namespace) {
    return { text: "Unset database", possible: true, creates: false, use: { database: null } };
  }
  const unknown =
    input.namespaces === undefined || (database !== "" && input.databases === undefined);
  return {
    text: `Select ${placeWord({ namespace, database: database === "" ? undefined : database })}`,
    possible: true,
    creates: false,
    use,
    hint: unknown
      ? "This session may not list the names: one that is missing is created where it may."
      : undefined,
  };
}
