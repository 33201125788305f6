/** Why the page shows no session, if it shows none. Each cause has a text of its own. */
import type { PageStatus } from "../../session/page/page-model.ts";
import type { PageStore } from "./page.ts";

export type PageCondition =
  /** Its site isn't enabled. */
  | "off"
  /** It was opened before Switchyard could watch it. */
  | "needs-reload"
  /** A page of the browser itself. */
  | "forbidden"
  /** It hasn't said anything yet. */
  | "unknown"
  /** It talks to SurrealDB without a WebSocket. */
  | "http"
  /** It is watched, and has opened no socket. */
  | "waiting";

const UNWATCHED: Partial<Record<PageStatus, PageCondition>> = {
  off: "off",
  "needs-reload": "needs-reload",
  forbidden: "forbidden",
  unknown: "unknown",
};

/** Undefined where the page has sockets to show, or the view has no page. Reading it subscribes. */
export function pageCondition(page: PageStore): PageCondition | undefined {
  const info = page.info.value;
  if (!info) return undefined;
  if (page.sockets.value.length > 0 && info.status === "unknown") return undefined;
  const unwatched = UNWATCHED[info.status];
  if (unwatched !== undefined) return unwatched;
  if (page.sockets.value.length > 0) return undefined;
  return page.frames.value.some((frame) => frame.usesHttp) ? "http" : "waiting";
}

/** What a person should know of the page's frames, one sentence each. Reading it subscribes. */
export function pageTroubles(page: PageStore): string[] {
  return [...new Set(page.frames.value.flatMap((frame) => frame.troubles ?? []))];
}
