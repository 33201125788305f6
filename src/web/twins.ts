/**
 * A session that is both in a page and saved.
 *
 * The page has its refresh token then, and the saved one follows: whenever the page's session has changed
 * its snapshot is taken anew. When the page has it no more by the page's own doing, the last snapshot may
 * be one renewal behind; and what is known of the end of the session is so for the saved one too.
 */
import { jarName } from "./jar-name.ts";
import { isSameSnapshot } from "./same-snapshot.ts";
import { isAlive, type SavedBook } from "./saved-book.ts";
import type { SeenSession } from "./web-model.ts";
import type { WebPage } from "./web-page.ts";
import type { WebSite } from "./web-site.ts";
import type { SavedRecord } from "./web-store.ts";
import type { WebSystem } from "./web-system.ts";

export class Twins {
  readonly #saved: SavedBook;
  /** What was seen of the page's session when its snapshot was taken last, by saved session. */
  readonly #taken = new Map<string, string>();

  constructor(saved: SavedBook) {
    this.#saved = saved;
  }

  /**
   * After a look.
   * @param isDirty cookies of the page were changed since the last time
   */
  async follow(system: WebSystem, site: WebSite, page: WebPage, isDirty: boolean): Promise<void> {
    if (!system.snapshots || page.cookies.refused || !site.isSeen(system.kind)) return;
    const current = site.current(system.kind)?.seen;
    const jar = jarName(page.cookies.storeId, site.origin);
    for (const record of this.#saved.all) {
      if (record.seen.kind !== system.kind) continue;
      if (jarName(record.storeId, record.origin) !== jar) continue;
      if (current?.id === record.seen.id) {
        if (isDirty || this.#isBehind(record, current)) {
          await this.refresh(system, record, current, page);
        }
      } else if (record.owner === "page") await this.#left(record, site);
    }
  }

  #isBehind(record: SavedRecord, current: SeenSession): boolean {
    if (record.owner !== "page" || !this.#saved.snapshot(record.key)) return true;
    return this.#taken.get(record.key) !== JSON.stringify(current);
  }

  /**
   * Takes the page's session for the saved one that it is. Never rejects: the next look tries again.
   * @returns whether the snapshot is as the page has it now
   */
  async refresh(
    system: WebSystem,
    record: SavedRecord,
    current: SeenSession,
    page: WebPage,
  ): Promise<boolean> {
    const { key, seen } = record;
    // A server that ended a session leaves the page its access token for a while; only a new one counts.
    const isNewer = (current.tokenExpireAt ?? 0) > (seen.tokenExpireAt ?? 0);
    if ((seen.status === "ended" || seen.status === "revoked") && !isNewer) return false;
    try {
      const taken = await system.snapshots?.take(page);
      if (taken?.seen.id !== seen.id) return false;
      this.#taken.set(key, JSON.stringify(current));
      const before = this.#saved.snapshot(key);
      const isSame = before && isSameSnapshot(before, taken.snapshot);
      if (isSame && record.owner === "page" && seen.status === taken.seen.status) return true;
      await this.#saved.refresh(key, taken, "page");
      return true;
    } catch {
      // It changes just now, or the page is on its way out.
      this.#taken.delete(key);
      return false;
    }
  }

  async #left({ key, seen }: SavedRecord, site: WebSite): Promise<void> {
    this.#taken.delete(key);
    await this.#saved.setOwner(key, "unsure");
    const gone = site.sessions.find((each) => each.gone && each.seen.id === seen.id)?.seen;
    if (!gone || !isAlive(seen.status)) return;
    if (gone.status === "ended" || gone.status === "revoked" || gone.status === "expired") {
      await this.#saved.setStatus(key, gone.status, gone.cause, "page");
      if (gone.status !== "expired") await this.#saved.dropSnapshot(key);
    }
  }
}
