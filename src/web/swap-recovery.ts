/**
 * A swap that the worker's death interrupted: the page gets back what it had.
 *
 * What was written down is a while old by then, and the page may have gone on: renewed what it has, or
 * signed in otherwise. So it is looked at first. Only where it has the session that was on its way in, or
 * none that is whole, is anything put back; what it was is saved in any case.
 */
import { messageOf } from "../session/errors.ts";
import type { SavedBook } from "./saved-book.ts";
import type { WebNotice } from "./web-model.ts";
import type { WebCookie, WebPage } from "./web-page.ts";
import type { SwapJournal } from "./web-store.ts";
import type { Snapshot, Snapshots, Taken } from "./web-system.ts";

export interface Recovered {
  /** The journal has done its work. */
  done: boolean;
  notice: Omit<WebNotice, "id">;
}

/** @returns what became of it; never rejects */
export async function recoverSwap(
  journal: SwapJournal,
  page: WebPage,
  snapshots: Snapshots,
  saved: SavedBook,
): Promise<Recovered> {
  const { to, back, kind, storeId } = journal;
  const { origin } = journal.holder;
  const told = (done: boolean, text: string): Recovered => ({
    done,
    notice: {
      origin,
      tone: "warning",
      text: `Switchyard was interrupted while it switched the page to “${to.label}”. ${text}`,
      ...(saved.has(to.key) && { offer: "again" as const, key: to.key }),
    },
  });
  // Of a page that can't be asked it isn't known what it has by now.
  if (!(await isReachable(page))) {
    return told(false, "What the page had is put back when it is opened again.");
  }
  const found = await taken(page, snapshots, (one) => {
    if (one.seen.id === to.id && saved.has(to.key)) saved.assertGenuine(to.key, one.snapshot);
  });
  const incoming = saved.snapshot(to.key);
  const former = back?.snapshot;
  const isIncoming = found?.seen.id === to.id;
  const isMixed =
    found !== undefined &&
    (isIncoming
      ? hasOf(found.snapshot, former, incoming)
      : found.seen.id === back?.id && hasOf(found.snapshot, incoming, former));
  const there = isMixed ? undefined : found;
  const isForeign = there !== undefined && !isIncoming;
  if (isForeign) {
    const isBack = there.seen.id === back?.id;
    return told(
      true,
      isBack ? "The page has its former session." : "The page has signed in otherwise since.",
    );
  }
  try {
    if (there && saved.has(to.key)) await saved.refresh(to.key, there, "page");
    // Renewed as a saved one since, what was written down is one that a server takes for stolen.
    const kept = back && saved.twin({ kind, id: back.id }, { origin, storeId });
    await snapshots.put(page, (kept && saved.snapshot(kept.key)) ?? back?.snapshot);
    if (kept) await saved.setOwner(kept.key, "page");
  } catch (error) {
    return told(
      false,
      `Putting its former session back failed: ${messageOf(error)} It is saved under My sessions.`,
    );
  }
  if (saved.has(to.key)) await saved.setOwner(to.key, there ? "extension" : "unsure");
  return told(true, back ? `The page has “${back.label}” back.` : "The page has no session now.");
}

async function isReachable(page: WebPage): Promise<boolean> {
  try {
    return (await page.run(() => true, [])) === true;
  } catch {
    // Left, closed, or paused: that is what is asked.
    return false;
  }
}

/**
 * A cookie of another session is there. By its name a session can't always be told: who looks at the
 * tokens sees a whole one as long as only the refresh token, which names nobody, is another's.
 */
function hasOf(there: Snapshot, other: Snapshot | undefined, own: Snapshot | undefined): boolean {
  const has = (snapshot: Snapshot | undefined, { name, value }: WebCookie) =>
    snapshot?.cookies.some((each) => each.name === name && each.value === value) === true;
  return there.cookies.some((cookie) => has(other, cookie) && !has(own, cookie));
}

async function taken(
  page: WebPage,
  snapshots: Snapshots,
  check: (found: Taken) => void,
): Promise<Taken | undefined> {
  try {
    const found = await snapshots.take(page);
    check(found);
    return found;
  } catch {
    // None, no whole one, or one that the page may have made up: that is what is asked.
    return undefined;
  }
}
