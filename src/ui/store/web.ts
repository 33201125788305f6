/**
 * The web sign-ins that the worker told of: what was found in the page of this view's tab, its sessions,
 * saved ones, and what a person should hear of them.
 *
 * A worker that has just started knows of nothing until it has looked at the page: what was known stands
 * meanwhile, so that nothing blinks.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { WorkerEvent } from "../../messages/commands.ts";
import type { ViewClient } from "../../messages/view-client.ts";
import type { ErrorView, SessionKey } from "../../session/model.ts";
import {
  isSavedSessionKey,
  type WebNotice,
  type WebPageView,
  type WebSessionView,
  type WebSiteView,
  type WebSystemView,
} from "../../web/web-model.ts";
import { toErrorView } from "../components/action.ts";
import { isOver } from "../words/web.ts";
import { createSessionsStore, type SessionsStore } from "./sessions.ts";

export interface WebStore {
  /** By origin, those with at least one system. */
  readonly sites: ReadonlySignal<readonly WebSiteView[]>;
  /** Of the page of this view's tab, the ones that are over included. */
  readonly ofPage: SessionsStore<WebSessionView>;
  readonly saved: SessionsStore<WebSessionView>;
  readonly notices: ReadonlySignal<readonly WebNotice[]>;
  /** There is something to show. */
  readonly any: ReadonlySignal<boolean>;
  /** A session of the page or a saved one, whichever the key names. Reading it subscribes. */
  get(key: SessionKey): WebSessionView | undefined;
  /** The system that a session belongs to, where the page shows its origin. Reading it subscribes. */
  systemOf(session: Pick<WebSessionView, "origin" | "kind">): WebSystemView | undefined;
  /** The page runs as this session. Answers whether it does; `error` says why not. */
  switchTo(key: SessionKey): Promise<boolean>;
  /** A switch is on its way. */
  readonly switching: ReadonlySignal<boolean>;
  /** Why the last switch came to nothing. */
  readonly error: ReadonlySignal<ErrorView | undefined>;
  dismissError(): void;
  /** Every event of the worker goes through here; what is no concern of it is passed over. */
  take(event: WorkerEvent): void;
  close(): void;
}

/** The page's own session that a session is: itself, or the one that a saved one was taken from. Subscribes. */
export function pageTwin(
  web: Pick<WebStore, "get">,
  session: WebSessionView,
): WebSessionView | undefined {
  if (session.holder !== "extension") return session;
  return session.savedAs === undefined ? undefined : web.get(session.savedAs);
}

/** True where the page runs as it, so that ending it signs the page out. Subscribes. */
export function isInPage(web: Pick<WebStore, "get">, session: WebSessionView): boolean {
  const twin = pageTwin(web, session);
  return twin?.current === true && !isOver(twin.status);
}

/** Does what a notice offers. The notice is settled by that, also where it stays until it is dismissed. */
export async function takeOffer(
  { web, call }: { web: Pick<WebStore, "notices">; call: ViewClient["call"] },
  { id, offer, key }: WebNotice,
): Promise<void> {
  if (offer === "reload") await call("page.reload", {});
  else if (offer === "again" && key !== undefined) await call("web.switch", { key });
  if (web.notices.peek().some((notice) => notice.id === id)) await call("web.dismiss", { id });
}

/** How long a worker that has just started may take to look at the page, in milliseconds. */
const PATIENCE = 5_000;

const NOTHING: WebPageView = { sites: [], sessions: [], notices: [] };

export function createWebStore(client: Pick<ViewClient, "call">): WebStore {
  const sites = signal<readonly WebSiteView[]>([]);
  const ofPage = createSessionsStore<WebSessionView>();
  const saved = createSessionsStore<WebSessionView>();
  const notices = signal<readonly WebNotice[]>([]);
  const running = signal(0);
  const error = signal<ErrorView | undefined>(undefined);
  let patience: ReturnType<typeof setTimeout> | undefined;

  function takePage(page: WebPageView) {
    clearTimeout(patience);
    sites.value = page.sites.filter(({ systems }) => systems.length > 0);
    notices.value = page.notices;
    ofPage.replaceAll(page.sessions);
  }

  function takeSnapshot(page: WebPageView | undefined) {
    clearTimeout(patience);
    const mayBeBack = page !== undefined && page.sites.length === 0 && sites.peek().length > 0;
    if (!mayBeBack) return takePage(page ?? NOTHING);
    patience = setTimeout(() => batch(() => takePage(page)), PATIENCE);
  }

  return {
    sites,
    ofPage,
    saved,
    notices,
    any: computed(
      () => sites.value.length > 0 || ofPage.keys.value.length > 0 || saved.keys.value.length > 0,
    ),
    get: (key) => (isSavedSessionKey(key) ? saved : ofPage).get(key).value,
    systemOf: ({ origin, kind }) =>
      sites.value
        .find(({ holder }) => holder.origin === origin)
        ?.systems.find((system) => system.kind === kind),
    async switchTo(key) {
      error.value = undefined;
      running.value++;
      try {
        await client.call("web.switch", { key });
        return true;
      } catch (thrown) {
        error.value = toErrorView(thrown);
        return false;
      } finally {
        running.value--;
      }
    },
    switching: computed(() => running.value > 0),
    error,
    dismissError() {
      error.value = undefined;
    },
    take(event) {
      batch(() => {
        if (event.event === "snapshot") {
          takeSnapshot(event.snapshot.web);
          saved.replaceAll(event.snapshot.saved ?? []);
        } else if (event.event === "web") takePage(event.web);
        else if (event.event === "saved") saved.replaceAll(event.saved);
      });
    },
    close: () => clearTimeout(patience),
  };
}
