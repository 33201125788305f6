/**
 * The toolbar button's popup: is Switchyard on in this tab, whom it runs as, who is signed in there, and
 * the way to the panel. A page that asks for access is answered here.
 *
 * It is a view of the worker as the panel is, of the same tab, but it records nothing.
 */
import "../theme.css";
import "./popup.css";
import { type Signal, signal, useComputed } from "@preact/signals";
import { type JSX, render } from "preact";
import { useEffect } from "preact/hooks";
import type { LinkState, ViewClient } from "../../messages/view-client.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import type { ViewHost } from "../host.ts";
import { isTyping } from "../panel/typing.ts";
import { createPageStore, type PageStore } from "../store/page.ts";
import { createRoutesStore, type RoutesStore } from "../store/routes.ts";
import { createSitesStore, type SitesStore } from "../store/sites.ts";
import { createWebStore, type WebStore } from "../store/web.ts";
import { createWorkerState, type WorkerState } from "../store/worker-state.ts";
import { digitOf } from "../switcher/choices.ts";
import { AccessRequests } from "./access-requests.tsx";
import { PageSessions } from "./page-sessions.tsx";
import { RunsAsCard } from "./runs-as-card.tsx";
import { SiteCard } from "./site-card.tsx";
import { siteState } from "./site-state.ts";
import { WebCard } from "./web-card.tsx";

export interface PopupParts extends Omit<WorkerState, "take"> {
  client: ViewClient;
  call: ViewClient["call"];
  host: ViewHost;
  page: PageStore;
  web: WebStore;
  sites: SitesStore;
  routes: RoutesStore;
}

export interface PopupOptions {
  client: ViewClient;
  host: ViewHost;
  /** It was opened to switch: the list to pick from is open, and has the keys at once. */
  switching?: boolean;
}

/** Shows the popup in `root`. Returns the way to take it away again, listeners and all. */
export function mountPopup(
  root: HTMLElement,
  { client, host, switching = false }: PopupOptions,
): () => void {
  const { take, ...worker } = createWorkerState();
  const page = createPageStore();
  const web = createWebStore(client);
  const sites = createSitesStore({ client, host });
  const routes = createRoutesStore(client, page);
  const picking = signal(switching ? "" : undefined);
  const link = signal<LinkState>("connecting");
  const url = signal<string | undefined>(undefined);
  const learnUrl = async () => {
    url.value = await host.pageUrl();
  };
  const endings = [
    client.onLink((state) => {
      link.value = state;
    }),
    client.onEvent((message) => {
      take(message);
      web.take(message);
      if (message.event === "snapshot") {
        page.replaceAll(message.snapshot.page);
        sites.replaceAll(message.snapshot.sites);
      } else if (message.event === "page") page.apply(message.delta);
      else if (message.event === "sites") sites.replaceAll(message.sites);
      else return;
      // The tab may show another page by now, and its site may have been enabled a moment ago.
      void learnUrl();
    }),
    host.onTheme((theme) => {
      root.ownerDocument.documentElement.dataset.theme = theme;
    }),
    sites.close,
    page.close,
    web.close,
  ];
  void learnUrl();
  const { call } = client;
  const parts: PopupParts = { ...worker, client, call, host, page, web, sites, routes };
  render(
    <Popup parts={parts} picking={picking} url={() => url.value} link={() => link.value} />,
    root,
  );
  return () => {
    render(null, root);
    for (const end of endings) end();
  };
}

interface PopupProps {
  parts: PopupParts;
  /** What is looked for in the list of whom the tab can run as; undefined: it is closed. */
  picking: Signal<string | undefined>;
  /** Reading these subscribes. */
  url: () => string | undefined;
  link: () => LinkState;
}

function Popup({ parts, picking, url, link }: PopupProps): JSX.Element {
  const { host, page, sites } = parts;
  const state = useComputed(() => {
    const address = url();
    return siteState({
      url: address,
      status: sites.enabled.value === undefined ? undefined : page.info.value?.status,
      sites: address === undefined ? [] : sites.of(address),
      localAllowed: sites.localAllowed.value,
    });
  });
  const { kind } = state.value;
  const open = picking.value !== undefined;
  const watched = kind === "on" || kind === "leaving";
  /** A page waits for an answer: all else that is only to be looked at gives way. */
  const asked = parts.access.value.requests.length > 0;
  const runnable = watched || kind === "needs-reload";
  useEffect(() => {
    if (!runnable) return;
    const onKeyDown = (event: KeyboardEvent) => keyInPopup(event, parts, picking);
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [runnable]);
  const address = url();
  const named =
    address !== undefined && URL.canParse(address) ? new URL(address).host : page.info.value?.host;
  return (
    <div class="sy-root sy-toolbar">
      <header class="sy-toolbar-head">
        <img src="/icons/switchyard.svg" alt="" width="24" height="24" />
        <div class="sy-toolbar-title">
          <h1>Switchyard</h1>
          <p class="sy-dim sy-ellipsis" data-host title={named}>
            {named || "This tab"}
          </p>
        </div>
        <Button icon="settings" label="Sites and settings" onClick={() => host.openOptions()} />
      </header>
      {link() === "gone" ? (
        <ErrorNote
          error={{
            name: "ExtensionGone",
            message: "Switchyard was updated or removed.",
            advice: "Close this and open it again.",
          }}
        />
      ) : (
        <>
          <AccessRequests parts={parts} />
          {!asked && !(watched && open) && <SiteCard state={state.value} parts={parts} />}
          {runnable && <RunsAsCard parts={parts} picking={picking} />}
        </>
      )}
      {runnable && !open && !asked && <WebCard parts={parts} />}
      {watched && !open && !asked ? <PageSessions page={page} /> : null}
      <footer class="sy-toolbar-foot">
        <p>
          Open DevTools (<kbd>{host.platform === "mac" ? "⌥⌘I" : "F12"}</kbd>) and choose{" "}
          <b>Switchyard</b>.
        </p>
        <Button icon="link" onClick={() => host.openOwnTab()}>
          Open in a tab
        </Button>
      </footer>
    </div>
  );
}

/**
 * Keys mean the list before it has the focus too: a popup is opened to do one thing. R opens it, a
 * digit picks from it at once, whatever else is typed is looked for in it.
 */
function keyInPopup(event: KeyboardEvent, parts: PopupParts, picking: PopupProps["picking"]): void {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || !/^[\p{L}\p{N}]$/u.test(key)) return;
  event.preventDefault();
  const digit = parts.sessions.all
    .peek()
    .find(
      (session) => digitOf(session, parts.connections.get(session.connectionId)) === Number(key),
    );
  if (!digit) {
    picking.value = /^r$/i.test(key) ? "" : key;
    return;
  }
  const { scope } = parts.routes.current.peek() ?? {};
  picking.value = undefined;
  void parts.routes.set(digit.key, scope && { scope });
}
