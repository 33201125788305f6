/**
 * Secrets in decoded values, covered and found again.
 *
 * What is a secret depends on where it stands: all of a sign-in's parameters but the few that only say
 * where and who, the tokens that it answers, the value of a variable or field with a secret's name, a
 * literal in a statement, and in any text a token. Each that is covered is told with its path, so that
 * a person can uncover it alone. Values are copied only where something in them is covered.
 */
import { DateTime, Duration, Geometry, Range, RecordId, RecordIdRange, Table } from "surrealdb";
import type { ErrorView } from "../model.ts";
import { COVERED, type CoveredSecret } from "./log-entry.ts";
import type { Uncovered } from "./log-source.ts";
import type { Replacement } from "./replace-in-cbor.ts";
import { coverSpans, isSecretField, secretsInStatement, tokensIn } from "./secret-text.ts";

/** How a value is looked at. */
type Rule =
  /** By the names of its fields, and tokens in its texts. */
  | "fields"
  /** A statement: by the names in it as well. */
  | "statement"
  /** Parameters of a sign-in: all but where and who. */
  | "credentials"
  /** Altogether. */
  | "secret";

/** A value with its secrets covered. */
export interface Covering<Value> {
  value: Value;
  replaced: Replacement[];
}

/** Of a sign-in's parameters, these say where and as whom; any other may be a secret. */
const SIGN_IN_NAMES =
  /^(ns|db|ac|sc|namespace|database|access|scope|user|username|name|email|login)$/i;

const SIGN_IN_METHODS = new Set(["signin", "signup"]);
const TOKEN_PARAMS = new Set(["authenticate", "refresh", "revoke"]);
const TOKEN_ANSWERS = new Set(["signin", "signup", "refresh", "authenticate"]);

/** Values deeper than this are covered whole: what can't be looked through isn't shown. */
const MAX_DEPTH = 256;

/** Covers secrets in the values of one entry; collects what it covered. */
export class Redaction {
  readonly covered: CoveredSecret[] = [];
  readonly #uncovered: Uncovered | undefined;
  #where: CoveredSecret["where"] = "params";
  /** From the top of the value to where the work is now. */
  #path: (string | number)[] = [];
  #replaced: Replacement[] = [];

  constructor(uncovered?: Uncovered) {
    this.#uncovered = uncovered;
  }

  /** Parameters of a request; `values` is their list. */
  params(method: string, values: readonly unknown[]): Covering<unknown[]> {
    this.#begin("params");
    const covered = values.map((value, index) => {
      this.#path = [index];
      return this.#value(value, paramRule(method, index, values));
    });
    return { value: covered, replaced: this.#replaced };
  }

  result(method: string, value: unknown): Covering<unknown> {
    this.#begin("result");
    const covered = this.#value(value, TOKEN_ANSWERS.has(method) ? "secret" : "fields");
    return { value: covered, replaced: this.#replaced };
  }

  /** What the server said of a request that it refused: its message may repeat the statement. */
  error(value: ErrorView): ErrorView {
    this.#begin("error");
    return this.#value(value, "statement") as ErrorView;
  }

  /** A notification's record or value. */
  notification(index: number, value: unknown): Covering<unknown> {
    this.#begin(index);
    return { value: this.#value(value, "fields"), replaced: this.#replaced };
  }

  #begin(where: CoveredSecret["where"]): void {
    this.#where = where;
    this.#path = [];
    this.#replaced = [];
  }

  #value(value: unknown, rule: Rule): unknown {
    if (rule === "secret" || (rule === "credentials" && !isObject(value))) {
      return this.#whole(value);
    }
    if (typeof value === "string") return this.#text(value, rule);
    if (typeof value !== "object" || value === null) return value;
    if (this.#path.length >= MAX_DEPTH) return this.#whole(value);
    if (Array.isArray(value)) return this.#list(value, rule);
    if (value instanceof Set) {
      const items = [...value];
      const covered = this.#list(items, rule);
      return covered === items ? value : new Set(covered);
    }
    if (value instanceof RecordId) return this.#recordId(value);
    return isObject(value) ? this.#object(value, rule) : value;
  }

  #list(list: unknown[], rule: Rule): unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      this.#path.push(index);
      const covered = this.#value(list[index], rule);
      this.#path.pop();
      if (covered === list[index]) continue;
      copy ??= [...list];
      copy[index] = covered;
    }
    return copy ?? list;
  }

  #object(value: Record<string, unknown>, rule: Rule): object {
    let copy: Record<string, unknown> | undefined;
    for (const name of Object.keys(value)) {
      this.#path.push(name);
      const covered = this.#value(value[name], fieldRule(name, rule));
      this.#path.pop();
      if (covered === value[name]) continue;
      copy ??= { ...value };
      copy[name] = covered;
    }
    return copy ?? value;
  }

  #recordId(value: RecordId): RecordId {
    if (typeof value.id !== "string") return value;
    const id = this.#text(value.id, "fields", (key) => new RecordId(value.table, key));
    return id === value.id ? value : new RecordId(value.table, id);
  }

  #text(text: string, rule: Rule, asValue: (text: string) => unknown = (covered) => covered) {
    // INFO answers definitions as texts, keys and hashes of passwords among them.
    const isStatement = rule === "statement" || /^\s*DEFINE\b/i.test(text);
    const found = isStatement ? secretsInStatement(text) : tokensIn(text);
    const spans = found.filter((_span, index) => this.#covers(index));
    if (spans.length === 0) return text;
    const covered = coverSpans(text, spans);
    this.#replaced.push({ path: [...this.#path], value: asValue(covered) });
    return covered;
  }

  #whole(value: unknown): unknown {
    if (isNoSecret(value) || !this.#covers()) return value;
    this.#replaced.push({ path: [...this.#path], value: COVERED });
    return COVERED;
  }

  /** Notes that a secret is covered; false where the person asked to see it. */
  #covers(part?: number): boolean {
    if (this.#uncovered === "all") return false;
    const place = JSON.stringify([this.#where, ...this.#path]);
    const key = part === undefined ? place : `${place}#${part}`;
    if (this.#uncovered?.has(key)) return false;
    this.covered.push({ key, where: this.#where, path: [...this.#path] });
    return true;
  }
}

function paramRule(method: string, index: number, values: readonly unknown[]): Rule {
  if (SIGN_IN_METHODS.has(method)) return "credentials";
  if (TOKEN_PARAMS.has(method)) return "secret";
  if (method === "query" && index === 0) return "statement";
  const names = method === "let" || method === "set";
  return names && index === 1 && isSecretField(String(values[0])) ? "secret" : "fields";
}

function fieldRule(name: string, rule: Rule): Rule {
  if (rule === "credentials") return SIGN_IN_NAMES.test(name) ? "fields" : "secret";
  return isSecretField(name) ? "secret" : rule;
}

/** A secret has content. What points at something, or says when or where, is none. */
function isNoSecret(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "boolean") return true;
  if (value === "" || value === COVERED) return true;
  if (Array.isArray(value)) return value.length === 0;
  return (
    value instanceof RecordId ||
    value instanceof RecordIdRange ||
    value instanceof Range ||
    value instanceof Table ||
    value instanceof DateTime ||
    value instanceof Duration ||
    value instanceof Geometry
  );
}

/** True for SurrealDB's objects, and not for values of the SDK's classes. */
function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
