/** What is worth a line in a session's history, when one look finds it otherwise than the one before. */
import type { HistoryEntry } from "../session/model.ts";
import type { SeenSession } from "./web-model.ts";

/**
 * @param last as it was known
 * @param before the same, where the page had it at the look before; undefined: it has come back
 */
export function sessionLines(
  last: SeenSession,
  before: SeenSession | undefined,
  now: SeenSession,
  by: "you" | "page",
): HistoryEntry[] {
  const at = Date.now();
  const lines: HistoryEntry[] = [];
  if (!before) lines.push({ at, event: "note", by, text: "On the page again." });
  if (last.status !== now.status) {
    const who = now.status === "expired" ? "clock" : by;
    const { status: after, cause: text } = now;
    lines.push({ at, event: "status", by: who, before: last.status, after, text });
  }
  const [was, is] = [identityOf(last), identityOf(now)];
  if (was !== is) lines.push({ at, event: "auth", by, before: was, after: is });
  if (!before) return lines;
  if (now.current && !before.current) {
    lines.push({ at, event: "note", by, text: "The page runs as this session." });
  } else if (!now.current && before.current) {
    lines.push({ at, event: "note", by, text: "The page runs as another session." });
  }
  if ((now.tokenExpireAt ?? 0) > (before.tokenExpireAt ?? Number.POSITIVE_INFINITY)) {
    lines.push({ at, event: "auth", by, text: "Renewed." });
  }
  return lines;
}

function identityOf({ user, tenant }: SeenSession): string {
  if (user === undefined) return "nobody";
  return tenant === undefined ? user : `${user} (${tenant})`;
}
