/** One registry with one open connection, and short words for what tests do in it all the time. */
import { ACCESSES, DEMO_PEOPLE, NAMESPACE } from "../../demo/server/seed.ts";
import type { HistoryEntry, SessionView, SignIn } from "../../src/session/model.ts";
import type { Registry } from "../../src/session/registry.ts";
import type { NewSession } from "../../src/session/session-record.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";
import { loadRegistry, type RegistryParts, until, viewIn } from "./registry.ts";

/** The people of the demo, as the forms of the panel are filled in. */
export const SIGN_INS = {
  alice: recordSignIn("alice", "tenant_a"),
  bob: recordSignIn("bob", "tenant_b"),
  root: { way: "root", username: "root", password: "root" },
  operator: {
    way: "namespace",
    namespace: NAMESPACE,
    username: DEMO_PEOPLE.operator.name,
    password: DEMO_PEOPLE.operator.password,
  },
  editor: {
    way: "database",
    namespace: NAMESPACE,
    database: "tenant_a",
    username: DEMO_PEOPLE.editor.name,
    password: DEMO_PEOPLE.editor.password,
  },
  viewer: {
    way: "database",
    namespace: NAMESPACE,
    database: "tenant_a",
    username: DEMO_PEOPLE.viewer.name,
    password: DEMO_PEOPLE.viewer.password,
  },
} as const satisfies Record<string, SignIn>;

/** A record sign-in through any of the demo's accesses. */
export function recordSignIn(
  name: string,
  database = "tenant_a",
  access: string = ACCESSES.account,
  password = name,
): Extract<SignIn, { way: "record" }> {
  return { way: "record", namespace: NAMESPACE, database, access, variables: { name, password } };
}

export interface Scene {
  registry: Registry;
  connectionId: string;
  create(wanted?: Omit<NewSession, "connectionId">): Promise<string>;
  view(key: string): SessionView;
  /** The result of the last statement, decoded. */
  ask(key: string, text: string, bindings?: Record<string, unknown>): Promise<unknown>;
  /** What the server says of the session: user and place. */
  whoIs(key: string): Promise<string>;
  history(key: string): Promise<HistoryEntry[]>;
  connected(): Promise<void>;
}

/** Loads a registry and connects it to `url`; with stores that know the URL already it is woken. */
export async function openScene(url: string, parts: RegistryParts = {}): Promise<Scene> {
  const registry = await loadRegistry(parts);
  const known = registry.connections.find((connection) => connection.url === url);
  if (known) registry.wake();
  const connectionId = known?.id ?? (await registry.addConnection({ url })).id;
  const scene = sceneOf(registry, connectionId);
  await scene.connected();
  return scene;
}

export function sceneOf(registry: Registry, connectionId: string): Scene {
  const ask: Scene["ask"] = async (key, text, bindings) => {
    const bytes = bindings && encodeValue(bindings);
    const { result } = await registry.session(key).requests.query(text, bytes);
    const last = (decodeValue(result) as { status: string; result: unknown }[]).at(-1);
    if (last?.status !== "OK") throw new Error(String(last?.result));
    return last.result;
  };
  return {
    registry,
    connectionId,
    create: (wanted) => registry.create({ connectionId, ...wanted }),
    view: (key) => viewIn(registry, key),
    ask,
    whoIs: async (key) => {
      const said = await ask(
        key,
        "RETURN [$token.ID ?? 'anonymous', session::ns(), session::db()].map(|$x| <string> ($x ?? '-'))",
      );
      return (said as string[]).join(" ");
    },
    history: (key) => registry.historyOf(key),
    connected: async () => {
      await until(() => registry.connection(connectionId).state.kind === "open");
    },
  };
}

/** The error that a promise ends with; fails the test where it is fulfilled. */
export async function failureOf(
  work: PromiseLike<unknown>,
): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("This was expected to fail.");
}

/**
 * What the work comes to, if it comes to it without waiting for anything: for no server, no timer. Throws
 * when it takes more than some turns of the event loop, which are as many however slow the machine is.
 */
export async function atOnce<T>(work: Promise<T>): Promise<T> {
  const TURNS = 20;
  const waits = (async () => {
    for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
    throw new Error(`It waits for something: ${TURNS} turns of the event loop weren't enough.`);
  })();
  return Promise.race([work, waits]);
}
