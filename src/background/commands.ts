/**
 * The commands of the views, carried out on the registry. One line a command: what it does is for the
 * session layer to know; here only words are matched to operations.
 */
import type { CommandName, CommandParams, CommandResult } from "../messages/commands.ts";
import { InvalidRequestError } from "../session/errors.ts";
import type { SignIn } from "../session/model.ts";
import { namesFor } from "../session/names.ts";
import type { Registry } from "../session/registry.ts";
import { callMethod } from "../session/rpc-methods.ts";
import { decodeValue } from "../wire/values.ts";

/** Carries out one command of one view. */
export type Handlers = {
  [C in CommandName]: (params: CommandParams<C>, viewId: string) => Promise<CommandResult<C>>;
};

export function createHandlers(registry: Registry): Handlers {
  const session = (params: { key: string }) => registry.session(params.key);
  const done = async (work: Promise<unknown>): Promise<null> => {
    await work;
    return null;
  };

  async function signIn(
    params: { key: string; signIn: SignIn; refresh?: boolean; remember?: boolean },
    signUp: boolean,
  ): Promise<null> {
    const target = session(params);
    if (params.remember) registry.assertMayRemember(target.record.connectionId);
    await target.signIn(params.signIn, { refresh: params.refresh, signUp });
    if (params.remember !== undefined) await registry.remember(params.key, params.remember);
    return null;
  }

  return {
    "connection.add": (params) => registry.addConnection(params),
    "connection.edit": ({ id, ...profile }) => registry.editConnection(id, profile),
    "connection.remove": ({ id }) => done(registry.removeConnection(id)),
    "connection.retry": ({ id }) => done(registry.retryConnection(id)),
    "connection.disconnect": ({ id }) => done(registry.disconnect(id)),

    "session.new": async ({ temporary, ...wanted }, viewId) => ({
      key: await registry.create({ ...wanted, viewId: temporary ? viewId : undefined }),
    }),
    "session.fork": async ({ key, label, temporary }, viewId) => ({
      key: await registry.fork(key, label, temporary ? viewId : undefined),
    }),
    "session.reopen": async ({ key }) => ({ key: await registry.reopen(key) }),
    "session.close": (params) => done(session(params).close()),
    "session.end": (params) => done(session(params).end()),
    "session.touch": (params) => done(session(params).touch()),
    "session.reset": (params) => done(session(params).reset()),
    "session.replace": ({ key, by }) => done(registry.replace(key, by)),
    "session.forget": ({ key }) => done(registry.forget(key)),
    "session.edit": ({ key, ...changes }) => done(registry.edit(key, changes)),
    "session.remember": ({ key, on }) => done(registry.remember(key, on)),

    "session.use": async (params) => {
      const target = session(params);
      await target.use(params.namespace, params.database);
      return { namespace: target.record.namespace, database: target.record.database };
    },
    "session.set": async (params) => {
      const { name, expression, value } = params;
      const { requests } = session(params);
      const bytes = value ?? (expression ? await requests.evaluate(expression) : undefined);
      if (!bytes) throw new InvalidRequestError("A value is missing.");
      await session(params).set(name, bytes);
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

    "session.call": (params, viewId) => callMethod(session(params), params, viewId),
    "session.query": (params, viewId) =>
      session(params).requests.query(params.text, params.bindings, params.txn, viewId),
    "session.info": async (params) => ({
      record: (await session(params).requests.send("info", undefined)).result,
    }),
    "session.version": async (params) => {
      const { result } = await session(params).requests.send("version", undefined);
      return { version: String(decodeValue(result)) };
    },
    "session.names": (params) => namesFor(session(params), params.namespace),
    "session.tokens": async (params) => ({ ...session(params).family?.tokens }),
    "session.history": async ({ key }) => ({ entries: await registry.historyOf(key) }),

    "session.begin": async (params) => ({ txn: await session(params).requests.begin() }),
    "session.commit": (params) => done(session(params).requests.finish(params.txn, "commit")),
    "session.cancel": (params) => done(session(params).requests.finish(params.txn, "cancel")),

    "session.live": async (params, viewId) => {
      const { table, statement } = params;
      const { requests } = session(params);
      const text = statement ?? `LIVE SELECT * FROM ${escapeName(table)}`;
      return { id: await requests.live(text, viewId) };
    },
    "session.stopWatching": (params) => done(session(params).requests.stopWatching(params.id)),
    "session.kill": (params) => done(session(params).requests.kill(params.id)),
    "session.notifications": async (params) => ({
      notifications: session(params).live.events(params.id),
    }),

    "settings.change": (changes) => done(registry.changeSettings(changes)),
  };
}

function escapeName(table: string | undefined): string {
  if (!table) throw new InvalidRequestError("A table or a statement is missing.");
  return /^[a-z_][a-z0-9_]*$/i.test(table) ? table : `\`${table.replaceAll("`", "\\`")}\``;
}
