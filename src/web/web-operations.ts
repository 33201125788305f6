/**
 * What a person does with web sessions, a page's and saved ones.
 *
 * An operation on a saved session that a page has now goes through the page: its refresh token has one
 * owner. Where it can't be done the error says why, and the page's own session is as it was.
 */
import { UnknownSessionError } from "../session/errors.ts";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import { labelling } from "./labels.ts";
import { noteRefusal, type SwapWorld, snapshotOf, snapshotToUse, touchSaved } from "./swap.ts";
import { Switches } from "./switches.ts";
import type { Turn, WebBook } from "./web-book.ts";
import { SessionRefusedError, WebError } from "./web-error.ts";
import {
  isSavedSessionKey,
  type SeenSession,
  type WebOperation,
  type WebSignIn,
  webSessionKey,
} from "./web-model.ts";
import type { OwnAct, SiteSession, WebSite } from "./web-site.ts";
import type { SavedRecord } from "./web-store.ts";
import type { Snapshots, WebSystem } from "./web-system.ts";

/** A sign-in as a person asked for it. */
export interface WantedSignIn {
  origin: string;
  form: WebSignIn;
  into: "page" | "saved";
  label?: string;
}

/** A page's session, while it is its site's turn. */
interface PageTurn extends Turn {
  session: SiteSession;
  system: WebSystem;
}

export class WebOperations {
  readonly #book: WebBook;
  readonly #world: SwapWorld;
  readonly #switches: Switches;

  constructor(book: WebBook) {
    this.#book = book;
    const { secret, fetch, failed } = book.options;
    this.#world = { saved: book.saved, secret, fetch, failed };
    this.#switches = new Switches(book, this.#world);
  }

  /** The page of this tab runs as this session: another one of its own, or a saved one. */
  async switch(tabId: number, key: SessionKey): Promise<void> {
    await this.#book.ready;
    if (isSavedSessionKey(key)) return this.#switches.toSaved(tabId, this.#book.saved.get(key));
    const { site, session } = this.#pageSession(tabId, key);
    return this.#switches.toOwn(tabId, site.origin, session);
  }

  /** @returns the saved one's key */
  async save(tabId: number, key: SessionKey, label?: string): Promise<SessionKey> {
    return this.#onPage(tabId, key, "save", async ({ site, page, session, system }) => {
      if (!session.seen.current) {
        throw new WebError(
          "Only the session that the page runs as can be saved: switch to it first.",
        );
      }
      const taken = await snapshotsOf(system).take(page);
      if (taken.seen.id !== session.seen.id) {
        throw new WebError("The page has signed in otherwise just now. Nothing was saved.");
      }
      const names = this.#book.namesOf(site, session);
      const record = await this.#book.saved.keep(taken, {
        origin: site.origin,
        storeId: page.cookies.storeId,
        owner: "page",
        text: "Saved from the page.",
        ...names,
        label: label ?? names.label,
      });
      return record.key;
    });
  }

  async touch(tabId: number | undefined, key: SessionKey): Promise<void> {
    await this.#book.ready;
    await this.#throughPage(tabId, key, "touch", {
      page: ({ system, page, session }) => system.touch(page, session.seen),
      saved: async (record, snapshots) => {
        if (record.owner === "page") throw elsewhere(record);
        await touchSaved(this.#world, record, snapshots);
      },
    });
  }

  /** Signs it out at the server. */
  async end(tabId: number | undefined, key: SessionKey): Promise<void> {
    await this.#book.ready;
    const cause = "You signed it out.";
    await this.#throughPage(tabId, key, "end", {
      page: async ({ system, page, session }) => {
        this.#switches.stopWatching(page);
        await system.end(page, session.seen);
      },
      acts: ({ kind, id }) => [{ kind, id, over: { status: "ended", cause, by: "you" } }],
      saved: async (record, snapshots) => {
        const { saved } = this.#book;
        // One that a page may have isn't renewed behind its back.
        const snapshot =
          record.owner === "page"
            ? snapshotOf(saved, record)
            : await snapshotToUse(this.#world, record, snapshots);
        await snapshots.end(snapshot, this.#world.fetch);
        await saved.setStatus(record.key, "ended", cause, "you");
        await saved.dropSnapshot(record.key);
      },
    });
  }

  /** Out of the page; a saved one out of the list, where it isn't ended by that. */
  async remove(tabId: number | undefined, key: SessionKey): Promise<void> {
    await this.#book.ready;
    if (isSavedSessionKey(key)) {
      const record = this.#book.saved.get(key);
      return this.#book.inTurnOf(record, () => this.#book.saved.remove(key));
    }
    const { site, session } = this.#pageSession(tabId, key);
    if (session.gone) {
      site.forget(key);
      this.#book.options.changed();
      return;
    }
    const act = ({ kind, id }: SeenSession): OwnAct[] => [
      { kind, id, over: { status: "removed", cause: "You took it out of the page.", by: "you" } },
    ];
    await this.#onPage(
      tabId,
      key,
      "remove",
      async (turn) => {
        this.#switches.stopWatching(turn.page);
        const twin = this.#twin(turn.site, turn.session);
        const isFresh = twin && (await this.#refreshed(turn, twin));
        await turn.system.remove(turn.page, turn.session.seen);
        if (twin) await this.#book.saved.setOwner(twin.key, isFresh ? "extension" : "unsure");
      },
      act,
    );
  }

  /** @returns the new session's key */
  async signIn(tabId: number, wanted: WantedSignIn): Promise<SessionKey | undefined> {
    const { origin, form, into, label } = wanted;
    const { forms, labels, saved } = this.#book;
    const system = this.#book.system(form.kind);
    return this.#book.inTurn(tabId, origin, async (turn) => {
      const { page, site } = turn;
      await this.#book.lookInTurn(turn);
      const filled = forms.filled(origin, form);
      await this.#triedTo("remember the form", forms.remember(origin, form));
      if (into === "saved") {
        const taken = await snapshotsOf(system).signIn(page, filled);
        await this.#triedTo("remember the form", forms.rememberSecrets(origin, filled));
        const record = await saved.keep(taken, {
          origin,
          storeId: page.cookies.storeId,
          owner: "extension",
          text: "Signed in, and no page was touched.",
          ...labels.of(taken.seen),
          ...labelling({ label }),
        });
        await this.#book.lookInTurn(turn);
        return record.key;
      }
      if (!system.signIn) throw new WebError(`Switchyard can't sign in with ${system.name}.`);
      this.#switches.stopWatching(page);
      const before = site.current(system.kind);
      const twin = before && this.#twin(site, before);
      if (twin) await this.#refreshed({ ...turn, system, session: before }, twin);
      try {
        await system.signIn(page, filled);
        await this.#triedTo("remember the form", forms.rememberSecrets(origin, filled));
      } finally {
        await this.#book.lookInTurn(turn, [], "you");
      }
      const now = site.current(system.kind);
      if (!now) return undefined;
      const given = labelling({ label });
      if (given.label !== undefined) await labels.give(now.seen, given);
      return webSessionKey(site.holder, system.kind, now.seen.id);
    });
  }

  /** What is remembered saves typing, and no more: a broken store mustn't cost the session that was made. */
  async #triedTo(what: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#world.failed(what, error));
  }

  /** The person's own label and colour; kept for the session's id. */
  async edit(
    tabId: number | undefined,
    key: SessionKey,
    given: { label?: string; colour?: string },
  ): Promise<void> {
    await this.#book.ready;
    const { saved, labels } = this.#book;
    const changes = labelling(given);
    if (isSavedSessionKey(key)) {
      const { seen } = saved.get(key);
      await saved.edit(key, changes);
      await labels.give(seen, changes);
    } else {
      const { site, session } = this.#pageSession(tabId, key);
      const twin = this.#twin(site, session);
      await labels.give(session.seen, changes);
      if (twin) await saved.edit(twin.key, changes);
    }
    this.#book.options.changed();
  }

  /** One token's value; undefined where there is none. */
  async reveal(
    tabId: number | undefined,
    key: SessionKey,
    token: string,
  ): Promise<string | undefined> {
    await this.#book.ready;
    const place = this.#placeOf(tabId, key);
    if (!place) {
      const record = this.#book.saved.get(key);
      const snapshot = this.#book.saved.snapshot(key);
      return snapshot && snapshotsOf(this.#book.system(record.seen.kind)).reveal(snapshot, token);
    }
    return this.#book.inTurn(place.tabId, place.origin, async ({ site, page }) => {
      const session = site.session(place.key);
      if (!session || session.gone) return undefined;
      return this.#book.system(session.seen.kind).reveal(page, session.seen, token);
    });
  }

  async history(tabId: number | undefined, key: SessionKey): Promise<HistoryEntry[]> {
    await this.#book.ready;
    if (isSavedSessionKey(key)) return this.#book.saved.history(key);
    return [...this.#pageSession(tabId, key).session.history];
  }

  /** Looks at the page of this tab, all of its origins, at once. */
  async look(tabId: number): Promise<void> {
    await this.#book.ready;
    const { sites } = this.#book.place(tabId);
    await Promise.all(sites.map(({ origin }) => this.#book.look(tabId, origin)));
  }

  dismiss(tabId: number, id: string): void {
    this.#book.tab(tabId).dismiss(id);
  }

  // ── Where it is done ────────────────────────────────────────────────────────────────────────

  /** @throws UnknownSessionError */
  #pageSession(
    tabId: number | undefined,
    key: SessionKey,
  ): { site: WebSite; session: SiteSession } {
    const found = tabId === undefined ? undefined : this.#book.tab(tabId).session(key);
    if (!found) throw new UnknownSessionError(key);
    return found;
  }

  #twin({ origin, storeId = "" }: WebSite, { seen }: SiteSession): SavedRecord | undefined {
    return this.#book.saved.twin(seen, { origin, storeId });
  }

  /** The page that has it; undefined for a saved one that no page has that is looked at. */
  #placeOf(
    tabId: number | undefined,
    key: SessionKey,
  ): { tabId: number; origin: string; key: SessionKey } | undefined {
    if (isSavedSessionKey(key)) {
      const holder = this.#book.holderOf(this.#book.saved.get(key), tabId);
      return holder && { ...holder, key: holder.session.key };
    }
    const { site } = this.#pageSession(tabId, key);
    return { tabId: site.holder.tabId, origin: site.origin, key };
  }

  /** By way of the page where that has the session, by its snapshot where none has. */
  async #throughPage(
    tabId: number | undefined,
    key: SessionKey,
    operation: WebOperation,
    ways: {
      page(turn: PageTurn): Promise<void>;
      acts?(seen: SeenSession): OwnAct[];
      saved(record: SavedRecord, snapshots: Snapshots): Promise<void>;
    },
  ): Promise<void> {
    const place = this.#placeOf(tabId, key);
    if (place) {
      return this.#onPage(place.tabId, place.key, operation, (turn) => ways.page(turn), ways.acts);
    }
    const record = this.#book.saved.get(key);
    const snapshots = snapshotsOf(this.#book.system(record.seen.kind));
    return this.#book.inTurnOf(record, () =>
      noteRefusal(this.#book.saved, record, () => ways.saved(record, snapshots)),
    );
  }

  /**
   * Does something with a page's session, and looks at the page again whatever came of it.
   * @param acts how what is gone then is explained
   */
  async #onPage<T>(
    tabId: number | undefined,
    key: SessionKey,
    operation: WebOperation,
    work: (turn: PageTurn) => Promise<T>,
    acts: (seen: SeenSession) => OwnAct[] = () => [],
  ): Promise<T> {
    await this.#book.ready;
    const { site } = this.#pageSession(tabId, key);
    return this.#book.inTurn(site.holder.tabId, site.origin, async (turn) => {
      const session = turn.site.session(key);
      if (!session || session.gone) throw new WebError("The page has this session no more.");
      const system = this.#book.system(session.seen.kind);
      assertMay(session.seen, operation, system.name);
      const { current } = session.seen;
      let done: OwnAct[] = [];
      try {
        const result = await work({ ...turn, session, system });
        done = acts(session.seen);
        return result;
      } catch (error) {
        // Should it be gone now, it is known why.
        if (error instanceof SessionRefusedError) {
          const { status, why: cause } = error;
          const { kind, id } = session.seen;
          done = [{ kind, id, over: { status, cause, by: "server" } }];
        }
        throw error;
      } finally {
        await this.#book.lookInTurn(turn, done, "you");
        if (current && done.length > 0) this.#tellOfSignOut(turn, session);
      }
    });
  }

  /** The page may have other sessions: it runs as none of them, and hasn't noticed yet. */
  #tellOfSignOut({ tab, site }: Turn, session: SiteSession): void {
    if (site.current(session.seen.kind)) return;
    const { label } = this.#book.namesOf(site, session);
    const text = `The page is signed out. What it loaded before is of “${label}” until you reload it.`;
    tab.notify({ origin: site.origin, tone: "done", text, offer: "reload" });
  }

  /** Before the page loses its session: the saved one that it is gets the newest of it, where it can. */
  #refreshed({ page, session, system }: PageTurn, twin: SavedRecord): Promise<boolean> {
    return this.#book.twins.refresh(system, twin, session.seen, page);
  }
}

/** @throws WebError where the system tells that it can't be done */
function assertMay(
  { operations }: { operations: SeenSession["operations"] },
  operation: WebOperation,
  name: string,
): void {
  const can = operations[operation];
  if (typeof can === "string") throw new WebError(can);
  if (can === undefined) throw new WebError(`This can't be done with a session of ${name}.`);
}

function snapshotsOf({ snapshots, name }: WebSystem): Snapshots {
  if (!snapshots) throw new WebError(`A session of ${name} can't be saved.`);
  return snapshots;
}

function elsewhere({ origin }: SavedRecord): WebError {
  return new WebError(
    "A page has this session, and renews it by itself. Nothing was sent.",
    `Open ${origin} with Switchyard, and do it there.`,
  );
}
