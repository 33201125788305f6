/**
 * The permission matrix: what each session may do with each table, and how that is known.
 *
 * Two sources answer, and each cell says which of them spoke: what the schema declares (`PERMISSIONS`,
 * as somebody reads it who may), and what the server does when the session tries, in transactions that
 * never commit. Where the two disagree, the cell says so: that is what the matrix is for.
 */
import type { SessionAuth, SessionKey } from "../../model.ts";

export const OPERATIONS = ["select", "create", "update", "delete"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What `PERMISSIONS FOR <operation>` of a table or field says. */
export type Rule = { kind: "none" } | { kind: "full" } | { kind: "where"; text: string };

/** What a field says for itself, where that isn't FULL. */
export interface FieldRule {
  /** As the schema writes it: "secret", "address.street". */
  field: string;
  rule: Rule;
}

export interface Declared {
  rule: Rule;
  /** Fields that don't go along with every record; absent: there are none. */
  fields?: readonly FieldRule[];
  /** Label of the session that read it. */
  by: string;
}

/** `unknown`: neither the schema nor a trial tells. */
export type Verdict = "all" | "some" | "none" | "unknown";

export type How = "declared" | "tried" | "declared and tried" | "not found out";

export interface Cell {
  verdict: Verdict;
  /**
   * Records of those that were tried; of `create`, contents like theirs. `of` is absent where nobody
   * could tell how many there are.
   */
  rows?: { may: number; of?: number };
  declared?: Declared;
  how: How;
  /** One or two sentences for people. */
  words: string;
  /** In words: what is declared isn't what happens. */
  contradiction?: string;
  /** A statement with which a person tries it. */
  trial: string;
}

export type Row = Record<Operation, Cell>;

/** A session that is asked, as it is known before anybody asks the server. */
export interface MatrixSession {
  key: SessionKey;
  label: string;
  auth: SessionAuth;
  namespace?: string;
  database?: string;
  /** URL of its server. */
  server: string;
}

export type ColumnState =
  | { kind: "waiting" }
  | { kind: "asking"; done: number; of: number }
  | { kind: "done" }
  /** The person stopped it. */
  | { kind: "stopped" }
  /** It answers nothing, or as somebody else: in words. */
  | { kind: "failed"; reason: string };

export interface Column {
  session: MatrixSession;
  state: ColumnState;
  /** Label of the session that read schema and records for this one; absent: nobody may. */
  reader?: string;
}

export interface Matrix {
  columns: readonly Column[];
  /** Names of all tables, sorted. */
  tables: readonly string[];
  /** What is known so far: by session, then by table. */
  cells: ReadonlyMap<SessionKey, ReadonlyMap<string, Row>>;
  /** Milliseconds since 1970. */
  begunAt: number;
  running: boolean;
}

export function cellOf(
  matrix: Matrix,
  key: SessionKey,
  table: string,
  operation: Operation,
): Cell | undefined {
  return matrix.cells.get(key)?.get(table)?.[operation];
}

/** "NONE", "FULL" or "WHERE owner = $auth.id", as the schema is written. */
export function ruleText(rule: Rule): string {
  return rule.kind === "where" ? `WHERE ${rule.text}` : rule.kind.toUpperCase();
}

/** "FULL; field secret NONE": the table's rule, and those of its fields. */
export function declaredText({ rule, fields = [] }: Declared): string {
  const own = fields.map((each) => `field ${each.field} ${ruleText(each.rule)}`);
  return [ruleText(rule), ...own].join("; ");
}
