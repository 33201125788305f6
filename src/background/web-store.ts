/**
 * Where web sign-ins are kept: saved sessions, labels and forms in IndexedDB; snapshots, what an
 * interrupted swap has to put back, and secret values of forms in `storage.session`.
 *
 * As the sign-ins of held sessions those of a private window of Chrome share their memory with those of
 * the others, and carry in their key whose they are.
 */
import type { DurableStore } from "../session/store.ts";
import type { FormSecrets, SwapJournal, WebSecretStore, WebStore } from "../web/web-store.ts";
import type { Snapshot } from "../web/web-system.ts";
import type { KeptValues, SavedSessions } from "./storage.ts";
import { isFormSecrets, isKeptForm, isLabelling, isSnapshot, isSwapJournal } from "./stored-web.ts";

const LABELS = "web-labels";
const FORMS = "web-forms";

export function createWebStore(
  durable: SavedSessions &
    Pick<KeptValues, "value" | "saveValue"> &
    Pick<DurableStore, "addHistory" | "history">,
): WebStore {
  const list = async <T>(key: string, is: (value: unknown) => value is T): Promise<T[]> => {
    const stored = await durable.value(key);
    return (Array.isArray(stored) ? Array.from<unknown>(stored) : []).filter(is);
  };
  return {
    loadSaved: () => durable.loadSaved(),
    saveSaved: (record) => durable.saveSaved(record),
    removeSaved: (key) => durable.removeSaved(key),
    addHistory: (key, entry) => durable.addHistory(key, entry),
    history: (key) => durable.history(key),
    loadLabels: () => list(LABELS, isLabelling),
    saveLabels: (labels) => durable.saveValue(LABELS, labels),
    loadForms: () => list(FORMS, isKeptForm),
    saveForms: (forms) => durable.saveValue(FORMS, forms),
  };
}

/** `storage.session` of the browser, as far as it is needed; tests give their own. */
export interface SecretArea {
  get(keys: null): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
  remove(keys: string): Promise<void>;
}

/** @param isPrivate of a private window's own worker */
export function createWebSecretStore(area: SecretArea, isPrivate: boolean): WebSecretStore {
  const whose = isPrivate ? "private-" : "";
  const snapshot = `${whose}web-snapshot:`;
  const journal = `${whose}web-swap:`;
  const form = `${whose}web-form:`;
  return {
    async load() {
      const snapshots = new Map<string, Snapshot>();
      const journals: SwapJournal[] = [];
      const forms = new Map<string, FormSecrets>();
      for (const [key, value] of Object.entries(await area.get(null))) {
        const own = (prefix: string) => key.slice(prefix.length);
        if (key.startsWith(snapshot) && isSnapshot(value)) snapshots.set(own(snapshot), value);
        if (key.startsWith(journal) && isSwapJournal(value)) journals.push(value);
        if (key.startsWith(form) && isFormSecrets(value)) forms.set(own(form), value);
      }
      return { snapshots, journals, forms };
    },
    saveSnapshot: (key, value) => area.set({ [snapshot + key]: value }),
    removeSnapshot: (key) => area.remove(snapshot + key),
    saveJournal: (value) => area.set({ [journal + value.id]: value }),
    removeJournal: (id) => area.remove(journal + id),
    saveFormSecrets: (origin, secrets) => area.set({ [form + origin]: secrets }),
    removeFormSecrets: (origin) => area.remove(form + origin),
  };
}
