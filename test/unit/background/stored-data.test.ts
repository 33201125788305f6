/** What is read back from storage is used only where it is what it should be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isFamilySecrets,
  isProfile,
  isSessionRecord,
  isSettings,
} from "../../../src/background/stored-data.ts";
import type { FamilySecrets, Profile, SessionRecord } from "../../../src/session/store.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { loadRegistry } from "../../support/registry.ts";

const PROFILE: Profile = { id: "p", name: "Demo", url: "ws://127.0.0.1:9/rpc" };

const RECORD: SessionRecord = {
  key: "7c2b7d3e-8f00-4123-8456-789abcdef012",
  id: "7c2b7d3e-8f00-4123-8456-789abcdef012",
  connectionId: "p",
  order: 1,
  label: "Alice",
  colour: "#3b82f6",
  number: 1,
  namespace: "app",
  database: "tenant_a",
  variables: [{ name: "colour", value: new Uint8Array([0x05]) }],
  auth: { level: "record", user: "user:alice", renewable: true },
  status: "active",
  cause: "Created.",
  statusSince: 1,
  createdAt: 1,
  updatedAt: 1,
  lastActiveAt: Date.now(),
  remembered: false,
  familyId: "f",
  liveQueries: [
    {
      id: "l",
      statement: "LIVE SELECT * FROM note",
      begunAt: 1,
      events: 0,
      state: "watching",
      gaps: [{ from: 1, to: 2 }],
    },
  ],
};

const SECRETS: FamilySecrets = {
  tokens: { access: "a.b.c", refresh: "r" },
  credentials: { way: "root", username: "root", password: "root" },
};

const CHECKS = { isFamilySecrets, isProfile, isSessionRecord, isSettings };

/** Anything that a storage could give back. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withTypedArray: true,
  withSparseArray: true,
});

/** Every place in a value, as the path to it. */
function pathsIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}

/** `value` with something else in one place. */
function broken<T>(value: T, path: (string | number)[], by: unknown): T {
  const copy = structuredClone(value) as Record<string, unknown>;
  const last = path.at(-1);
  if (last === undefined) return by as T;
  let at: Record<string, unknown> = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  at[last] = by;
  return copy as T;
}

describe("stored data", () => {
  it("passes as we write it", () => {
    expect(isProfile(PROFILE)).toBe(true);
    expect(isSessionRecord(RECORD)).toBe(true);
    expect(isFamilySecrets(SECRETS)).toBe(true);
    expect(isSettings({ abandonAfter: 60_000 })).toBe(true);
  });

  it("of any other kind is refused without a throw", () => {
    fc.assert(
      fc.property(anything, (value) => {
        for (const check of Object.values(CHECKS)) expect(check(value)).toBe(false);
      }),
    );
  });

  it("with a required field gone is refused", () => {
    for (const field of Object.keys(RECORD) as (keyof SessionRecord)[]) {
      const { [field]: _gone, ...rest } = RECORD;
      const optional = ["id", "number", "namespace", "database", "familyId"].includes(field);
      expect(isSessionRecord(rest), field).toBe(optional);
    }
    for (const field of ["id", "name", "url"] as const) {
      const { [field]: _gone, ...rest } = PROFILE;
      expect(isProfile(rest), field).toBe(false);
    }
  });

  it.each([
    ["http://localhost:8000/rpc"],
    ["javascript:alert(1)"],
    ["not a url"],
    [""],
    ["file:///etc/passwd"],
  ])("with the URL %s is no profile", (url) => {
    expect(isProfile({ ...PROFILE, url })).toBe(false);
  });

  it("broken in any one place never breaks the worker: used or dropped, the rest is there", async () => {
    const paths = pathsIn(RECORD);
    const secretPaths = pathsIn(SECRETS);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom(...secretPaths),
        fc.oneof(
          fc.constantFrom<unknown>(null, undefined, "", -1, Number.NaN, [], new Array(2), {}),
          anything,
        ),
        async (path, secretPath, by) => {
          const cloneable = isCloneable(by) ? by : null;
          const record = broken(RECORD, path, cloneable);
          const secrets = broken(SECRETS, secretPath, cloneable);
          const sound = { ...structuredClone(RECORD), key: "sound", id: "sound", familyId: "g" };
          const registry = await loadRegistry({
            durable: {
              ...memoryDurableStore(),
              load: async () => ({
                profiles: [{ ...PROFILE, disconnected: true }],
                sessions: [record, sound].filter(isSessionRecord),
                remembered: new Map(),
              }),
            },
            secret: {
              ...memorySecretStore(),
              load: async () =>
                new Map(
                  (
                    [
                      ["f", secrets],
                      ["g", structuredClone(SECRETS)],
                    ] as const
                  ).filter(([, one]) => isFamilySecrets(one)),
                ),
            },
          });
          registry.wake();
          await new Promise((resolve) => setImmediate(resolve));
          const keys = registry.sessions.map(({ key }) => key);
          expect(keys).toContain("sound");
          // What is shown survives the way to a view.
          structuredClone(registry.sessions);
          await registry.dispose();
        },
      ),
      { numRuns: 150 },
    );
  });
});

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    // A storage can't have held it either.
    return false;
  }
}
