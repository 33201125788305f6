/**
 * An RPC method with its arguments as the SurrealQL that does the same, so that a recorded request or
 * a picked method can be compared and run dry.
 *
 * Written after the server's own translation (surrealdb/core/src/rpc/protocol.rs): a record is asked
 * for with ONLY, a text names a table, what is written comes back as it is afterwards. Data travels as
 * bindings, bytes as they came, so that no float becomes an integer on the way.
 */
import { RecordId, RecordIdRange, StringRecordId, Table } from "surrealdb";
import { arrayItems, mapOf } from "../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { decodeValue } from "../../wire/values.ts";
import { identifier, writeSurql } from "../surql.ts";

export interface MethodStatement {
  text: string;
  /** CBOR map. */
  bindings: Uint8Array;
}

/** Arguments of one call, and what of them goes along as a binding. */
class Call {
  readonly #params: readonly ItemBytes[];
  readonly #bindings = new Map<string, ItemBytes>();

  constructor(params: Uint8Array | undefined) {
    this.#params = params ? arrayItems(params) : [];
  }

  get count(): number {
    return this.#params.length;
  }

  value(i: number): unknown {
    const bytes = this.#params[i];
    return bytes && decodeValue(bytes);
  }

  bind(name: string, i: number): string {
    return this.bindBytes(name, this.#params[i]);
  }

  bindBytes(name: string, bytes: ItemBytes | undefined): string {
    if (!bytes) throw new Error(`There is no argument to bind as ${name}`);
    this.#bindings.set(name, bytes);
    return `$${name}`;
  }

  bytes(i: number): ItemBytes | undefined {
    return this.#params[i];
  }

  /** What is read or written: a table or a record by its name, anything else as a binding. */
  target(i: number, name = "what"): string {
    const what = this.value(i);
    if (typeof what === "string") return identifier(what);
    if (what instanceof Table) return identifier(what.name);
    const plainId =
      what instanceof RecordId && ["string", "number", "bigint"].includes(typeof what.id);
    return plainId ? writeSurql(what).text : this.bind(name, i);
  }

  /** " CONTENT $data", or nothing where there is no data. */
  data(clause: string, i: number): string {
    const none = this.value(i) === undefined || this.value(i) === null;
    return none ? "" : ` ${clause} ${this.bind("data", i)}`;
  }

  statement(text: string): MethodStatement {
    return { text, bindings: mapOf(this.#bindings) };
  }
}

type Translation = (call: Call) => string | undefined;

const written =
  (verb: string, clause: string, most = 2): Translation =>
  (call) => {
    if (call.count < 1 || call.count > most) return undefined;
    return `${verb} ${only(call, 0)}${call.target(0)}${call.data(clause, 1)} RETURN AFTER`;
  };

const inserted =
  (verb: string): Translation =>
  (call) => {
    if (call.count !== 2) return undefined;
    const into = call.value(0);
    const isTable = typeof into === "string" || into instanceof Table;
    if (!isTable && into !== undefined && into !== null) return undefined;
    return `${verb} ${isTable ? `INTO ${call.target(0)} ` : ""}${call.bind("data", 1)} RETURN AFTER`;
  };

const TRANSLATIONS: Record<string, Translation> = {
  select: (call) =>
    call.count === 1 ? `SELECT * FROM ${only(call, 0)}${call.target(0)}` : undefined,
  create(call) {
    if (call.count < 1 || call.count > 2) return undefined;
    // A table that is named by a text gets one record; one that is named as a table, a list of one.
    const one = typeof call.value(0) === "string" ? "ONLY " : only(call, 0);
    return `CREATE ${one}${call.target(0)}${call.data("CONTENT", 1)} RETURN AFTER`;
  },
  insert: inserted("INSERT"),
  insert_relation: inserted("INSERT RELATION"),
  update: written("UPDATE", "CONTENT"),
  upsert: written("UPSERT", "CONTENT"),
  merge: written("UPDATE", "MERGE"),
  patch(call) {
    if (call.count < 1 || call.count > 3) return undefined;
    const output = call.value(2) === true ? "DIFF" : "AFTER";
    return `UPDATE ${only(call, 0)}${call.target(0)}${call.data("PATCH", 1)} RETURN ${output}`;
  },
  delete: (call) =>
    call.count === 1 ? `DELETE ${only(call, 0)}${call.target(0)} RETURN BEFORE` : undefined,
  relate(call) {
    if (call.count < 3 || call.count > 4) return undefined;
    const one = isRecord(call.value(0)) && isRecord(call.value(2)) ? "ONLY " : "";
    const edge = `${end(call, 0, "from")}->${call.target(1, "edge")}->${end(call, 2, "to")}`;
    return `RELATE ${one}${edge}${call.data("CONTENT", 3)} RETURN AFTER`;
  },
  run(call) {
    const name = call.value(0);
    const version = call.value(1);
    if (typeof name !== "string" || !/^[A-Za-z_]\w*(::\w+)*$/.test(name)) return undefined;
    if (call.count > 3 || (version !== undefined && version !== null)) return undefined;
    const list = call.value(2);
    if (list !== undefined && list !== null && !Array.isArray(list)) return undefined;
    const args = Array.isArray(list) ? arrayItems(call.bytes(2) as ItemBytes) : [];
    return `${name}(${args.map((bytes, i) => call.bindBytes(`arg${i + 1}`, bytes)).join(", ")})`;
  },
};

/**
 * @param params CBOR array; absent: none
 * @returns undefined where no statement does the same: another method, or arguments that it doesn't take
 * @throws EnvelopeError, ValueError: `params` are no array of SurrealDB values
 */
export function methodAsStatement(
  method: string,
  params: Uint8Array | undefined,
): MethodStatement | undefined {
  const translation = Object.hasOwn(TRANSLATIONS, method) ? TRANSLATIONS[method] : undefined;
  if (!translation) return undefined;
  const call = new Call(params);
  const text = translation(call);
  return text === undefined ? undefined : call.statement(text);
}

function isRecord(value: unknown): boolean {
  return (
    (value instanceof RecordId && !(value instanceof RecordIdRange)) ||
    value instanceof StringRecordId
  );
}

/** The server answers one record where one was asked for, and a list otherwise. */
function only(call: Call, i: number): string {
  return isRecord(call.value(i)) ? "ONLY " : "";
}

/** An end of an edge: a text there is a text, not a table. */
function end(call: Call, i: number, name: string): string {
  return typeof call.value(i) === "string" ? call.bind(name, i) : call.target(i, name);
}
