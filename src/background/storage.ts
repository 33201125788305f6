/**
 * The durable store: IndexedDB, versioned.
 *
 * It outlives the browser and holds no secret, but for the sign-ins that a person told us to remember
 * (the store `remembered`). What is read back is checked: an older version of the extension, or a
 * disk that failed, may have written it.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import type { SavedHead, SavedStatement } from "../session/query/kept-statements.ts";
import { headOf } from "../session/query/kept-statements.ts";
import {
  type DurableStore,
  type FamilySecrets,
  HISTORY_DAYS,
  HISTORY_LIMIT,
  type Profile,
  type SessionRecord,
} from "../session/store.ts";
import type { SavedRecord } from "../web/web-store.ts";
import type { SavedStatementStore } from "./saved-statements.ts";
import { isFamilySecrets, isProfile, isSessionRecord, isSettings } from "./stored-data.ts";
import { isSavedStatement } from "./stored-statements.ts";
import { isSavedRecord } from "./stored-web.ts";

interface Schema extends DBSchema {
  profiles: { key: string; value: Profile };
  sessions: { key: SessionKey; value: SessionRecord };
  /** The settings, and other small values, each under its own key. */
  settings: { key: string; value: unknown };
  remembered: { key: string; value: FamilySecrets };
  history: {
    key: number;
    value: { session: SessionKey; entry: HistoryEntry };
    indexes: { session: SessionKey };
  };
  /** Saved web sessions; since version 2. */
  saved: { key: SessionKey; value: SavedRecord };
  /** Statements that a person saved; since version 3. */
  statements: { key: string; value: SavedStatement };
}

/** Small things beside sessions, one value a key. Whoever reads one checks what it is. */
export interface KeptValues {
  value(key: string): Promise<unknown>;
  saveValue(key: string, value: unknown): Promise<void>;
  /** Everything that the store holds, whatever it is. */
  clear(): Promise<void>;
}

/** Saved web sessions, without their sign-ins. */
export interface SavedSessions {
  loadSaved(): Promise<SavedRecord[]>;
  saveSaved(record: SavedRecord): Promise<void>;
  /** With its history. */
  removeSaved(key: SessionKey): Promise<void>;
}

const VERSION = 3;
const DAY = 24 * 60 * 60 * 1000;

/** Brings a database of any version to the present one; of what is in it nothing changes. */
export function upgrade(
  db: Pick<IDBPDatabase<Schema>, "createObjectStore">,
  oldVersion: number,
): void {
  if (oldVersion < 1) {
    db.createObjectStore("profiles", { keyPath: "id" });
    db.createObjectStore("sessions", { keyPath: "key" });
    db.createObjectStore("settings");
    db.createObjectStore("remembered");
    const history = db.createObjectStore("history", { autoIncrement: true });
    history.createIndex("session", "session");
  }
  if (oldVersion < 2) db.createObjectStore("saved", { keyPath: "key" });
  if (oldVersion < 3) db.createObjectStore("statements", { keyPath: "id" });
}

/** @param name of the database; private windows have their own IndexedDB, not their own name */
export function createDurableStore(
  name = "switchyard",
): DurableStore & KeptValues & SavedSessions & SavedStatementStore {
  let opening: Promise<IDBPDatabase<Schema>> | undefined;
  /** Opened at first use, and again after the browser closed it (storage cleared, disk full). */
  function database(): Promise<IDBPDatabase<Schema>> {
    opening ??= openDB<Schema>(name, VERSION, {
      upgrade: (db, oldVersion) => upgrade(db, oldVersion),
      terminated() {
        opening = undefined;
      },
    }).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  async function removeWithHistory(store: "sessions" | "saved", key: SessionKey): Promise<void> {
    const tx = (await database()).transaction([store, "history"], "readwrite");
    const lines = await tx.objectStore("history").index("session").getAllKeys(key);
    await Promise.all([
      tx.objectStore(store).delete(key),
      ...lines.map((line) => tx.objectStore("history").delete(line)),
      tx.done,
    ]);
  }

  return {
    async load() {
      const db = await database();
      const [profiles, sessions, settings, keys, secrets] = await Promise.all([
        db.getAll("profiles"),
        db.getAll("sessions"),
        db.get("settings", "settings"),
        db.getAllKeys("remembered"),
        db.getAll("remembered"),
      ]);
      const remembered = new Map<string, FamilySecrets>();
      for (const [index, key] of keys.entries()) {
        const kept: unknown = secrets[index];
        if (isFamilySecrets(kept)) remembered.set(key, kept);
      }
      return {
        profiles: profiles.filter(isProfile),
        sessions: sessions.filter(isSessionRecord),
        settings: isSettings(settings) ? settings : undefined,
        remembered,
      };
    },

    async saveProfile(profile) {
      await (await database()).put("profiles", profile);
    },

    async removeProfile(id) {
      await (await database()).delete("profiles", id);
    },

    async saveSessions(records) {
      const tx = (await database()).transaction("sessions", "readwrite");
      await Promise.all([...records.map((record) => tx.store.put(record)), tx.done]);
    },

    removeSession: (key) => removeWithHistory("sessions", key),

    async loadSaved() {
      return (await (await database()).getAll("saved")).filter(isSavedRecord);
    },

    async saveSaved(record) {
      await (await database()).put("saved", record);
    },

    removeSaved: (key) => removeWithHistory("saved", key),

    async loadStatementHeads() {
      // One at a time: together they may be long.
      const heads: SavedHead[] = [];
      const { store } = (await database()).transaction("statements");
      for await (const { value } of store) {
        if (isSavedStatement(value)) heads.push(headOf(value));
      }
      return heads;
    },

    async loadStatement(id) {
      const statement: unknown = await (await database()).get("statements", id);
      return isSavedStatement(statement) ? statement : undefined;
    },

    async saveStatement(statement) {
      await (await database()).put("statements", statement);
    },

    async removeStatement(id) {
      await (await database()).delete("statements", id);
    },

    async saveSettings(settings) {
      await (await database()).put("settings", settings, "settings");
    },

    async value(key) {
      return (await database()).get("settings", key);
    },

    async saveValue(key, value) {
      await (await database()).put("settings", value, key);
    },

    async clear() {
      const db = await database();
      await Promise.all([...db.objectStoreNames].map((store) => db.clear(store)));
    },

    async addHistory(session, entry) {
      const tx = (await database()).transaction("history", "readwrite");
      await tx.store.add({ session, entry });
      const keys = await tx.store.index("session").getAllKeys(session);
      const excess = keys.slice(0, Math.max(0, keys.length - HISTORY_LIMIT));
      await Promise.all([...excess.map((key) => tx.store.delete(key)), tx.done]);
    },

    async history(session) {
      const lines = await (await database()).getAllFromIndex("history", "session", session);
      const since = Date.now() - HISTORY_DAYS * DAY;
      return lines.map(({ entry }) => entry).filter(({ at }) => at >= since);
    },

    async saveRemembered(familyId, secrets) {
      await (await database()).put("remembered", secrets, familyId);
    },

    async removeRemembered(familyId) {
      await (await database()).delete("remembered", familyId);
    },
  };
}
