/**
 * The views' remembered choices: one object under one key in `storage.local`.
 *
 * Several panels may be open and each writes only what it changed, so a change is merged into what is
 * stored at that moment. Changes that come while one is being written go together (a divider that is
 * dragged changes with each move).
 */
import browser from "webextension-polyfill";

const KEY = "view-preferences";

export interface Preferences {
  load(): Promise<Record<string, unknown>>;
  save(name: string, value: unknown): void;
}

async function read(): Promise<Record<string, unknown>> {
  const stored = (await browser.storage.local.get(KEY))[KEY];
  return typeof stored === "object" && stored !== null ? { ...stored } : {};
}

/** @param keep False: changes are forgotten with the page (private windows). */
export function createPreferences(keep: boolean): Preferences {
  let changes: Record<string, unknown> = {};
  let writing = false;

  async function write() {
    writing = true;
    try {
      while (Object.keys(changes).length > 0) {
        const taken = changes;
        changes = {};
        await browser.storage.local.set({ [KEY]: { ...(await read()), ...taken } });
      }
    } catch (error) {
      // A choice of looks that is forgotten is not worth a person's attention.
      console.warn("Switchyard: a remembered choice of this view was not kept.", error);
    } finally {
      writing = false;
    }
  }

  return {
    load: read,
    save(name, value) {
      if (!keep) return;
      changes[name] = value;
      if (!writing) void write();
    },
  };
}
