/**
 * Which namespaces, databases and tables a session may choose from.
 *
 * `INFO FOR ROOT`, `NS` and `DB` list them where the session's user may look. Where the server says
 * no, the list is absent: pickers then take free text, and never claim that a name is new.
 *
 * The one care: `USE NS` creates a namespace that is missing, for whoever may (measured on engine
 * 3.0.2), so looking must never name one that isn't known to be there.
 */
import { decodeValue, encodeValue } from "../wire/values.ts";
import type { Answer } from "./session-requests.ts";

/** Who asks: a session of any holder. */
export interface Asker {
  requests: {
    send(
      method: string,
      params: Uint8Array | undefined,
      txn: string | undefined,
      options: { unasked: true },
    ): Promise<Answer>;
  };
  record: { namespace?: string; auth: { namespace?: string } };
}

export interface Names {
  namespaces?: string[];
  databases?: string[];
  tables?: string[];
}

/**
 * @param session who asks
 * @param namespace whose databases are asked for; absent: of the one that is selected. One that the
 *   server's list hasn't got has no databases; where there is no list, only the selected one and the
 *   user's own are asked about.
 */
export async function namesFor({ requests, record }: Asker, namespace?: string): Promise<Names> {
  const listed = ask(requests, "INFO FOR ROOT").then((root) => keysOf(root, "namespaces"));
  const [namespaces, ns, db] = await Promise.all([
    listed,
    namespace === undefined || namespace === record.namespace
      ? ask(requests, "INFO FOR NS")
      : databasesElsewhere(),
    namespace === undefined ? ask(requests, "INFO FOR DB") : undefined,
  ]);
  return {
    namespaces,
    databases: keysOf(ns, "databases"),
    tables: keysOf(db, "tables"),
  };

  async function databasesElsewhere(): Promise<unknown> {
    const wanted = namespace as string;
    const all = await listed;
    if (all && !all.includes(wanted)) return { databases: {} };
    if (!all && wanted !== record.auth.namespace) return undefined;
    // USE inside a text lasts for that text only (measured on engine 3.0.2).
    return ask(requests, `USE NS ${quoted(wanted)}; INFO FOR NS`);
  }
}

/** The last statement's result; undefined where the server refuses, which is an answer too. */
async function ask(requests: Asker["requests"], text: string): Promise<unknown> {
  return (await askEach(requests, text)).at(-1);
}

/**
 * Each statement's result, undefined where the server refuses it; none where it refuses the whole
 * text. It doesn't count as use of the session.
 */
export async function askEach(requests: Asker["requests"], text: string): Promise<unknown[]> {
  try {
    const { result } = await requests.send("query", encodeValue([text]), undefined, {
      unasked: true,
    });
    const results = decodeValue(result) as { status?: string; result?: unknown }[];
    return results.map((each) => (each.status === "OK" ? each.result : undefined));
  } catch (error) {
    if (error instanceof Error && "kind" in error) return [];
    throw error;
  }
}

/** The names under `field` of what INFO answered, in order. */
export function keysOf(info: unknown, field: string): string[] | undefined {
  const map = (info as Record<string, unknown> | undefined)?.[field];
  return typeof map === "object" && map !== null ? Object.keys(map).sort() : undefined;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "\\`")}\``;
}
