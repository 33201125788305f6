/** Stores in memory, for the session layer in Node: they copy in and out, as real ones do. */
import type { HistoryEntry, SessionKey, Settings } from "../../src/session/model.ts";
import type {
  DurableStore,
  FamilySecrets,
  Profile,
  SecretStore,
  SessionRecord,
} from "../../src/session/store.ts";

export function memoryDurableStore(): DurableStore {
  const profiles = new Map<string, Profile>();
  const sessions = new Map<SessionKey, SessionRecord>();
  const remembered = new Map<string, FamilySecrets>();
  const history = new Map<SessionKey, HistoryEntry[]>();
  let settings: Settings | undefined;
  return {
    load: async () =>
      structuredClone({
        profiles: [...profiles.values()],
        sessions: [...sessions.values()],
        settings,
        remembered,
      }),
    saveProfile: async (profile) => void profiles.set(profile.id, structuredClone(profile)),
    removeProfile: async (id) => void profiles.delete(id),
    saveSessions: async (records) => {
      for (const record of records) sessions.set(record.key, structuredClone(record));
    },
    removeSession: async (key) => void sessions.delete(key),
    saveSettings: async (changed) => {
      settings = structuredClone(changed);
    },
    addHistory: async (key, entry) => {
      history.set(key, [...(history.get(key) ?? []), structuredClone(entry)]);
    },
    history: async (key) => structuredClone(history.get(key) ?? []),
    saveRemembered: async (id, secrets) => void remembered.set(id, structuredClone(secrets)),
    removeRemembered: async (id) => void remembered.delete(id),
  };
}

export function memorySecretStore(): SecretStore {
  const kept = new Map<string, FamilySecrets>();
  return {
    load: async () => structuredClone(kept),
    save: async (id, secrets) => void kept.set(id, structuredClone(secrets)),
    remove: async (id) => void kept.delete(id),
  };
}
