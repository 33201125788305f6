/**
 * Saved web sessions in the file of all data: who they are, and never how they are signed in.
 *
 * A refresh token is good for one owner, and a server takes its second use for theft; a file is a copy,
 * and can be read in twice. So there they wait to be signed in again, also where secrets were asked for.
 */
import { KeptFileError } from "../session/kept-import.ts";
import { isAlive, NOT_KEPT, type SavedBook } from "../web/saved-book.ts";
import type { SavedRecord } from "../web/web-store.ts";
import { isSavedRecord } from "./stored-web.ts";

/** Characters of a text in a saved session of a file. */
const TEXT = 2_048;
const LABEL = 80;

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
}

/** The saved sessions as the file has them. */
export function keptWeb({ all }: Pick<SavedBook, "all">): KeptWebSession[] {
  return all.map(({ origin, storeId, label, colour, seen }) => ({
    origin,
    storeId,
    label,
    colour,
    seen: keptSeen(seen),
  }));
}

/** What of a file's saved session goes on. */
export type ImportedWeb = Omit<SavedRecord, "key" | "order">;

/** @throws KeptFileError with the place of what is wrong */
export function readKeptWeb(raw: readonly unknown[]): ImportedWeb[] {
  return raw.map((each, index) => {
    const record = recordOf(each);
    if (!record) throw new KeptFileError(`Saved sign-in ${index + 1} can't be read.`);
    return withoutSignIn(record);
  });
}

function recordOf(raw: unknown): ImportedWeb | undefined {
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

function withoutSignIn(record: ImportedWeb): ImportedWeb {
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
