/**
 * The panel: what a shell mounts, in DevTools or in a tab of its own.
 *
 * It is a view and nothing else: what it shows comes from the worker through the client, what it
 * needs of its surroundings through the host. So the same code stands in both browsers and in tests.
 */
import { endKey } from "../components/end-key.ts";
import "../theme.css";
import "./panel.css";
import { type JSX, render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ViewClient } from "../../messages/view-client.ts";
import { Boundary } from "../components/boundary.tsx";
import type { ViewHost } from "../host.ts";
import { QueryPage } from "../query/query-page.tsx";
import { RequestsView } from "../requests/requests-view.tsx";
import { StoreContext } from "../store/context.ts";
import { createStore, type PanelStore } from "../store/store.ts";
import { Banners } from "./banners.tsx";
import { useWidthClass } from "./layout.ts";
import { RouteBars } from "./runs-as/route-bars.tsx";
import { whyNotRun } from "./runs-as/run-tab-as.tsx";
import { SessionsView } from "./sessions-view.tsx";
import { TopBar } from "./top-bar.tsx";
import { isTyping } from "./typing.ts";
import { WebBars } from "./web/web-bars.tsx";

export interface PanelOptions {
  client: ViewClient;
  host: ViewHost;
}

/** Shows the panel in `root`. Returns the way to take it away again, listeners and all. */
export function mountPanel(root: HTMLElement, { client, host }: PanelOptions): () => void {
  const store = createStore({ client, host });
  const page = root.ownerDocument.documentElement;
  const stopTheme = host.onTheme((theme) => {
    page.dataset.theme = theme;
  });
  render(
    <StoreContext.Provider value={store}>
      <Panel store={store} />
    </StoreContext.Provider>,
    root,
  );
  return () => {
    stopTheme();
    render(null, root);
    store.close();
  };
}

const VIEW_NAMES = { sessions: "Sessions", requests: "Requests", query: "Query" };

function Panel({ store }: { store: PanelStore }): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidthClass(root);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return endKey(event);
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) {
        if (event.key !== "Escape") return;
        (event.target as HTMLElement).blur();
        // Otherwise the page beneath would be left.
        endKey(event);
        return;
      }
      if (event.key === "/") {
        // Requests have a filter of their own.
        if (store.view.value !== "requests") {
          store.view.value = "sessions";
          store.front.value = "list";
        }
        // The list may be about to appear: it is there after the next painting.
        requestAnimationFrame(() => {
          root.current?.querySelector<HTMLInputElement>("input[type=search]")?.focus();
        });
        endKey(event);
      } else if (event.key === "r" || event.key === "R") {
        if (!store.page.info.peek() || whyNotRun(store) !== undefined) return;
        store.picking.value = true;
        endKey(event);
      } else if (/^[1-9]$/.test(event.key)) {
        const numbered = store.sessions.all
          .peek()
          .find((session) => session.number === Number(event.key));
        if (!numbered) return;
        store.view.value = "sessions";
        store.select(numbered.key);
        endKey(event);
      }
    };
    const whole = document.documentElement;
    whole.addEventListener("keydown", onKeyDown);
    return () => whole.removeEventListener("keydown", onKeyDown);
  }, [store]);

  return (
    <div class="sy-root" data-width={width} ref={root}>
      <TopBar />
      <Banners />
      <RouteBars />
      <WebBars />
      <div class="sy-view" role="tabpanel" aria-label={VIEW_NAMES[store.view.value]}>
        <Boundary key={store.view.value}>
          {store.view.value === "sessions" ? (
            <SessionsView width={width} />
          ) : store.view.value === "requests" ? (
            <RequestsView store={store} width={width} />
          ) : (
            <QueryPage store={store} />
          )}
        </Boundary>
      </div>
      <div class="sy-toast" role="status" aria-live="polite">
        {store.announcement.value && <span>{store.announcement.value}</span>}
      </div>
    </div>
  );
}
