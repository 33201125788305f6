/**
 * Which namespaces, databases and tables a session may choose from.
 *
 * `INFO FOR ROOT`, `NS` and `DB` list them where the session's user may look. Where the server says
 * no, the list is absent: pickers then take free text, and never claim that a name is new.
 */
import { decodeValue, encodeValue } from "../wire/values.ts";
import type { SessionRequests } from "./session-requests.ts";

export interface Names {
  namespaces?: string[];
  databases?: string[];
  tables?: string[];
}

/** @param namespace whose databases are asked for; absent: of the one that is selected */
export async function namesFor(requests: SessionRequests, namespace?: string): Promise<Names> {
  // USE inside a text lasts for that text only (measured on engine 3.0.2).
  const inNamespace = namespace === undefined ? "" : `USE NS ${quoted(namespace)}; `;
  const [root, ns, db] = await Promise.all([
    ask(requests, "INFO FOR ROOT"),
    ask(requests, `${inNamespace}INFO FOR NS`),
    namespace === undefined ? ask(requests, "INFO FOR DB") : undefined,
  ]);
  return {
    namespaces: keysOf(root, "namespaces"),
    databases: keysOf(ns, "databases"),
    tables: keysOf(db, "tables"),
  };
}

/** The last statement's result; undefined where the server refuses, which is an answer too. */
async function ask(requests: SessionRequests, text: string): Promise<unknown> {
  try {
    const { result } = await requests.send("query", encodeValue([text]), undefined, {
      unasked: true,
    });
    const results = decodeValue(result) as { status?: string; result?: unknown }[];
    const last = results.at(-1);
    return last?.status === "OK" ? last.result : undefined;
  } catch (error) {
    if (error instanceof Error && "kind" in error) return undefined;
    throw error;
  }
}

function keysOf(info: unknown, field: string): string[] | undefined {
  const map = (info as Record<string, unknown> | undefined)?.[field];
  return typeof map === "object" && map !== null ? Object.keys(map).sort() : undefined;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "\\`")}\``;
}
