/**
 * How long until everybody is back: 200 sessions, each signed in as somebody else, with namespace,
 * database and three variables, on a connection that is cut and whose server is 20 ms away. Measured
 * from the cut until each of them has answered a query as itself; against the official SDK doing the
 * same.
 */
import { RecordId, Surreal, type SurrealSession } from "surrealdb";
import { WebSocket } from "ws";
import type { HeldSession } from "../../src/session/held-session.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";
import { loadRegistry } from "../support/registry.ts";
import { CROWD_PLACE, CROWD_VARIABLES, nameOf, signInOf } from "./crowd.ts";
import { type DelayProxy, startDelayProxy } from "./delay-proxy.ts";
import { interleaved, ratioOf, report, type Side } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

const SESSIONS = 200;
/** Milliseconds, each way. */
const DELAY = 20;
const WHO = "RETURN { user: $auth, db: session::db(), of: [$tenant, $locale, $limits.rows] }";

interface Client {
  proxy: DelayProxy;
  /** Milliseconds from the cut of its sockets until all sessions have answered as themselves. */
  cutAndRestore(): Promise<number>;
  close(): Promise<void>;
}

/** Prints one line. @param runs of each side @returns whether what is wanted is met. */
export async function benchRestore(runs: number): Promise<boolean> {
  const server = await startServerProcess(SESSIONS);
  const clients: Client[] = [];
  try {
    const ours = await registryClient(server.port);
    clients.push(ours);
    const sdk = await sdkClient(server.port);
    clients.push(sdk);
    const comparison = await interleaved({ ours: sideOf(ours), sdk: sideOf(sdk) }, runs);
    const seconds = (side: "ours" | "sdk") => `${(comparison.medians[side] / 1000).toFixed(2)} s`;
    const fewer = runs === 11 ? "" : `, ${runs} runs`;
    return report(
      `Restore of ${SESSIONS} sessions, ${DELAY} ms away`,
      ratioOf(comparison, "sdk", "ours"),
      { atLeast: 20 },
      `${seconds("ours")} against the SDK's ${seconds("sdk")}${fewer}`,
    );
  } finally {
    for (const client of clients) await client.close();
    await server.close();
  }
}

/** The run that warms up, and doesn't count, is at a server that is near: that saves a minute. */
function sideOf(client: Client): Side {
  return async () => {
    const time = await client.cutAndRestore();
    client.proxy.delay = DELAY;
    return time;
  };
}

async function registryClient(serverPort: number): Promise<Client> {
  const proxy = await startDelayProxy(serverPort, 0);
  const registry = await loadRegistry();
  const url = `ws://127.0.0.1:${proxy.port}/rpc`;
  const { id: connectionId } = await registry.addConnection({ url });
  const connection = registry.connection(connectionId);
  const sessions = await Promise.all(
    people().map(async (n): Promise<HeldSession> => {
      const key = await registry.create({ connectionId, signIn: signInOf(n) });
      const session = registry.session(key);
      for (const [name, value] of Object.entries(CROWD_VARIABLES)) {
        await session.set(name, encodeValue(value));
      }
      return session;
    }),
  );
  return {
    proxy,
    cutAndRestore: async () => {
      const begun = performance.now();
      proxy.cut();
      while (connection.isUp) await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(
        sessions.map(async (session, n) => {
          const { result } = await session.requests.query(WHO);
          const [statement] = decodeValue(result) as [{ result: unknown }];
          assertIsHimself(statement.result, n);
        }),
      );
      return performance.now() - begun;
    },
    close: async () => {
      await registry.dispose();
      await proxy.close();
    },
  };
}

async function sdkClient(serverPort: number): Promise<Client> {
  const proxy = await startDelayProxy(serverPort, 0);
  const sdk = new Surreal({ websocketImpl: WebSocket as unknown as typeof globalThis.WebSocket });
  await sdk.connect(`ws://127.0.0.1:${proxy.port}/rpc`, {
    // Its first pause is twice this: 75 ms, the mean of ours. By default it would be 2 s.
    reconnect: { enabled: true, attempts: -1, retryDelay: 37.5 },
  });
  const sessions = await Promise.all(
    people().map(async (n): Promise<SurrealSession> => {
      const session = await sdk.newSession();
      await session.signin(signInOf(n));
      await session.use(CROWD_PLACE);
      for (const [name, value] of Object.entries(CROWD_VARIABLES)) await session.set(name, value);
      return session;
    }),
  );
  return {
    proxy,
    cutAndRestore: async () => {
      const begun = performance.now();
      const noticed = new Promise<void>((resolve) => {
        const stop = sdk.subscribe("reconnecting", () => {
          stop();
          resolve();
        });
      });
      proxy.cut();
      await noticed;
      await Promise.all(
        sessions.map(async (session, n) => {
          const [who] = await session.query<[unknown]>(WHO);
          assertIsHimself(who, n);
        }),
      );
      return performance.now() - begun;
    },
    close: async () => {
      await sdk.close();
      await proxy.close();
    },
  };
}

function people(): number[] {
  return Array.from({ length: SESSIONS }, (_, n) => n);
}

/** @throws Error when the session answered as somebody else, elsewhere, or without its variables */
function assertIsHimself(answer: unknown, n: number): void {
  const { user, db, of } = answer as { user: unknown; db: unknown; of: unknown[] };
  const isHe = user instanceof RecordId && user.id === nameOf(n);
  const hasAll = db === CROWD_PLACE.database && of.join() === "acme,en-GB,100";
  if (!isHe || !hasAll) throw new Error(`Session ${n} answered as ${user}, ${db}, ${of}.`);
}
