/**
 * A page is switched to a saved session: the one way in which it happens, and what is made sure of at
 * each step.
 *
 * Nobody is lost: what the page had is taken fresh and stored before anything changes. Nothing stale is
 * put into a page: what may be old is renewed at the server first, which leaves the page as it is where
 * the server refuses. And should the worker die half-way, what to put back is written down.
 */
import { messageOf, SessionError } from "../session/errors.ts";
import { isSameSnapshot } from "./same-snapshot.ts";
import { isAlive, NOT_KEPT, type SavedBook } from "./saved-book.ts";
import { misfit } from "./saved-view.ts";
import {
  CookiesRefusedError,
  HalfSwappedError,
  RolledBackError,
  SessionRefusedError,
  WebError,
} from "./web-error.ts";
import type { OwnFetch, WebPage } from "./web-page.ts";
import type { SavedRecord, SwapJournal, WebSecretStore } from "./web-store.ts";
import type { Snapshot, Snapshots, Taken } from "./web-system.ts";

/** An access token that ends within so many milliseconds is renewed before a swap. */
const NEARLY_OVER = 5_000;
/** A page may renew what it has while that is being stored: so often it is taken at most. */
const TAKES = 3;

export interface SwapWorld {
  saved: SavedBook;
  secret: Pick<WebSecretStore, "saveJournal" | "removeJournal">;
  fetch: OwnFetch;
  /** A store is broken: what couldn't be done, and why. */
  failed(what: string, error: unknown): void;
}

/** What a page is switched to, and what it is known to have. */
export interface Swap {
  page: WebPage;
  snapshots: Snapshots;
  record: SavedRecord;
  /** As whom the page runs; undefined: as nobody. */
  outgoing?: { id: string; label: string; colour: string };
}

export interface Swapped {
  /** What is in the page now. */
  snapshot: Snapshot;
  /** Under which key what the page had is saved. */
  outgoing?: SavedRecord;
}

/**
 * Swaps; resolves when the page was read back with the saved session.
 *
 * @throws WebError, SessionRefusedError, CookiesRefusedError where nothing was changed; RolledBackError,
 *   HalfSwappedError
 */
export async function swap(world: SwapWorld, swapping: Swap): Promise<Swapped> {
  const { saved } = world;
  const { page, snapshots, record } = swapping;
  if (page.cookies.refused) throw new CookiesRefusedError(page.cookies.refused);
  const reason = misfit(record, { storeId: page.cookies.storeId });
  if (reason !== undefined) throw new WebError(reason);
  const snapshot = await snapshotToUse(world, record, snapshots);
  const journalId = crypto.randomUUID();
  let outgoing: Kept | undefined;
  try {
    outgoing = await secureOutgoing(world, swapping, journalId);
    await putOrBack(swapping, snapshot, outgoing?.taken?.snapshot);
  } finally {
    await world.secret
      .removeJournal(journalId)
      .catch((error: unknown) => world.failed("note that a swap is over", error));
  }
  // A refresh token has one owner: of the one that came the page, of the one that went Switchyard.
  await saved.setOwner(record.key, "page");
  if (outgoing) {
    await saved.setOwner(outgoing.record.key, outgoing.taken ? "extension" : "unsure");
  }
  return { snapshot, ...(outgoing && { outgoing: outgoing.record }) };
}

/**
 * The snapshot, renewed at the server where it may be too old to be put into a page: there the SDK would
 * find the tokens refused, and sign the page out.
 */
export async function snapshotToUse(
  world: SwapWorld,
  record: SavedRecord,
  snapshots: Snapshots,
): Promise<Snapshot> {
  const { owner, seen } = record;
  const snapshot = snapshotOf(world.saved, record);
  const isOver = (seen.tokenExpireAt ?? Number.POSITIVE_INFINITY) <= Date.now() + NEARLY_OVER;
  if (!isOver && owner === "extension") return snapshot;
  // Where it is renewed isn't known: the page's own SDK knows, and does it.
  if (snapshot.base === undefined) return snapshot;
  // It has no refresh token, and so nothing that a renewal could have made worthless.
  if (!isOver && typeof seen.operations.touch === "string") return snapshot;
  return noteRefusal(world.saved, record, async () => {
    const { snapshot: renewed } = await touchSaved(world, record, snapshots);
    return renewed;
  });
}

/**
 * A saved session's sign-in, as it is kept.
 * @throws SessionRefusedError where it is known to be over, WebError where it wasn't kept
 */
export function snapshotOf(saved: SavedBook, { key, seen }: SavedRecord): Snapshot {
  if (!isAlive(seen.status)) throw new SessionRefusedError(seen.status, seen.cause);
  const snapshot = saved.snapshot(key);
  if (!snapshot) throw new WebError(NOT_KEPT);
  return snapshot;
}

/** Where the server refuses the session, that is what the saved one is from now on. */
export async function noteRefusal<T>(
  saved: SavedBook,
  { key }: SavedRecord,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SessionRefusedError && isAlive(saved.get(key).seen.status)) {
      await saved.setStatus(key, error.status, error.why, "server");
    }
    throw error;
  }
}

/** Renews a saved session at the server. What it answers is stored before it is used: what was before is worthless. */
export async function touchSaved(
  { saved, fetch }: Pick<SwapWorld, "saved" | "fetch">,
  record: SavedRecord,
  snapshots: Snapshots,
): Promise<Taken> {
  const taken = await snapshots.touch(snapshotOf(saved, record), fetch);
  await saved.refresh(record.key, taken, "extension");
  return taken;
}

/** What the page had, saved. */
interface Kept {
  record: SavedRecord;
  /** Fresh; absent: what the page has isn't whole or may be made up, and it was saved before. */
  taken?: Taken;
}

/** Saves what the page has and notes it down, as it is when all of that is done. */
async function secureOutgoing(
  world: SwapWorld,
  swapping: Swap,
  journalId: string,
): Promise<Kept | undefined> {
  for (let takes = 1; ; takes++) {
    const outgoing = swapping.outgoing && (await keepOutgoing(world, swapping));
    if (outgoing?.record.key === swapping.record.key) {
      throw new WebError("The page has signed in as it by itself just now. Nothing was changed.");
    }
    await writeDown(world, journalOf(swapping, outgoing, journalId));
    const taken = outgoing?.taken;
    if (!taken || takes === TAKES || (await isStillThere(swapping, taken))) return outgoing;
  }
}

async function isStillThere({ page, snapshots }: Swap, { snapshot }: Taken): Promise<boolean> {
  try {
    return isSameSnapshot((await snapshots.take(page)).snapshot, snapshot);
  } catch {
    // It changes just now.
    return false;
  }
}

async function keepOutgoing(
  { saved }: SwapWorld,
  { page, snapshots, record: { seen }, outgoing }: Swap,
): Promise<Kept> {
  const { origin } = page.holder;
  const { storeId } = page.cookies;
  let taken: Taken;
  try {
    taken = await snapshots.take(page);
    const twin = saved.twin(taken.seen, { origin, storeId });
    if (twin) saved.assertGenuine(twin.key, taken.snapshot);
  } catch (error) {
    // As a swap leaves it that stopped half-way, or a page that makes up what it has: of who is saved
    // already nobody is lost.
    const known = outgoing && saved.twin({ kind: seen.kind, id: outgoing.id }, { origin, storeId });
    if (known && saved.snapshot(known.key)) return { record: known };
    throw new WebError(
      `What the page has can't be saved, and would be lost: ${messageOf(error)}`,
      "Sign it out or remove it from the page first.",
    );
  }
  const isSame = taken.seen.id === outgoing?.id;
  const record = await saved.keep(taken, {
    origin,
    storeId,
    owner: "page",
    text: "Saved when the page was switched to another session.",
    // A twin has a label of its own already.
    ...(isSame &&
      !saved.twin(taken.seen, { origin, storeId }) && {
        label: outgoing.label,
        colour: outgoing.colour,
      }),
  });
  return { taken, record };
}

function journalOf({ page, record }: Swap, outgoing: Kept | undefined, id: string): SwapJournal {
  const { key, label, seen } = record;
  return {
    id,
    at: Date.now(),
    kind: seen.kind,
    holder: page.holder,
    storeId: page.cookies.storeId,
    to: { key, id: seen.id, label },
    ...(outgoing?.taken && {
      back: {
        id: outgoing.taken.seen.id,
        label: outgoing.record.label,
        snapshot: outgoing.taken.snapshot,
      },
    }),
  };
}

async function writeDown(world: SwapWorld, journal: SwapJournal): Promise<void> {
  try {
    await world.secret.saveJournal(journal);
  } catch (error) {
    throw new WebError(
      `What the page has could not be noted down (${messageOf(error)}). Nothing was changed.`,
    );
  }
}

/** Systems roll back by themselves, and say what they did; where one fails otherwise, it isn't known how far it came. */
async function putOrBack(
  { page, snapshots }: Swap,
  snapshot: Snapshot,
  back: Snapshot | undefined,
): Promise<void> {
  try {
    await snapshots.put(page, snapshot);
  } catch (error) {
    if (error instanceof SessionError) throw error;
    const why = `The swap failed: ${messageOf(error)}.`;
    try {
      await snapshots.put(page, back);
    } catch (second) {
      throw new HalfSwappedError(why, messageOf(second));
    }
    throw new RolledBackError(why);
  }
}
