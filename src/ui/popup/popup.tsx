/**
 * The toolbar button's popup: is Switchyard on in this tab, who is signed in there, and the way to the
 * panel.
 *
 * It is a view of the worker as the panel is, of the same tab, but it records nothing.
 */
import "../theme.css";
import "./popup.css";
import { signal, useComputed } from "@preact/signals";
import { type JSX, render } from "preact";
import type { LinkState, ViewClient } from "../../messages/view-client.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import type { ViewHost } from "../host.ts";
import { createPageStore, type PageStore } from "../store/page.ts";
import { createSitesStore, type SitesStore } from "../store/sites.ts";
import { PageSessions } from "./page-sessions.tsx";
import { SiteCard } from "./site-card.tsx";
import { siteState } from "./site-state.ts";

export interface PopupParts {
  client: ViewClient;
  host: ViewHost;
  page: PageStore;
  sites: SitesStore;
}

/** Shows the popup in `root`. Returns the way to take it away again, listeners and all. */
export function mountPopup(
  root: HTMLElement,
  { client, host }: { client: ViewClient; host: ViewHost },
): () => void {
  const page = createPageStore();
  const sites = createSitesStore({ client, host });
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
  ];
  void learnUrl();
  render(
    <Popup parts={{ client, host, page, sites }} url={() => url.value} link={() => link.value} />,
    root,
  );
  return () => {
    render(null, root);
    for (const end of endings) end();
  };
}

interface PopupProps {
  parts: PopupParts;
  /** Reading these subscribes. */
  url: () => string | undefined;
  link: () => LinkState;
}

function Popup({ parts, url, link }: PopupProps): JSX.Element {
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
        <SiteCard state={state.value} parts={parts} />
      )}
      {state.value.kind === "on" || state.value.kind === "leaving" ? (
        <PageSessions page={page} />
      ) : null}
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
