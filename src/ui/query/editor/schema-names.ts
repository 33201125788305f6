/**
 * The names that completion offers, asked of the server in the very sessions that are chosen: each knows
 * what it may read.
 *
 * They are asked when completion first opens, and kept for half a minute. A page's session is the page's:
 * it is asked only when a person presses the key for it. Where a session may not look, that is said once.
 */
import type { Schema } from "../../../session/schema.ts";
import { toErrorView } from "../../components/action.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import type { PanelStore } from "../../store/store.ts";
import type { Completions } from "./code-completion.ts";

/** Milliseconds for which names are taken as they were. */
const KEPT = 30_000;
/** As many sessions and places are remembered. */
const MOST = 40;

interface Known {
  /** Absent: not asked yet, or it failed. */
  schema?: Schema;
  /** When it was last asked for. */
  askedAt: number;
  asking?: Promise<void>;
}

export interface SchemaNames {
  /** @param sessions who may be asked, in this order: the first that may look answers */
  of(sessions: readonly AnySession[]): Completions;
}

const all = new WeakMap<PanelStore, SchemaNames>();

/** What this panel knows of schemas. */
export function schemaNames(store: PanelStore): SchemaNames {
  let names = all.get(store);
  if (!names) {
    names = createSchemaNames(store);
    all.set(store, names);
  }
  return names;
}

export function createSchemaNames(
  store: Pick<PanelStore, "call" | "announce">,
  clock: () => number = Date.now,
): SchemaNames {
  const known = new Map<string, Known>();
  const said = new Set<string>();

  function sayOnce(id: string, text: string) {
    if (said.has(id)) return;
    said.add(id);
    store.announce(text);
  }

  /** Whoever signs in otherwise, or goes elsewhere, knows other names. */
  function idOf({ key, auth, namespace, database }: AnySession): string {
    return JSON.stringify([key, auth.user, namespace, database]);
  }

  async function ask(session: AnySession, kept: Known): Promise<void> {
    const { key, label } = session;
    kept.askedAt = clock();
    try {
      kept.schema = await store.call("session.schema", { key });
      if (!kept.schema.tables) {
        sayOnce(
          `refused ${idOf(session)}`,
          `${label} may not read the schema: completion knows keywords only.`,
        );
      }
    } catch (thrown) {
      const { message } = toErrorView(thrown);
      sayOnce(
        `failed ${idOf(session)}`,
        `The schema can't be read as ${label}: ${message} Completion knows keywords only.`,
      );
    }
    kept.asking = undefined;
  }

  async function load(session: AnySession, pressed: boolean): Promise<Schema | undefined> {
    const id = idOf(session);
    const before = known.get(id);
    if (isPageSession(session) && !pressed) {
      if (!before) {
        sayOnce("page", `Ctrl+Space asks the page's session which tables there are.`);
      }
      return before?.schema;
    }
    const kept: Known = before ?? { askedAt: Number.NEGATIVE_INFINITY };
    known.delete(id);
    known.set(id, kept);
    for (const oldest of [...known.keys()].slice(0, -MOST)) known.delete(oldest);
    if (clock() - kept.askedAt >= KEPT) kept.asking ??= ask(session, kept);
    await kept.asking;
    return kept.schema;
  }

  return {
    of: (sessions) => ({
      known() {
        const schemas = sessions.map((session) => known.get(idOf(session))?.schema);
        return schemas.find((schema) => schema?.tables) ?? schemas.find(Boolean);
      },
      async load(pressed) {
        for (const session of sessions) {
          const schema = await load(session, pressed);
          if (schema?.tables) return;
        }
      },
    }),
  };
}
