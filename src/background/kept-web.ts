/**
 * Saved web sessions in the file of all data.
 *
 * Their sign-ins are in it only where secrets were asked for, whole: a snapshot without its refresh token
 * is none. It is a copy then, of something that is good for one; so one that comes out of a file is
 * renewed at the server before any page gets it.
 */
import { KeptFileError } from "../session/kept-import.ts";
import { isAlive, NOT_KEPT, type SavedBook } from "../web/saved-book.ts";
import type { SavedRecord } from "../web/web-store.ts";
import type { Snapshot } from "../web/web-system.ts";
import { isSavedRecord, isSnapshot } from "./stored-web.ts";

/** Characters of a text in a saved session of a file. */
const TEXT = 2_048;
const LABEL = 80;
/** Characters of a sign-in, as JSON. */
const SNAPSHOT = 131_072;

type SeenKept = Pick<
  SavedRecord["seen"],
  | "kind"
  | "id"
  | "user"
  | "userName"
  | "tenant"
  | "status"
  | "cause"
  | "createdAt"
  | "expireAt"
  | "tokenExpireAt"
>;

/** A saved session as the file has it. */
export interface KeptWebSession
  extends Pick<SavedRecord, "origin" | "storeId" | "label" | "colour"> {
  seen: SeenKept;
  /** Only where secrets were asked for. */
  snapshot?: Snapshot;
}

type SavedSource = Pick<SavedBook, "all" | "snapshot">;

export function keptWeb(saved: SavedSource, secrets: boolean): KeptWebSession[] {
  return saved.all.map(({ key, origin, storeId, label, colour, seen }) => {
    const snapshot = secrets ? saved.snapshot(key) : undefined;
    return { origin, storeId, label, colour, seen: keptSeen(seen), ...(snapshot && { snapshot }) };
  });
}

/** What of a file's saved session goes on. */
export interface ImportedWeb {
  record: Omit<SavedRecord, "key" | "order">;
  snapshot?: Snapshot;
}

/** @throws KeptFileError with the place of what is wrong */
export function readKeptWeb(raw: readonly unknown[]): ImportedWeb[] {
  return raw.map((each, index) => {
    const place = `Saved sign-in ${index + 1}`;
    const record = recordOf(each);
    if (!record) throw new KeptFileError(`${place} can't be read.`);
    const { snapshot } = each as { snapshot?: unknown };
    if (snapshot === undefined || snapshot === null) return { record: withoutSignIn(record) };
    const { origin, seen } = record;
    const isWhole =
      JSON.stringify(snapshot).length <= SNAPSHOT &&
      isSnapshot(snapshot) &&
      snapshot.origin === origin &&
      snapshot.kind === seen.kind;
    if (!isWhole) throw new KeptFileError(`${place}, its sign-in, can't be read.`);
    const { kind, takenAt, cookies, base, more } = snapshot;
    return {
      record,
      snapshot: { kind, origin, takenAt, cookies, ...(base && { base }), ...(more && { more }) },
    };
  });
}

function recordOf(raw: unknown): ImportedWeb["record"] | undefined {
  const given = raw as KeptWebSession | null | undefined;
  const record = {
    ...given,
    statusSince: Date.now(),
    owner: "unsure" as const,
    seen: { ...given?.seen, facts: [], tokens: [], warnings: [], operations: {} },
  };
  // Those two are ours to say.
  const whole: unknown = { ...record, key: "saved/", order: 0 };
  if (!isSavedRecord(whole)) return undefined;
  const { origin, storeId, label, colour, statusSince, owner, seen } = whole;
  if (Object.values(seen).some((value) => typeof value === "string" && value.length > TEXT)) {
    return undefined;
  }
  return {
    origin,
    storeId: storeId.slice(0, TEXT),
    label: label.trim().slice(0, LABEL) || "Session",
    colour,
    statusSince,
    owner,
    seen: { ...keptSeen(seen), facts: [], tokens: [], warnings: [], operations: {} },
  };
}

function withoutSignIn(record: ImportedWeb["record"]): ImportedWeb["record"] {
  if (!isAlive(record.seen.status)) return record;
  return { ...record, seen: { ...record.seen, status: "expired", cause: NOT_KEPT } };
}

function keptSeen(seen: SeenKept): SeenKept {
  const { kind, id, user, userName, tenant, status, cause, createdAt, expireAt, tokenExpireAt } =
    seen;
  return {
    kind,
    id,
    user,
    userName,
    tenant,
    status,
    cause,
    createdAt,
    expireAt,
    tokenExpireAt,
  };
}
