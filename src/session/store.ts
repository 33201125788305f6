/**
 * What the registry keeps, and for how long.
 *
 * Two stores with two promises. The durable one (IndexedDB in the extension) outlives the browser
 * and never holds a secret, unless the person ticked "Remember on this computer". The secret one
 * (`storage.session`) lives in memory until the browser closes. The registry knows only these
 * interfaces, so that it runs the same in Node.
 */
import type { HistoryEntry, LiveQueryView, SessionFields, SessionKey, Settings } from "./model.ts";
import type { Credentials, Tokens } from "./sign-in.ts";

/** A connection profile: one URL, many sessions. */
export interface Profile {
  id: string;
  name: string;
  url: string;
  namespace?: string;
  database?: string;
  /** The person disconnected it: it is not opened by itself. */
  disconnected?: boolean;
  /** See `ConnectionView`. */
  careful?: boolean;
}

/** A live query that a view began, and that a restore begins again under the same id. */
export interface LiveQueryRecord extends LiveQueryView {
  /** A CBOR map: the statement's parameters. */
  bindings?: Uint8Array;
  /** It was one of several statements of a text: that can't be begun again without the others. */
  isPart?: boolean;
  /** The view, or the socket of a routed page, that it ends with. */
  viewId?: string;
  /** Of a routed page's: which of the page's own sessions began it; `default` for its default one. */
  pageSession?: string;
}

/** A held session as it is stored: everything but secrets. */
export interface SessionRecord extends SessionFields {
  /** Place in the list: sessions are shown in the order in which they were made. */
  order: number;
  /** The view that it closes with, for a temporary session. */
  viewId?: string;
  /** The token family that its sign-in belongs to; absent when anonymous. */
  familyId?: string;
  liveQueries: LiveQueryRecord[];
}

/** All that renews one sign-in; shared by a session and its forks. */
export interface FamilySecrets {
  tokens: Tokens;
  /** Kept so that a token can be had again without a refresh token. */
  credentials?: Credentials;
  /** The person wanted none (SignIn against SignInWithRefresh): one that comes is not kept. */
  withoutRefresh?: boolean;
  /**
   * A renewal was sent and its answer never seen: the refresh token may be burnt. A refusal of it is
   * then no revocation of the sign-in.
   */
  refreshUncertain?: boolean;
}

export interface DurableStore {
  load(): Promise<{
    profiles: Profile[];
    sessions: SessionRecord[];
    settings?: Settings;
    /** Remembered sign-ins by family. */
    remembered: Map<string, FamilySecrets>;
  }>;
  saveProfile(profile: Profile): Promise<void>;
  removeProfile(id: string): Promise<void>;
  /** Several at once, in one transaction. */
  saveSessions(records: SessionRecord[]): Promise<void>;
  removeSession(key: SessionKey): Promise<void>;
  saveSettings(settings: Settings): Promise<void>;
  addHistory(key: SessionKey, entry: HistoryEntry): Promise<void>;
  /** Oldest first; the last 200 within 30 days. */
  history(key: SessionKey): Promise<HistoryEntry[]>;
  saveRemembered(familyId: string, secrets: FamilySecrets): Promise<void>;
  removeRemembered(familyId: string): Promise<void>;
}

export interface SecretStore {
  load(): Promise<Map<string, FamilySecrets>>;
  save(familyId: string, secrets: FamilySecrets): Promise<void>;
  remove(familyId: string): Promise<void>;
}

export const HISTORY_LIMIT = 200;
export const HISTORY_DAYS = 30;
