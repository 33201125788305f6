/**
 * What a view may ask of the worker, and what the worker tells every view. The commands `session.*`
 * take the key of a held session or of a page's session; where a page's session can't do what is
 * asked, it is refused with the reason.
 *
 * One map of commands types both ends of the port. A view first says hello, is answered by one whole
 * snapshot, and from then on gets deltas: whole views of what changed, by key. A view that lost its
 * port says hello again and replaces all it had.
 */

import type { RegistryDelta } from "../session/change-feed.ts";
import type { ProfileInput } from "../session/connection-book.ts";
import type { LiveEvent } from "../session/live-queries.ts";
import type {
  ConnectionView,
  ErrorView,
  HistoryEntry,
  SessionKey,
  SessionView,
  Settings,
  SignIn,
} from "../session/model.ts";
import type { PageDelta, PageView, TrafficRecord } from "../session/page/page-model.ts";
import type { AccessView, AlwaysRoute, RoutedTab } from "../session/relay/route-model.ts";
import type { Schema } from "../session/schema.ts";
import type { NewSession } from "../session/session-record.ts";
import type { Answer } from "../session/session-requests.ts";
import type { WebPageView, WebSessionView } from "../web/web-model.ts";
import type { RouteCommands } from "./route-commands.ts";
import type { WebCommands } from "./web-commands.ts";

/** An answer of the server with what it cost; the view decodes it. */
export type CallResult = Answer;

/** Each command: its parameters and its answer. A refusal is an ErrorView. */
export interface Commands extends RouteCommands, WebCommands {
  /** Mends what can be mended in the URL (scheme, /rpc), stores the profile, connects. */
  "connection.add": { params: ProfileInput; result: { id: string; url: string; mended?: string } };
  "connection.edit": { params: { id: string } & ProfileInput; result: { mended?: string } };
  "connection.remove": { params: { id: string }; result: null };
  "connection.retry": { params: { id: string }; result: null };
  "connection.disconnect": { params: { id: string }; result: null };

  /** Without `signIn`: anonymous. Temporary: closes with the view that asks. */
  "session.new": {
    params: Omit<NewSession, "viewId"> & { temporary?: boolean };
    result: { key: SessionKey };
  };
  "session.fork": {
    params: { key: SessionKey; label?: string; temporary?: boolean };
    result: { key: SessionKey };
  };
  /** A new session set up like a closed one. New UUID. */
  "session.reopen": { params: { key: SessionKey }; result: { key: SessionKey } };
  /** remove() = close = detach. */
  "session.close": { params: { key: SessionKey }; result: null };
  /** end() = invalidate = sign out: still listed and attached. */
  "session.end": { params: { key: SessionKey }; result: null };
  "session.touch": { params: { key: SessionKey }; result: null };
  "session.reset": { params: { key: SessionKey }; result: null };
  "session.replace": { params: { key: SessionKey; by: SessionKey }; result: null };
  /** Forgets a session that is already closed: it leaves the folded list. */
  "session.forget": { params: { key: SessionKey }; result: null };
  /** number null takes the shortcut away. */
  "session.edit": {
    params: { key: SessionKey; label?: string; colour?: string; number?: number | null };
    result: null;
  };
  "session.remember": { params: { key: SessionKey; on: boolean }; result: null };

  /** A string selects, null unsets, absent leaves as it is. */
  "session.use": {
    params: { key: SessionKey; namespace?: string | null; database?: string | null };
    result: { namespace?: string; database?: string };
  };
  /** Either SurrealQL, which the server evaluates in this session, or a value as CBOR bytes. */
  "session.set": {
    params: { key: SessionKey; name: string; expression?: string; value?: Uint8Array };
    result: { value: Uint8Array };
  };
  "session.unset": { params: { key: SessionKey; name: string }; result: null };

  /** `refresh: false` doesn't keep the refresh token (SignIn against SignInWithRefresh). */
  "session.signIn": {
    params: { key: SessionKey; signIn: SignIn; refresh?: boolean; remember?: boolean };
    result: null;
  };
  "session.signUp": {
    params: { key: SessionKey; signIn: SignIn; refresh?: boolean; remember?: boolean };
    result: null;
  };
  "session.refresh": { params: { key: SessionKey }; result: null };
  /** Kills the grant of the refresh token; the session goes on. */
  "session.revoke": { params: { key: SessionKey }; result: null };

  /** Asks the server who it thinks this session is, and compares. */
  "session.check": { params: { key: SessionKey }; result: null };
  /** After a difference: take over what the server says. */
  "session.acceptTruth": { params: { key: SessionKey }; result: null };
  /** After a difference: set the server's session up again as it is shown. */
  "session.restoreTruth": { params: { key: SessionKey }; result: null };

  /** Any RPC method. `params` is a CBOR array; absent: none. */
  "session.call": {
    params: { key: SessionKey; method: string; params?: Uint8Array; txn?: string };
    result: CallResult;
  };
  /** `bindings` is a CBOR map. */
  "session.query": {
    params: { key: SessionKey; text: string; bindings?: Uint8Array; txn?: string };
    result: CallResult;
  };
  /** The record of the signed-in user (RPC `info`), CBOR. */
  "session.info": { params: { key: SessionKey }; result: { record: Uint8Array } };
  "session.version": { params: { key: SessionKey }; result: { version: string } };
  /** Names that this session may see; `undefined` where the server doesn't let it look. */
  "session.names": {
    params: { key: SessionKey; namespace?: string };
    result: { namespaces?: string[]; databases?: string[]; tables?: string[] };
  };
  /** For completion: tables, fields, functions; `tables` is absent where the session may not look. */
  "session.schema": { params: { key: SessionKey }; result: Schema };
  "session.tokens": { params: { key: SessionKey }; result: { access?: string; refresh?: string } };
  "session.history": { params: { key: SessionKey }; result: { entries: HistoryEntry[] } };

  "session.begin": { params: { key: SessionKey }; result: { txn: string } };
  "session.commit": { params: { key: SessionKey; txn: string }; result: null };
  "session.cancel": { params: { key: SessionKey; txn: string }; result: null };

  /** A table's name, or a whole LIVE SELECT. */
  "session.live": {
    params: { key: SessionKey; table?: string; statement?: string };
    result: { id: string };
  };
  /** The query goes on at the server; nobody here listens any more. */
  "session.stopWatching": { params: { key: SessionKey; id: string }; result: null };
  "session.kill": { params: { key: SessionKey; id: string }; result: null };
  /** The last notifications of a live query, oldest first, at most 200. */
  "session.notifications": {
    params: { key: SessionKey; id: string };
    result: { notifications: Notification[] };
  };

  /**
   * Of a page's session: `invalidate` behind the SDK's back, to see what the page does when its
   * sign-in ends.
   */
  "session.expire": { params: { key: SessionKey }; result: null };
  /**
   * A held session with the namespace, database, variables and access token of a page's session;
   * never its refresh token. Where no profile has the socket's URL, the first call answers what to
   * ask the person; the second says that they agreed.
   */
  "session.keepCopy": {
    params: { key: SessionKey; confirmed?: boolean };
    result: { key: SessionKey } | { confirm: { url: string; user?: string; place: string } };
  };

  /** Frames of this view's tab come as `traffic` from now on, or no more. */
  "page.record": { params: { on: boolean }; result: { since?: number } };
  /** Reloads this view's tab. */
  "page.reload": { params: Record<string, never>; result: null };
  /** Looks again for hooks in this view's tab. */
  "page.look": { params: Record<string, never>; result: null };

  /** The person granted, or took back, what a site needs: scripts follow. `pattern` as `sitePattern` made it. */
  "site.granted": { params: { pattern: string }; result: null };
  "site.disable": { params: { pattern: string }; result: null };

  "settings.change": { params: Partial<Settings>; result: null };
}

export type CommandName = keyof Commands;
export type CommandParams<C extends CommandName> = Commands[C]["params"];
export type CommandResult<C extends CommandName> = Commands[C]["result"];

/** One live notification, for the views that show it; record id and value as CBOR bytes. */
export type Notification = LiveEvent;

export interface Snapshot {
  connections: ConnectionView[];
  /** Held sessions in list order; closed ones (removed, replaced) included. */
  sessions: SessionView[];
  settings: Settings;
  /** The page of this view's tab; absent for a view without a tab. */
  page?: PageView;
  sites: SiteView[];
  /** Sites that always run as a session of the person's choice. */
  always: AlwaysRoute[];
  /** Tabs that run as held sessions now; absent: none. */
  routed?: RoutedTab[];
  /** Who may use the page API, and who asks to. */
  access: AccessView;
  /** Web sign-ins of the page of this view's tab; absent for a view without a tab. */
  web?: WebPageView;
  /** Saved web sessions, in list order. */
  saved?: WebSessionView[];
  /** Troubles of the extension itself: storage full or broken. */
  problems: string[];
}

/** Everything that changed since the last message; whole views by key. */
export type Delta = RegistryDelta;

/** What the worker tells views unasked. */
export type WorkerEvent =
  | { event: "snapshot"; snapshot: Snapshot }
  | { event: "delta"; delta: Delta }
  /** Of this view's tab. */
  | { event: "page"; delta: PageDelta }
  /** Of this view's tab, while it records: in the order in which it happened. */
  | { event: "traffic"; records: TrafficRecord[] }
  | { event: "sites"; sites: SiteView[] }
  | { event: "always"; always: AlwaysRoute[] }
  | { event: "routed"; routed: RoutedTab[] }
  | { event: "access"; access: AccessView }
  /** Of this view's tab, whole. */
  | { event: "web"; web: WebPageView }
  | { event: "saved"; saved: WebSessionView[] }
  /** The SDK's session events `auth` and `using`, and every other line of a history. */
  | { event: "history"; key: SessionKey; entry: HistoryEntry }
  | { event: "notification"; key: SessionKey; id: string; notification: Notification };

/** A site beyond the local ones on which the hook runs. */
export interface SiteView {
  /** The match pattern that the person granted, `https://staging.acme.com/*`. */
  pattern: string;
  /** Its host, for people. */
  host: string;
}

/** View to worker. */
export type ViewMessage =
  /** `viewId` is random per view and stays over reconnects: what the view made closes with it. */
  | { type: "hello"; protocol: number; viewId: string; tabId?: number; record?: boolean }
  | { type: "call"; id: number; command: CommandName; params: unknown };

/** Worker to view. */
export type WorkerMessage =
  | { type: "answer"; id: number; result: unknown }
  | { type: "refusal"; id: number; error: ErrorView }
  | { type: "event"; event: WorkerEvent };

/** Raised when the shapes above change in a way that an older view can't read. */
export const PROTOCOL = 4;
/** The name under which views open their port to the worker. */
export const VIEW_PORT = "switchyard-view";
