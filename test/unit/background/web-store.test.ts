/** Where web sign-ins are kept: what is read back is whole or isn't used, and old databases go on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { upgrade } from "../../../src/background/storage.ts";
import {
  isKeptForm,
  isLabelling,
  isSavedRecord,
  isSnapshot,
  isSwapJournal,
} from "../../../src/background/stored-web.ts";
import {
  createWebSecretStore,
  createWebStore,
  type SecretArea,
} from "../../../src/background/web-store.ts";
import type { KeptForm, SavedRecord, SwapJournal } from "../../../src/web/web-store.ts";
import type { Snapshot } from "../../../src/web/web-system.ts";
import { seenOf } from "../../support/web/fake-system.ts";
import { APP, cookiesOf } from "../../support/web/fake-world.ts";

const SESSION = { id: "alice-1", user: "alice", n: 1 };
const SNAPSHOT: Snapshot = {
  kind: "supertokens",
  origin: APP,
  takenAt: 1,
  cookies: cookiesOf(SESSION, "0", APP),
  base: `${APP}/auth`,
  more: { "anti-csrf": "x" },
};
const { current: _current, ...SEEN } = seenOf("supertokens", SESSION);
const RECORD: SavedRecord = {
  key: "saved/1",
  order: 1,
  origin: APP,
  storeId: "0",
  label: "Alice",
  colour: "#1a66d6",
  statusSince: 1,
  owner: "extension",
  seen: SEEN,
};
const JOURNAL: SwapJournal = {
  id: "j",
  at: 1,
  kind: "supertokens",
  holder: { tabId: 7, frameId: 0, documentId: "d", origin: APP, top: true },
  storeId: "0",
  to: { key: "saved/1", id: "alice-1", label: "Alice" },
  back: { id: "bob-1", label: "Bob", snapshot: SNAPSHOT },
};
const FORM: KeptForm = {
  origin: APP,
  form: {
    kind: "supertokens",
    endpoint: "/auth/signin",
    fields: [{ name: "email", value: "a", secret: false }],
    shape: "flat",
  },
};

function memoryArea(): SecretArea & { items: Record<string, unknown> } {
  const items: Record<string, unknown> = {};
  return {
    items,
    get: async () => structuredClone(items),
    set: async (given) => void Object.assign(items, structuredClone(given)),
    remove: async (key) => void delete items[key],
  };
}

describe("the secret store", () => {
  it("gives back what was put in, and a private window's own worker nothing of it", async () => {
    const area = memoryArea();
    const own = createWebSecretStore(area, false);
    const hidden = createWebSecretStore(area, true);
    await own.saveSnapshot("saved/1", SNAPSHOT);
    await own.saveJournal(JOURNAL);
    await own.saveFormSecrets(APP, { password: "x" });
    await hidden.saveSnapshot("saved/2", SNAPSHOT);
    area.items["sign-in:f"] = { tokens: {} };
    expect(await own.load()).toEqual({
      snapshots: new Map([["saved/1", SNAPSHOT]]),
      journals: [JOURNAL],
      forms: new Map([[APP, { password: "x" }]]),
    });
    expect([...(await hidden.load()).snapshots.keys()]).toEqual(["saved/2"]);
    await own.removeSnapshot("saved/1");
    await own.removeJournal("j");
    await own.removeFormSecrets(APP);
    const left = await own.load();
    expect([left.snapshots.size, left.journals.length, left.forms.size]).toEqual([0, 0, 0]);
    expect((await hidden.load()).snapshots.size).toBe(1);
  });

  it("leaves out what is no whole snapshot, or has cookies of another host", async () => {
    const area = memoryArea();
    const store = createWebSecretStore(area, false);
    const foreign = cookiesOf(SESSION, "0", "http://bank.example");
    for (const [name, value] of Object.entries({
      a: { ...SNAPSHOT, cookies: foreign },
      b: { ...SNAPSHOT, origin: "null" },
      c: { ...SNAPSHOT, base: "javascript:alert(1)" },
      d: { ...SNAPSHOT, cookies: [{ ...SNAPSHOT.cookies[0], path: 7 }] },
      e: null,
    })) {
      area.items[`web-snapshot:${name}`] = value;
      area.items[`web-swap:${name}`] = { ...JOURNAL, back: { ...JOURNAL.back, snapshot: value } };
    }
    const { snapshots, journals } = await store.load();
    expect([snapshots.size, journals.length]).toEqual([0, 0]);
  });
});

describe("the durable store", () => {
  it("leaves out what is no label or form", async () => {
    const values = new Map<string, unknown>();
    const unused = async () => Promise.reject(new Error("not asked for"));
    const store = createWebStore({
      value: async (key) => values.get(key),
      saveValue: async (key, value) => void values.set(key, value),
      loadSaved: async () => [],
      saveSaved: unused,
      removeSaved: unused,
      addHistory: unused,
      history: unused,
    });
    expect([await store.loadLabels(), await store.loadForms()]).toEqual([[], []]);
    await store.saveForms([FORM, { ...FORM, origin: "x" }]);
    expect(await store.loadForms()).toEqual([FORM]);
    const label = { kind: "clerk" as const, id: "s", label: "Al", colour: "#000000" };
    await store.saveLabels([label, { ...label, colour: "red" }]);
    expect(await store.loadLabels()).toEqual([label]);
  });

  it("takes whole records, and survives anything else", () => {
    expect([isSavedRecord(RECORD), isSwapJournal(JOURNAL)]).toEqual([true, true]);
    const checks = { isSavedRecord, isSnapshot, isSwapJournal, isLabelling, isKeptForm };
    for (const check of Object.values(checks)) {
      fc.assert(fc.property(fc.anything(), (value) => !check(value)));
    }
    for (const whole of [RECORD, JOURNAL]) {
      const is = whole === RECORD ? isSavedRecord : isSwapJournal;
      for (const field of Object.keys(whole)) {
        if (field === "back") continue;
        expect(is({ ...whole, [field]: undefined }), field).toBe(false);
      }
    }
    expect(isSavedRecord({ ...RECORD, seen: { ...SEEN, status: "fine" } })).toBe(false);
    expect(isSavedRecord({ ...RECORD, origin: "javascript:" })).toBe(false);
  });
});

describe("the database", () => {
  /** What a database of this version gets. */
  function made(oldVersion: number): string[] {
    const stores: string[] = [];
    const createObjectStore = (name: string) => {
      stores.push(name);
      return { createIndex: () => undefined };
    };
    // Of the database the upgrade needs this one function.
    upgrade({ createObjectStore } as unknown as Parameters<typeof upgrade>[0], oldVersion);
    return stores;
  }

  it("of a version before gets what it hasn't yet, and keeps all it has", () => {
    expect(made(1)).toEqual(["saved", "statements"]);
    expect(made(2)).toEqual(["statements"]);
  });

  it("that is new gets everything", () => {
    expect(made(0)).toEqual([
      "profiles",
      "sessions",
      "settings",
      "remembered",
      "history",
      "saved",
      "statements",
    ]);
    expect(made(3)).toEqual([]);
  });
});
