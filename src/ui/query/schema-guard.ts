/**
 * Looks, before a dry run, at what it would set off through the schema: an event that posts to a web hook
 * does so although the transaction never commits. Where that is so the text isn't sent; where nobody may
 * look, the person is told.
 */
import { CommandError } from "../../messages/view-client.ts";
import type { AuthLevel } from "../../session/model.ts";
import {
  reachOf,
  readSchema,
  SCHEMA_QUERY,
  type Schema,
} from "../../session/query/schema-reach.ts";
import { decodeValue } from "../../wire/values.ts";
import type { AnySession } from "../store/any-session.ts";
import { isPageSession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";
import { connectionOf } from "./anonymous.ts";
import { obstacle } from "./can-run.ts";

/** Who may be asked for the schema that a session works on, those first who may most. */
export type Readers = (session: AnySession) => readonly AnySession[];

/**
 * @returns what couldn't be looked at, as a sentence; undefined: nothing reaches out
 * @throws CommandError (RefusedError) where something does
 */
export type SchemaGuard = (session: AnySession, text: string) => Promise<string | undefined>;

/** Of one run: each schema is read once. */
export function createSchemaGuard(call: PanelStore["call"], readers: Readers): SchemaGuard {
  const known = new Map<string, Promise<Schema>>();

  async function read(session: AnySession): Promise<Schema> {
    for (const { key } of readers(session)) {
      const schema = await schemaAs(call, key);
      if (schema.database) return schema;
    }
    return {};
  }

  return async (session, text) => {
    const asked = readers(session).map(({ key }) => key);
    const place = asked.join(" ");
    const schema = known.get(place) ?? read(session);
    known.set(place, schema);
    const { reach, warning } = reachOf(await schema, text);
    const [first] = reach;
    if (first) {
      throw new CommandError({
        name: "RefusedError",
        message: `Not sent: it would set off ${first.what}, which uses ${first.uses}. A dry run can't take that back.`,
      });
    }
    return (
      warning &&
      "Nobody here may read the schema: an event or a function that uses the network would still reach out."
    );
  };
}

/** Empty where this session may not look. */
async function schemaAs(call: PanelStore["call"], key: string): Promise<Schema> {
  try {
    const { result } = await call("session.query", { key, text: SCHEMA_QUERY });
    const statements = decodeValue(result);
    const last = Array.isArray(statements) ? statements.at(-1) : undefined;
    return readSchema((last as { result?: unknown } | undefined)?.result);
  } catch {
    // Refused, or not to be had: the next one is asked, and if nobody may look it is said.
    return {};
  }
}

/** Those who may look at a schema by their level; others are asked last. */
const LOOKS: readonly AuthLevel[] = ["root", "namespace", "database"];

/**
 * Of the same server and place: those chosen, and then held ones that may look. No session of the page
 * that wasn't chosen: it is the page's.
 */
export function schemaReaders(store: PanelStore, chosen: readonly AnySession[]): Readers {
  return (session) => {
    const url = serverOf(store, session);
    const here = (each: AnySession) =>
      serverOf(store, each) === url &&
      each.namespace === session.namespace &&
      each.database === session.database &&
      !obstacle(each);
    const rank = ({ auth }: AnySession) => (LOOKS.includes(auth.level) ? 0 : 1);
    const others = store.sessions.all
      .peek()
      .filter((each) => rank(each) === 0 && !chosen.some(({ key }) => key === each.key));
    const asked = chosen.filter(here).sort((a, b) => rank(a) - rank(b));
    const may = asked.filter((each) => rank(each) === 0);
    return [...may, ...others.filter(here), ...asked.filter((each) => rank(each) > 0)];
  };
}

function serverOf(store: PanelStore, session: AnySession): string | undefined {
  return isPageSession(session) ? session.holder.url : connectionOf(store, session)?.url;
}
