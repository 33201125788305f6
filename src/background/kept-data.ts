/** All data: given out as a file, read back from one, forgotten. */
import { isLocal } from "../session/connection-url.ts";
import {
  KEPT_FORMAT,
  KEPT_VERSION,
  type KeptFile,
  keptSession,
  keptStatement,
} from "../session/kept-file.ts";
import { readKeptFile } from "../session/kept-import.ts";
import type { Registry } from "../session/registry.ts";
import type { ApiOriginView } from "../session/relay/route-model.ts";
import type { WebBook } from "../web/web-book.ts";
import type { OtherHandlers } from "./commands.ts";
import { keptWeb, readKeptWeb } from "./kept-web.ts";
import type { PastStatements } from "./past-statements.ts";
import type { Routes } from "./routes.ts";
import type { SavedStatements } from "./saved-statements.ts";

/** Who may use the page API, as far as all data goes. */
export interface KeptAccess {
  origins(): ApiOriginView[];
  /** Takes everything back. */
  forgetAll(): Promise<void>;
}

export interface KeptDataOptions {
  registry: Registry;
  routes: Pick<Routes, "ready" | "book" | "always" | "setAlways" | "forgetAll">;
  access: KeptAccess;
  web: Pick<WebBook, "ready" | "saved" | "forgetAll">;
  /** What was run, and what is saved. */
  statements: { past: Pick<PastStatements, "forget">; saved: SavedStatements };
  /** Empties the durable store, of what can't be read any more too. */
  clear(): Promise<void>;
}

type DataHandlers = Pick<OtherHandlers, Extract<keyof OtherHandlers, `data.${string}`>>;

export function keptDataHandlers(options: KeptDataOptions): DataHandlers {
  const { registry, routes, access, web, statements, clear } = options;
  return {
    "data.export": async ({ secrets }) => {
      await routes.ready;
      await web.ready;
      const file: KeptFile = {
        format: KEPT_FORMAT,
        version: KEPT_VERSION,
        exportedAt: Date.now(),
        secrets,
        settings: registry.settings,
        connections: registry.connections.map(({ id }) => registry.connection(id).profile),
        sessions: registry.sessions
          .map(({ key }) => keptSession(registry.session(key), secrets))
          .filter((session) => session !== undefined),
        always: routes.always,
        access: access.origins(),
        web: keptWeb(web.saved),
        statements: (await statements.saved.all()).map((each) => keptStatement(each, secrets)),
      };
      return { text: `${JSON.stringify(file, undefined, 2)}\n` };
    },

    "data.import": async ({ text }) => {
      await routes.ready;
      await web.ready;
      const { connections, sessions, always, ...file } = readKeptFile(text);
      const saved = readKeptWeb(file.web);
      const counts = { connections: 0, sessions: 0, statements: 0 };
      const ids = new Map<string, string>();
      for (const profile of connections) {
        const known = registry.connections.find(({ url }) => url === profile.url);
        if (known) ids.set(profile.id, known.id);
        else {
          ids.set(profile.id, await registry.importConnection(profile));
          counts.connections += 1;
        }
      }
      for (const session of sessions) {
        const connectionId = ids.get(session.connectionId);
        if (connectionId === undefined || registry.has(session.key)) continue;
        await registry.importSession({ ...session, connectionId });
        counts.sessions += 1;
      }
      for (const route of always) {
        // A file may come from anybody: it can send no page's requests to another computer. And who
        // may use the page API is for the person to say again.
        if (routes.book.alwaysFor(route.origin) || !registry.has(route.to)) continue;
        const { url } = registry.connection(registry.session(route.to).record.connectionId).profile;
        if (isLocal(url)) await routes.setAlways(route);
      }
      for (const record of saved) {
        if (await web.saved.import(record)) counts.sessions += 1;
      }
      // Last, since here there may be no room.
      counts.statements = await statements.saved.import(file.statements);
      return counts;
    },

    "data.delete": async () => {
      await routes.ready;
      await routes.forgetAll();
      await access.forgetAll();
      await registry.forgetAll();
      await web.forgetAll();
      await statements.past.forget();
      await clear();
      statements.saved.forgetAll();
      return null;
    },
  };
}
