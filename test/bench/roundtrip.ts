/**
 * What the registry adds to a query: its gate, its counting and its envelope, against the bare
 * official SDK on the same server. One request at a time, so that nothing is hidden by overlap.
 */
import { Surreal } from "surrealdb";
import { WebSocket } from "ws";
import { decodeValue } from "../../src/wire/values.ts";
import { loadRegistry } from "../support/registry.ts";
import { nameOf, signInOf } from "./crowd.ts";
import { interleaved, ratioOf, report } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

const ROUND_TRIPS = 500;

/** Prints one line. @returns whether what is wanted is met. */
export async function benchRoundTrip(): Promise<boolean> {
  const server = await startServerProcess(1);
  const registry = await loadRegistry();
  const sdk = new Surreal({ websocketImpl: WebSocket as unknown as typeof globalThis.WebSocket });
  try {
    const signIn = signInOf(0);
    const { id: connectionId } = await registry.addConnection({ url: server.url });
    const held = registry.session(await registry.create({ connectionId, signIn }));

    await sdk.connect(server.url);
    const bare = await sdk.newSession();
    await bare.signin(signIn);

    const comparison = await interleaved({
      registry: async () => {
        for (let n = 0; n < ROUND_TRIPS; n++) {
          const { result } = await held.requests.query("RETURN 1");
          // The panel would decode it as well, and the SDK always does.
          const [statement] = decodeValue(result) as [{ result: unknown }];
          if (statement.result !== 1) throw new Error(`Not an answer: ${statement.result}`);
        }
      },
      sdk: async () => {
        for (let n = 0; n < ROUND_TRIPS; n++) {
          const [result] = await bare.query<[number]>("RETURN 1");
          if (result !== 1) throw new Error(`Not an answer: ${result}`);
        }
      },
    });
    if (held.record.auth.user !== `user:${nameOf(0)}`) throw new Error(held.identity);
    const each = (side: "registry" | "sdk") =>
      `${((comparison.medians[side] / ROUND_TRIPS) * 1000).toFixed(0)} µs`;
    return report(
      "Round trip in a held session, against the SDK",
      ratioOf(comparison, "registry", "sdk"),
      { atMost: 1.1 },
      `${each("registry")} against ${each("sdk")}`,
    );
  } finally {
    await sdk.close();
    await registry.dispose();
    await server.close();
  }
}
