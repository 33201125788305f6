/**
 * What was recorded, as one more column of a run: already answered, by somebody who can't be asked again.
 */
import { signal } from "@preact/signals";
import type { RequestEntry } from "../../../session/log/log-entry.ts";
import type { SessionView } from "../../../session/model.ts";
import type { Column, Progress } from "../../query/column.ts";
import type { Answer } from "../../query/results/answer.ts";

/** As it is called in sentences: "Bob sees 3 of the recording's 7 rows". */
const NAME = "the recording";

export function recordedColumn(entry: RequestEntry, answer: Answer): Column {
  return {
    session: sessionThen(entry, answer),
    startedAt: entry.at,
    progress: signal<Progress>({ kind: "answered", answer, dry: false }),
    ended: Promise.resolve(),
    letGo: () => undefined,
  };
}

/** Whoever it was then: not the session that has this key now, if any has. */
function sessionThen({ at, as }: RequestEntry, { session, level }: Answer): SessionView {
  return {
    key: "recorded",
    kind: "surrealdb",
    holder: "extension",
    connectionId: "",
    label: NAME,
    colour: session.colour,
    ...(as?.namespace !== undefined && { namespace: as.namespace }),
    ...(as?.database !== undefined && { database: as.database }),
    variables: [],
    auth: { level, ...(as?.user !== undefined && { user: as.user }), renewable: false },
    status: "removed",
    cause: "This is what was recorded.",
    statusSince: at,
    createdAt: at,
    updatedAt: at,
    lastActiveAt: at,
    abandonAt: at,
    remembered: false,
    warnings: [],
    truth: { state: "unchecked" },
    liveQueries: [],
    transactions: [],
    gate: { open: false, reason: "This is what was recorded." },
    temporary: false,
    needsSignIn: false,
  };
}
