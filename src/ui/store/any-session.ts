/** A session of either kind: one that the extension holds, or one of the page. */
import type { SessionView } from "../../session/model.ts";
import type { PageSessionView } from "../../session/page/page-model.ts";

export type AnySession = SessionView | PageSessionView;

export function isPageSession(session: AnySession): session is PageSessionView {
  return typeof session.holder === "object";
}
