/**
 * The secret store: `storage.session`, memory that only this extension's own pages can read and that
 * is gone when the browser closes.
 *
 * In Chrome a private window has a worker of its own, but the two share this memory: so keys carry
 * which of them they belong to, and nobody touches a key that isn't theirs.
 */
import browser from "webextension-polyfill";
import type { FamilySecrets, SecretStore } from "../session/store.ts";
import { isFamilySecrets } from "./stored-data.ts";

export function createSecretStore(): SecretStore {
  const area = browser.storage.session;
  const prefix = browser.extension.inIncognitoContext ? "private-sign-in:" : "sign-in:";
  return {
    async load() {
      const found = new Map<string, FamilySecrets>();
      for (const [key, value] of Object.entries(await area.get(null))) {
        if (key.startsWith(prefix) && isFamilySecrets(value)) {
          found.set(key.slice(prefix.length), value);
        }
      }
      return found;
    },
    save: (familyId, secrets) => area.set({ [prefix + familyId]: secrets }),
    remove: (familyId) => area.remove(prefix + familyId),
  };
}
