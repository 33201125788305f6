/** One cell: what is declared and what was tried, brought together, in numbers and in words. */
import type { AuthLevel } from "../../model.ts";
import type { MissingField } from "./fields.ts";
import {
  type Cell,
  type Declared,
  type FieldRule,
  type Operation,
  type Rule,
  ruleText,
  type Verdict,
} from "./matrix.ts";

/** Not all of the table's records were tried: its first ones, or only some of those. */
export type Part = "first" | "some";

/** What the trials of one operation say. */
export type Tried =
  | {
      kind: "counted";
      may: number;
      /** How many were tried. */
      of: number;
      /** Nobody could tell what else there is: only what the session itself sees was tried. */
      seenOnly: boolean;
      part?: Part;
      /** Some could be tried and don't count: in words. */
      untold?: string;
    }
  /** It wasn't tried, or the trial doesn't tell: in words. */
  | { kind: "untold"; why: string };

export interface Found {
  operation: Operation;
  tried: Tried;
  declared?: Declared;
  level: AuthLevel;
  /** Of a user of the system: known to be above table permissions, by role. */
  exempt: boolean;
  /** Of `create`: tried with an empty record, since there is none to be like. */
  empty?: boolean;
  /** Of `select`. */
  missing?: readonly MissingField[];
  /** What somebody would write to try it. */
  trial: string;
}

export function cellFor(found: Found): Cell {
  const { tried, declared, trial } = found;
  const common = { trial, ...(declared && { declared }) };
  if (tried.kind === "counted" && tried.of > 0) {
    const contradiction = contradictionIn(found, tried.may, tried.of);
    return {
      ...common,
      verdict: verdictOf(found, tried),
      rows: {
        may: tried.may,
        ...(!(tried.seenOnly && found.operation === "select") && { of: tried.of }),
      },
      how: declared ? "declared and tried" : "tried",
      words: countedWords(found, tried),
      ...(contradiction !== undefined && { contradiction }),
    };
  }
  const why =
    tried.kind === "untold"
      ? tried.why
      : tried.seenOnly
        ? "It sees no record, and nobody here may tell whether there are any."
        : "No records to try on.";
  return { ...common, ...byDeclaration(found, why) };
}

function verdictOf(found: Found, tried: Tried & { kind: "counted" }): Verdict {
  const { operation } = found;
  if (tried.seenOnly && operation === "select") return "some";
  // One empty record says nothing of others, where a condition decides.
  if (found.empty && found.declared?.rule.kind === "where" && !found.exempt) {
    return tried.may === 0 ? "unknown" : "some";
  }
  if (tried.may === 0) return "none";
  return tried.may === tried.of ? "all" : "some";
}

/** What can be said where no trial tells. */
function byDeclaration(found: Found, why: string): Pick<Cell, "verdict" | "how" | "words"> {
  const rule = found.declared?.rule;
  if (!rule) return { verdict: "unknown", how: "not found out", words: why };
  if (found.exempt) return { verdict: "all", how: "declared", words: `${why} ${ABOVE}` };
  const held = rule.kind === "full" || !isSystem(found.level);
  if (rule.kind === "where" || !held) {
    const doubt = held ? "" : ` ${ruleText(rule)} doesn't hold for every role.`;
    return { verdict: "unknown", how: "not found out", words: why + doubt };
  }
  const words = `${why} Declared ${ruleText(rule)}.`;
  return { verdict: rule.kind === "full" ? "all" : "none", how: "declared", words };
}

const ABOVE = "Its role stands above table permissions.";

export function isSystem(level: AuthLevel): boolean {
  return level === "root" || level === "namespace" || level === "database";
}

function contradictionIn(found: Found, may: number, of: number): string | undefined {
  const rule: Rule | undefined = found.declared?.rule;
  if (rule?.kind === "full" && may < of) {
    return `Declared FULL, yet ${of - may} of ${of} were refused.`;
  }
  if (rule?.kind !== "none" || may === 0 || isSystem(found.level)) return undefined;
  return found.level === "anonymous"
    ? "Declared NONE, yet allowed: this server doesn't hold anonymous sessions to permissions."
    : `Declared NONE, yet ${may} of ${of} were allowed.`;
}

function countedWords(found: Found, tried: Tried & { kind: "counted" }): string {
  const { may, of, seenOnly, part, untold } = tried;
  const above = found.exempt && may === of && found.declared?.rule.kind !== "full";
  const end = `${above ? ` ${ABOVE}` : ""}${untold === undefined ? "" : ` ${untold}`}`;
  switch (found.operation) {
    case "select":
      return seenOnly
        ? `Sees ${records(may)}. Whether there are more, nobody here may tell.${end}`
        : `Sees ${share(may, of, part)}${fieldWords(found.missing ?? [])}.${end}`;
    case "create":
      return found.empty
        ? `${may === 0 ? "May not" : "May"} create an empty record; there are none like which to try.${end}`
        : `${mayWords(found.operation, may, of, "some")}, with contents of those that are there${keptWords(found, may)}.${end}`;
    case "update":
    case "delete":
      return `${mayWords(found.operation, may, of, part)}${seenOnly ? " that it sees" : ""}${keptWords(found, may)}.${end}`;
  }
}

/** "May update 3 of 7 records", "May not update any of 7 records" */
function mayWords(operation: Operation, may: number, of: number, part?: Part): string {
  if (may > 0) return `May ${operation} ${share(may, of, part)}`;
  const any = of === 1 && part !== "first" ? share(1, 1, part) : `any ${ofAll(of, part)}`;
  return `May not ${operation} ${any}`;
}

/** "all 7 records", "3 of 7 records", "none of the first 1,000 records", "the one record tried" */
function share(may: number, of: number, part?: Part): string {
  if (part === "first") return `${may === of ? "all" : number(may)} ${ofAll(of, part)}`;
  if (may < of) return `${number(may)} ${ofAll(of, part)}`;
  return `${of === 1 ? "the one record" : `all ${records(of)}`}${part === "some" ? " tried" : ""}`;
}

function ofAll(of: number, part?: Part): string {
  return `of ${part === "first" ? "the first " : ""}${records(of)}${part === "some" ? " tried" : ""}`;
}

function number(count: number): string {
  return count === 0 ? "none" : count.toLocaleString("en");
}

function records(count: number): string {
  return `${count.toLocaleString("en")} record${count === 1 ? "" : "s"}`;
}

/**
 * Fields that a write leaves as they are, silently: ", but never field grade". No trial could tell of
 * fields that the session may not see; and users of the system write them all (measured on 3.0.2).
 */
function keptWords({ declared, level }: Found, may: number): string {
  const fields = declared?.fields ?? [];
  if (may === 0 || fields.length === 0 || isSystem(level)) return "";
  const named = (own: readonly FieldRule[]) =>
    `${own.length === 1 ? "field" : "fields"} ${fieldList(own.map(({ field }) => field))}`;
  const never = fields.filter(({ rule }) => rule.kind === "none");
  const sometimes = fields.filter(({ rule }) => rule.kind === "where");
  const parts = [
    ...(never.length > 0 ? [`never ${named(never)}`] : []),
    ...(sometimes.length > 0 ? [`${named(sometimes)} only where declared`] : []),
  ];
  return `, but ${parts.join(", and ")}`;
}

const MOST_FIELDS = 5;

/** "name, secret and 3 more" */
function fieldList(names: readonly string[]): string {
  const more = names.length - MOST_FIELDS;
  const shown = names.slice(0, MOST_FIELDS).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function fieldWords(missing: readonly MissingField[]): string {
  if (missing.length === 0) return "";
  const names = missing.map(({ path, missing, of }) =>
    missing === of ? path : `${path} (in ${missing} of ${of})`,
  );
  return `, without ${missing.length === 1 ? "field" : "fields"} ${fieldList(names)}`;
}
