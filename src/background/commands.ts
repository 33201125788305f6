/**
 * The commands of the views, carried out. One line a command: what it does is for the session layer to
 * know; here only words are matched to operations, and sessions of pages told from those that are held.
 */
import type { CommandName, CommandParams, CommandResult } from "../messages/commands.ts";
import type { RouteCommands } from "../messages/route-commands.ts";
import type { WebCommands } from "../messages/web-commands.ts";
import { InvalidRequestError } from "../session/errors.ts";
import type { SessionKey, SignIn } from "../session/model.ts";
import { namesFor } from "../session/names.ts";
import type { OperableSession } from "../session/operable-session.ts";
import { keepCopy } from "../session/page/keep-copy.ts";
import { isPageSessionKey } from "../session/page/page-model.ts";
import type { Registry } from "../session/registry.ts";
import { callMethod } from "../session/rpc-methods.ts";
import { schemaFor } from "../session/schema.ts";
import { decodeValue } from "../wire/values.ts";
import type { PageWatcher } from "./page-tab.ts";
import type { Pages } from "./pages.ts";
import type { Sites } from "./sites.ts";

/** The view that asks. */
export interface Asking {
  readonly id: string;
  /** Absent for a view without a tab. */
  page?: PageWatcher;
}

/** Carries out one command of one view. */
export type Handlers = {
  [C in CommandName]: (params: CommandParams<C>, view: Asking) => Promise<CommandResult<C>>;
};

/** The commands about routes, the page API, web sign-ins and all that is kept, which others carry out. */
export type OtherHandlers = Pick<Handlers, keyof RouteCommands | keyof WebCommands>;

/** On what the commands are carried out. */
export interface HandlersOptions {
  others: OtherHandlers;
  registry: Registry;
  pages: Pages;
  sites: Sites;
}

interface Keyed {
  key: SessionKey;
}

export function createHandlers({ registry, pages, sites, others }: HandlersOptions): Handlers {
  const session = ({ key }: Keyed): OperableSession & { record: { namespace?: string } } =>
    isPageSessionKey(key) ? pages.session(key) : registry.session(key);
  /** The key, where it is one of ours. */
  const held = ({ key }: Keyed): SessionKey => {
    if (isPageSessionKey(key)) throw onlyHeld();
    return key;
  };
  const done = async (work: Promise<unknown>): Promise<null> => {
    await work;
    return null;
  };

  async function signIn(
    params: { key: string; signIn: SignIn; refresh?: boolean; remember?: boolean },
    signUp: boolean,
  ): Promise<null> {
    const { remember } = params;
    if (remember) registry.assertMayRemember(registry.session(held(params)).record.connectionId);
    await session(params).signIn(params.signIn, { refresh: params.refresh, signUp });
    if (remember !== undefined && !isPageSessionKey(params.key)) {
      await registry.remember(params.key, remember);
    }
    return null;
  }

  return {
    ...others,

    "connection.add": (params) => registry.addConnection(params),
    "connection.edit": ({ id, ...profile }) => registry.editConnection(id, profile),
    "connection.remove": ({ id }) => done(registry.removeConnection(id)),
    "connection.retry": ({ id }) => done(registry.retryConnection(id)),
    "connection.disconnect": ({ id }) => done(registry.disconnect(id)),

    "session.new": async ({ temporary, ...wanted }, view) => ({
      key: await registry.create({ ...wanted, viewId: temporary ? view.id : undefined }),
    }),
    "session.fork": async ({ label, temporary, ...params }, view) => ({
      key: await registry.fork(held(params), label, temporary ? view.id : undefined),
    }),
    "session.reopen": async (params) => ({ key: await registry.reopen(held(params)) }),
    "session.close": (params) => done(session(params).close()),
    "session.end": (params) => done(session(params).end()),
    "session.touch": (params) => done(session(params).touch()),
    "session.reset": (params) => done(session(params).reset()),
    "session.replace": async ({ by, ...params }) =>
      done(registry.replace(held(params), held({ key: by }))),
    "session.forget": async (params) => done(registry.forget(held(params))),
    "session.edit": async ({ key, ...changes }) => done(registry.edit(held({ key }), changes)),
    "session.remember": async ({ on, ...params }) => done(registry.remember(held(params), on)),

    "session.use": async (params) => {
      const target = session(params);
      await target.use(params.namespace, params.database);
      return { namespace: target.record.namespace, database: target.record.database };
    },
    "session.set": async (params) => {
      const { name, expression, value } = params;
      const target = session(params);
      const bytes = value ?? (expression ? await target.requests.evaluate(expression) : undefined);
      if (!bytes) throw new InvalidRequestError("A value is missing.");
      await target.set(name, bytes);
      return { value: bytes };
    },
    "session.unset": (params) => done(session(params).unset(params.name)),

    "session.signIn": (params) => signIn(params, false),
    "session.signUp": (params) => signIn(params, true),
    "session.refresh": (params) => done(session(params).renew("you")),
    "session.revoke": (params) => done(session(params).revoke()),

    "session.check": (params) => done(session(params).check()),
    "session.acceptTruth": (params) => done(session(params).acceptTruth()),
    "session.restoreTruth": (params) => done(session(params).restoreTruth()),

    "session.call": (params, view) => callMethod(session(params), params, view.id),
    "session.query": async (params, view) =>
      session(params).requests.query(params.text, params.bindings, params.txn, view.id),
    "session.info": async (params) => ({
      record: (await session(params).requests.send("info", undefined)).result,
    }),
    "session.version": async (params) => {
      const { result } = await session(params).requests.send("version", undefined);
      return { version: String(decodeValue(result)) };
    },
    "session.names": async (params) => namesFor(session(params), params.namespace),
    "session.schema": async (params) => schemaFor(session(params)),
    "session.tokens": async ({ key }) =>
      isPageSessionKey(key)
        ? { access: pages.session(key).accessToken }
        : { ...registry.session(key).family?.tokens },
    "session.history": async ({ key }) => ({
      entries: isPageSessionKey(key) ? pages.session(key).history : await registry.historyOf(key),
    }),

    "session.begin": async (params) => ({ txn: await session(params).requests.begin() }),
    "session.commit": async (params) => done(session(params).requests.finish(params.txn, "commit")),
    "session.cancel": async (params) => done(session(params).requests.finish(params.txn, "cancel")),

    "session.live": async (params, view) => {
      const { table, statement } = params;
      const text = statement ?? `LIVE SELECT * FROM ${escapeName(table)}`;
      return { id: await session(params).requests.live(text, view.id) };
    },
    "session.stopWatching": async (params) =>
      done(session(params).requests.stopWatching(params.id)),
    "session.kill": async (params) => done(session(params).requests.kill(params.id)),
    // A page's go to the page; the log of requests has them while it records.
    "session.notifications": async ({ key, id }) => ({
      notifications: isPageSessionKey(key) ? [] : registry.session(key).live.events(id),
    }),

    "session.expire": async ({ key }) => {
      if (!isPageSessionKey(key)) {
        throw new InvalidRequestError("Only a page's session can be expired: sign this one out.");
      }
      return done(pages.session(key).expire());
    },
    "session.keepCopy": async ({ key, confirmed }) => {
      if (!isPageSessionKey(key)) {
        throw new InvalidRequestError("This session is kept already: duplicate it.");
      }
      return keepCopy(registry, pages.session(key), confirmed);
    },

    "page.record": async ({ on }, view) => {
      const page = pageOf(view);
      pages.record(page, on);
      return { since: page.recordingSince };
    },
    "page.reload": async (_params, view) => done(pages.reload(pageOf(view))),
    "page.look": async (_params, view) => done(pages.look(pageOf(view))),

    "site.granted": () => done(sites.refresh()),
    "site.disable": ({ pattern }) => done(sites.disable(pattern)),

    "settings.change": (changes) => done(registry.changeSettings(changes)),
  };
}

function onlyHeld(): InvalidRequestError {
  return new InvalidRequestError(
    "This can't be done with a session of the page.",
    "Keep a copy of it, and do it with that.",
  );
}

function pageOf({ page }: Asking): PageWatcher {
  if (!page) throw new InvalidRequestError("This view belongs to no tab.");
  return page;
}

function escapeName(table: string | undefined): string {
  if (!table) throw new InvalidRequestError("A table or a statement is missing.");
  return /^[a-z_][a-z0-9_]*$/i.test(table) ? table : `\`${table.replaceAll("`", "\\`")}\``;
}
