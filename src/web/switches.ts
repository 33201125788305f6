/**
 * Switching a page, from the person's wish to what became of it in the seconds after.
 *
 * A renewal that was under way may write the former session back over the new one: the page is watched,
 * and what happens is said, with the offer to switch once more.
 */
import { jarName } from "./jar-name.ts";
import { type SwapWorld, swap } from "./swap.ts";
import type { Turn, WebBook } from "./web-book.ts";
import { WebError } from "./web-error.ts";
import { webSessionKey } from "./web-model.ts";
import type { WebPage } from "./web-page.ts";
import type { OwnAct, SiteSession } from "./web-site.ts";
import type { SavedRecord } from "./web-store.ts";
import type { Snapshot, Snapshots } from "./web-system.ts";

export class Switches {
  readonly #book: WebBook;
  readonly #world: SwapWorld;
  /** Pages that are watched, by cookie store and host. */
  readonly #watches = new Map<string, AbortController>();

  constructor(book: WebBook, world: SwapWorld) {
    this.#book = book;
    this.#world = world;
  }

  /** To a saved session that fits the page; nothing is done where the page runs as it already. */
  async toSaved(tabId: number, record: SavedRecord): Promise<void> {
    const { origin, seen } = record;
    const system = this.#book.system(seen.kind);
    const { snapshots } = system;
    if (!snapshots) throw new WebError(`A session of ${system.name} can't be put into a page.`);
    if (!this.#book.place(tabId).siteOf(origin)) throw new WebError(`It fits ${origin} only.`);
    await this.#book.inTurn(tabId, origin, async (turn) => {
      const { tab, site, page } = turn;
      // As whom the page runs now, and not a second ago.
      await this.#book.lookInTurn(turn);
      // Whoever it runs as would be lost, were it not known.
      if (!site.isSeen(seen.kind)) {
        throw new WebError("The page can't be looked at just now. Nothing was changed.");
      }
      const before = site.current(seen.kind);
      if (before?.seen.id === seen.id && record.storeId === page.cookies.storeId) return;
      this.stopWatching(page);
      tab.clearNotices(origin);
      const outgoing = before && { id: before.seen.id, ...this.#book.namesOf(site, before) };
      let acts: OwnAct[] = [];
      try {
        const swapped = await swap(this.#world, { page, snapshots, record, outgoing });
        // It stands under My sessions from now on.
        if (before) acts = [{ kind: seen.kind, id: before.seen.id }];
        const was = swapped.outgoing?.label;
        tab.notify({
          origin,
          tone: "done",
          text: doneText(record.label, was),
          offer: "reload",
          key: webSessionKey(site.holder, seen.kind, seen.id),
        });
        void this.#watch({ ...turn, snapshots, snapshot: swapped.snapshot, record });
      } finally {
        await this.#book.lookInTurn(turn, acts, "you");
      }
    });
  }

  /** To another one of the page's own sessions. */
  async toOwn(tabId: number, origin: string, { key }: SiteSession): Promise<void> {
    await this.#book.inTurn(tabId, origin, async (turn) => {
      const { tab, site, page } = turn;
      const session = site.session(key);
      if (!session || session.gone) throw new WebError("The page has this session no more.");
      const { seen } = session;
      if (seen.current) return;
      const system = this.#book.system(seen.kind);
      if (!system.activate) {
        throw new WebError(`A page has one session of ${system.name} at a time.`);
      }
      const can = seen.operations.switch;
      if (typeof can === "string") throw new WebError(can);
      tab.clearNotices(origin);
      const before = site.current(seen.kind);
      try {
        await system.activate(page, seen);
        const was = before && this.#book.namesOf(site, before).label;
        const { label } = this.#book.namesOf(site, session);
        tab.notify({ origin, tone: "done", text: doneText(label, was), offer: "reload", key });
      } finally {
        await this.#book.lookInTurn(turn, [], "you");
      }
    });
  }

  /** What a person does to the page next is no surprise. */
  stopWatching(page: WebPage): void {
    this.#watches.get(watchName(page))?.abort();
  }

  /** Never rejects: a page that is gone needn't be watched. */
  async #watch({
    tab,
    site,
    page,
    snapshots,
    snapshot,
    record,
  }: Turn & { snapshots: Snapshots; snapshot: Snapshot; record: SavedRecord }): Promise<void> {
    const name = watchName(page);
    const watch = new AbortController();
    this.#watches.set(name, watch);
    try {
      const outcome = await snapshots.watch(page, snapshot, watch.signal);
      if (watch.signal.aborted || outcome === "stayed") return;
      const { origin } = site;
      // Said of what the page runs as by then, where it can still be looked at.
      await this.#book.look(tab.tabId, origin).catch(() => undefined);
      if (outcome === "changed") {
        const text = `The page signed in or out by itself after it was switched to “${record.label}”.`;
        tab.notify({ origin, tone: "warning", text });
        return;
      }
      const now = site.current(record.seen.kind);
      const who = now ? `runs as “${this.#book.namesOf(site, now).label}”` : "has another session";
      const text = `A renewal that was under way overwrote “${record.label}”: the page ${who} again.`;
      tab.notify({ origin, tone: "warning", text, offer: "again", key: record.key });
    } catch {
      // The page was left: whoever comes back to it looks anew.
    } finally {
      if (this.#watches.get(name) === watch) this.#watches.delete(name);
    }
  }
}

function doneText(label: string, was: string | undefined): string {
  const text = `The page runs as “${label}” now.`;
  return was === undefined
    ? text
    : `${text} What it loaded before is of “${was}” until you reload it.`;
}

function watchName({ cookies, holder }: WebPage): string {
  return jarName(cookies.storeId, holder.origin);
}
