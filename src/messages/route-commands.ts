/**
 * The commands of views about routes, the page API, and all that is kept. A view's own tab is meant;
 * `documentId` names a frame of another origin, chosen itself.
 */
import type { SessionKey } from "../session/model.ts";
import type { RouteNotice, RouteQuestion, RouteScope } from "../session/relay/route-model.ts";

export interface RouteCommands {
  /**
   * "Run tab as …". Answers a question instead where the person has to be asked; the same command with
   * its answer then goes on. Resolves when every document that can has confirmed the switch (3 s at
   * most) and the server has been asked who the session is.
   */
  "route.set": {
    params: {
      to: SessionKey;
      /** Default: `default`. */
      scope?: RouteScope;
      documentId?: string;
      /** The person agreed to another server. */
      otherServer?: boolean;
      /** What becomes of open transactions of the session that is left. */
      transactions?: "finish" | "cancel";
    };
    result: { ask?: RouteQuestion };
  };
  /** "Page's own session". */
  "route.clear": {
    params: { documentId?: string; transactions?: "finish" | "cancel" };
    result: { ask?: RouteQuestion };
  };
  /** "Always for this site", of the origin that the tab shows; refused for a Careful connection. */
  "route.always": { params: { on: boolean; origin?: string }; result: null };
  /** The held session selects what the page selected. */
  "route.follow": { params: Record<string, never>; result: null };
  /** The page's variables that the held session hasn't are set in it. */
  "route.copyVariables": { params: Record<string, never>; result: null };
  /** Cancels a transaction of the page that was left open at a switch. */
  "route.cancelTransaction": { params: { id: string }; result: null };
  /** A notice is not shown again for this route. */
  "route.dismiss": { params: { kind: RouteNotice["kind"] }; result: null };

  /** `window.switchyard` exists on this origin from the next document on, or no more. */
  "api.enable": { params: { origin: string; on: boolean }; result: null };
  /** The person's word on a page's request; no sessions: rejected. */
  "api.answer": { params: { id: string; sessions: SessionKey[] }; result: null };
  /** Takes one grant back, or all of an origin. */
  "api.revoke": { params: { origin: string; session?: SessionKey }; result: null };

  /** Everything that is kept, as JSON text. Secrets only where `secrets` is asked for. */
  "data.export": { params: { secrets: boolean }; result: { text: string } };
  /** Adds what such a text holds; what is there already stays. */
  "data.import": {
    params: { text: string };
    result: { connections: number; sessions: number; statements: number };
  };
  /** Forgets everything that is kept. */
  "data.delete": { params: Record<string, never>; result: null };
}
