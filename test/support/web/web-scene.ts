/** A worker's web sign-ins in Node, which can die and start again on the same stores. */
import type { HistoryEntry } from "../../../src/session/model.ts";
import { WebBook } from "../../../src/web/web-book.ts";
import type { WebSessionView } from "../../../src/web/web-model.ts";
import { WebOperations } from "../../../src/web/web-operations.ts";
import type {
  FormSecrets,
  KeptForm,
  Labelling,
  SavedRecord,
  SwapJournal,
  WebSecretStore,
  WebStore,
} from "../../../src/web/web-store.ts";
import type { Snapshot, WebSystem } from "../../../src/web/web-system.ts";
import { type FakeSystem, fakeCookieSystem, fakeManySystem } from "./fake-system.ts";
import { APP, FakeWorld, type ServerSession } from "./fake-world.ts";

export const TAB = 7;

/** Copies in and out, as real stores do. */
export class MemoryWebStores {
  readonly records = new Map<string, SavedRecord>();
  readonly lines = new Map<string, HistoryEntry[]>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly journals = new Map<string, SwapJournal>();
  readonly formSecrets = new Map<string, FormSecrets>();
  labels: Labelling[] = [];
  forms: KeptForm[] = [];
  /** The next writes of secrets fail. */
  isFull = false;

  readonly durable: WebStore = {
    loadSaved: async () => structuredClone([...this.records.values()]),
    saveSaved: async (record) => void this.records.set(record.key, structuredClone(record)),
    removeSaved: async (key) => {
      this.records.delete(key);
      this.lines.delete(key);
    },
    addHistory: async (key, entry) => {
      this.lines.set(key, [...(this.lines.get(key) ?? []), structuredClone(entry)]);
    },
    history: async (key) => structuredClone(this.lines.get(key) ?? []),
    loadLabels: async () => structuredClone(this.labels),
    saveLabels: async (labels) => {
      this.labels = structuredClone(labels);
    },
    loadForms: async () => structuredClone(this.forms),
    saveForms: async (forms) => {
      this.forms = structuredClone(forms);
    },
  };

  readonly secret: WebSecretStore = {
    load: async () =>
      structuredClone({
        snapshots: this.snapshots,
        journals: [...this.journals.values()],
        forms: this.formSecrets,
      }),
    saveSnapshot: async (key, snapshot) => this.#write(this.snapshots, key, snapshot),
    removeSnapshot: async (key) => void this.snapshots.delete(key),
    saveJournal: async (journal) => this.#write(this.journals, journal.id, journal),
    removeJournal: async (id) => void this.journals.delete(id),
    saveFormSecrets: async (origin, secrets) => this.#write(this.formSecrets, origin, secrets),
    removeFormSecrets: async (origin) => void this.formSecrets.delete(origin),
  };

  #write<T>(map: Map<string, T>, key: string, value: T): void {
    if (this.isFull) throw new Error("QUOTA_BYTES quota exceeded");
    map.set(key, structuredClone(value));
  }

  /** The browser closes: memory ends. */
  browserCloses(): void {
    this.snapshots.clear();
    this.journals.clear();
    this.formSecrets.clear();
  }
}

export class WebScene {
  readonly world = new FakeWorld();
  readonly stores = new MemoryWebStores();
  readonly tokens: FakeSystem = fakeCookieSystem(this.world);
  readonly many = fakeManySystem();
  readonly troubles: string[] = [];
  readonly lines: [string, HistoryEntry][] = [];
  book!: WebBook;
  operations!: WebOperations;

  constructor(systems?: readonly WebSystem[]) {
    this.start(systems);
  }

  /** The worker starts; the one before is dead, whatever it was waiting for. */
  start(systems: readonly WebSystem[] = [this.tokens, this.many]): void {
    this.book = new WebBook({
      systems,
      store: this.stores.durable,
      secret: this.stores.secret,
      fetch: this.world.fetch,
      documents: (tabId) => this.world.documents(tabId),
      page: (holder, storeId) => this.world.page(holder, storeId),
      changed: () => undefined,
      history: (key, entry) => this.lines.push([key, entry]),
      failed: (what, error) => this.troubles.push(`${what}: ${String(error)}`),
    });
    this.operations = new WebOperations(this.book);
  }

  /** Signs a user in by the page's own doing, and looks at it. */
  async signedIn(user: string, tabId = TAB, origin = APP, storeId = "0"): Promise<ServerSession> {
    if (this.world.documents(tabId).length === 0) this.world.open(tabId, [origin], storeId);
    const session = this.world.server.signIn(user);
    this.world.pageHas(session, origin, storeId);
    await this.look(tabId);
    return session;
  }

  look(tabId = TAB): Promise<void> {
    return this.operations.look(tabId);
  }

  /** The session of this user in the tab's page. */
  onPage(user: string, tabId = TAB): WebSessionView {
    const { sessions } = this.book.viewOf(tabId);
    const found = sessions.find((each) => each.userName === user);
    if (!found) throw new Error(`The page has no ${user}: ${sessions.map((one) => one.label)}`);
    return found;
  }

  /** The saved session of this user, as a view of the tab is shown it. */
  saved(user: string, tabId: number | undefined = TAB): WebSessionView {
    const all = this.book.savedFor(tabId);
    const found = all.find((each) => each.userName === user);
    if (!found) throw new Error(`${user} isn't saved: ${all.map(({ label }) => label)}`);
    return found;
  }

  /** Signs these users in one after the other, and saves each. The page runs as the last. */
  async savedAll(...users: string[]): Promise<void> {
    for (const user of users) {
      await this.signedIn(user);
      await this.operations.save(TAB, this.onPage(user).key);
    }
  }

  switchTo(user: string, tabId = TAB): Promise<void> {
    return this.operations.switch(tabId, this.saved(user, tabId).key);
  }

  notices(tabId = TAB): string[] {
    return this.book.viewOf(tabId).notices.map(({ text }) => text);
  }
}
