/**
 * What is read back of web sign-ins is what we think it is, or it isn't used.
 *
 * A saved session is shown, and a snapshot is written into a page: so all that either needs is checked,
 * and a cookie of another host than the snapshot's own makes it none.
 */

import type { WebFact, WebHolder, WebSignIn, WebTokenView } from "../web/web-model.ts";
import type { WebCookie } from "../web/web-page.ts";
import type {
  FormSecrets,
  KeptForm,
  Labelling,
  SavedRecord,
  SwapJournal,
} from "../web/web-store.ts";
import type { Snapshot } from "../web/web-system.ts";
import { isWebOrigin } from "./api-grants.ts";
import { type Check, flag, listOf, number, oneOf, optional, shape, text } from "./stored-data.ts";

const kind = oneOf("supertokens", "clerk");
const colour: Check = (value) => typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value);
const origin: Check = (value) => typeof value === "string" && isWebOrigin(value);
const record: Check = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const texts: Check = (value) => record(value) && Object.values(value as object).every(text);
const status = oneOf(
  "active",
  "ended",
  "removed",
  "replaced",
  "expired",
  "revoked",
  "abandoned",
  "pending",
  "gone",
);

const isFact = shape<WebFact>({
  name: text,
  value: (value) => text(value) || number(value) || flag(value),
  isTime: optional(flag),
});

const isTokenView = shape<WebTokenView>({
  name: text,
  title: text,
  place: text,
  present: flag,
  unseen: optional(text),
});

const isSeen = shape<SavedRecord["seen"]>({
  kind,
  id: text,
  user: optional(text),
  userName: optional(text),
  tenant: optional(text),
  status,
  cause: text,
  createdAt: optional(number),
  updatedAt: optional(number),
  lastActiveAt: optional(number),
  expireAt: optional(number),
  abandonAt: optional(number),
  tokenExpireAt: optional(number),
  claims: optional(record),
  actor: optional(record),
  tasks: optional(listOf(text)),
  facts: listOf(isFact),
  tokens: listOf(isTokenView),
  warnings: listOf(text),
  operations: (value) =>
    record(value) && Object.values(value as object).every((can) => can === true || text(can)),
});

export const isSavedRecord = shape<SavedRecord>({
  key: (value) => typeof value === "string" && value.startsWith("saved/"),
  order: number,
  origin,
  storeId: text,
  label: text,
  colour,
  statusSince: number,
  owner: oneOf("extension", "page", "unsure"),
  seen: isSeen,
});

const isCookie = shape<WebCookie>({
  name: text,
  value: text,
  domain: text,
  hostOnly: flag,
  path: text,
  secure: flag,
  httpOnly: flag,
  sameSite: oneOf("no_restriction", "lax", "strict", "unspecified"),
  expireAt: optional(number),
  storeId: text,
  partitionKey: optional(
    (value) =>
      record(value) && Object.values(value as object).every((one) => text(one) || flag(one)),
  ),
});

const hasSnapshotShape = shape<Snapshot>({
  kind,
  origin,
  takenAt: number,
  cookies: listOf(isCookie),
  base: optional(
    (value) => typeof value === "string" && /^https?:/.test(value) && URL.canParse(value),
  ),
  more: optional(texts),
});

/** Its cookies are those of its own origin's host, or of a domain above it. */
export function isSnapshot(value: unknown): value is Snapshot {
  if (!hasSnapshotShape(value)) return false;
  const { hostname } = new URL(value.origin);
  return value.cookies.every(({ domain }) => {
    const name = domain.replace(/^\./, "");
    return name === hostname || hostname.endsWith(`.${name}`);
  });
}

const isHolder = shape<WebHolder>({
  tabId: number,
  frameId: number,
  documentId: text,
  origin,
  top: flag,
});

export const isSwapJournal = shape<SwapJournal>({
  id: text,
  at: number,
  kind,
  holder: isHolder,
  storeId: text,
  to: shape<SwapJournal["to"]>({ key: text, id: text, label: text }),
  back: optional(
    shape<NonNullable<SwapJournal["back"]>>({ id: text, label: text, snapshot: isSnapshot }),
  ),
});

export const isLabelling = shape<Labelling>({
  kind,
  id: text,
  label: optional(text),
  colour: optional(colour),
});

const isForm = shape<WebSignIn>({
  kind,
  endpoint: text,
  tenant: optional(text),
  fields: listOf(
    shape<WebSignIn["fields"][number]>({ name: text, value: optional(text), secret: flag }),
  ),
  shape: oneOf("flat", "form-fields"),
});

export const isKeptForm = shape<KeptForm>({ origin, form: isForm });

export function isFormSecrets(value: unknown): value is FormSecrets {
  return texts(value);
}
