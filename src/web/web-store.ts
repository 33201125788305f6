/**
 * What is kept of web sign-ins, and for how long.
 *
 * As with held sessions there are two stores with two promises: the durable one outlives the browser and
 * holds no secret; the secret one is memory that ends with the browser.
 */
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import type { SeenSession, WebHolder, WebKind, WebSignIn } from "./web-model.ts";
import type { Snapshot } from "./web-system.ts";

/** Saved sessions at most. */
export const SAVED_LIMIT = 200;

/**
 * Who has the refresh token, which is single-use and so has one owner. `extension`: the snapshot is the
 * newest there is. `page`: a page has the session, and renews it by itself. `unsure`: the page that had it
 * has it no more, and may have renewed it unseen before that.
 */
export type SavedOwner = "extension" | "page" | "unsure";

/** A saved session as it is stored: everything but its snapshot. */
export interface SavedRecord {
  key: SessionKey;
  /** Place in the list: in the order in which they were saved. */
  order: number;
  /** The origin that it fits. */
  origin: string;
  /** The cookie store (container) that it fits. */
  storeId: string;
  label: string;
  /** `#rrggbb` */
  colour: string;
  statusSince: number;
  owner: SavedOwner;
  seen: Omit<SeenSession, "current">;
}

/** A label and colour that a person gave to a session, by its id. */
export interface Labelling {
  kind: WebKind;
  id: string;
  label?: string;
  colour?: string;
}

/** The form with which a person signed in last on an origin; secret fields have no values. */
export interface KeptForm {
  origin: string;
  form: WebSignIn;
}

/** What to put back should the worker die in the middle of a swap. */
export interface SwapJournal {
  id: string;
  at: number;
  kind: WebKind;
  holder: WebHolder;
  storeId: string;
  /** The saved session that was on its way into the page. */
  to: { key: SessionKey; id: string; label: string };
  /** What the page had; absent: it had no session. */
  back?: { id: string; label: string; snapshot: Snapshot };
}

/** Outlives the browser. */
export interface WebStore {
  /** What is no whole record is left out. */
  loadSaved(): Promise<SavedRecord[]>;
  saveSaved(record: SavedRecord): Promise<void>;
  /** With its history. */
  removeSaved(key: SessionKey): Promise<void>;
  addHistory(key: SessionKey, entry: HistoryEntry): Promise<void>;
  history(key: SessionKey): Promise<HistoryEntry[]>;
  loadLabels(): Promise<Labelling[]>;
  saveLabels(labels: Labelling[]): Promise<void>;
  loadForms(): Promise<KeptForm[]>;
  saveForms(forms: KeptForm[]): Promise<void>;
}

/** Secret values of a form, by the name of the field. */
export type FormSecrets = Record<string, string>;

/** Ends with the browser. What is read back and isn't whole is left out. */
export interface WebSecretStore {
  load(): Promise<{
    snapshots: Map<SessionKey, Snapshot>;
    journals: SwapJournal[];
    /** By origin. */
    forms: Map<string, FormSecrets>;
  }>;
  saveSnapshot(key: SessionKey, snapshot: Snapshot): Promise<void>;
  removeSnapshot(key: SessionKey): Promise<void>;
  saveJournal(journal: SwapJournal): Promise<void>;
  removeJournal(id: string): Promise<void>;
  saveFormSecrets(origin: string, secrets: FormSecrets): Promise<void>;
  removeFormSecrets(origin: string): Promise<void>;
}
