/**
 * The commands of views about web sign-ins: SuperTokens and Clerk sessions of the page of this view's
 * tab, and saved ones. What is shown of them comes unasked, as the events `web` and `saved`.
 */
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import type { WebSignIn } from "../web/web-model.ts";

export interface WebCommands {
  /**
   * The page runs as this session: another one of its own, or a saved one that fits its origin. Resolves
   * when that was read back; what happens in the 10 s after it is told as a notice.
   */
  "web.switch": { params: { key: SessionKey }; result: null };
  /** Saves the page's current session; answers the saved one's key. */
  "web.save": { params: { key: SessionKey; label?: string }; result: { key: SessionKey } };
  "web.touch": { params: { key: SessionKey }; result: null };
  /** Signs it out at the server. */
  "web.end": { params: { key: SessionKey }; result: null };
  /** Out of the page; a saved one out of the list, where it isn't ended by that. */
  "web.remove": { params: { key: SessionKey }; result: null };
  /**
   * Signs in through the application's own endpoint. `page`: as the page's SDK does it, so that the page
   * runs as the new session. `saved`: no page is touched, and the session stands under My sessions.
   * What was filled in is remembered for this origin, secrets until the browser closes.
   */
  "web.signIn": {
    params: { origin: string; form: WebSignIn; into: "page" | "saved"; label?: string };
    result: { key?: SessionKey };
  };
  /** The person's own label and colour. Of a page's session they are kept for its id. */
  "web.edit": { params: { key: SessionKey; label?: string; colour?: string }; result: null };
  /** One token's value, to be shown once; undefined where there is none. */
  "web.reveal": { params: { key: SessionKey; token: string }; result: { value?: string } };
  "web.history": { params: { key: SessionKey }; result: { entries: HistoryEntry[] } };
  /** Looks at the page at once, also for cookies that were allowed just now. */
  "web.look": { params: Record<string, never>; result: null };
  "web.dismiss": { params: { id: string }; result: null };
}
