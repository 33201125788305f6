/**
 * What is said where the page shows no session: one text per cause, and the one thing to do about it.
 */
import "./page-states.css";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { siteHost, sitePattern } from "../../messages/site-pattern.ts";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote, Note } from "../components/error-note.tsx";
import { useStore } from "../store/context.ts";
import { type PageCondition, pageTroubles } from "../store/page-condition.ts";

/** How long a page may say nothing before that is worth a word, in milliseconds. */
const PATIENCE = 3_000;

/**
 * Why the page shows no session, and what else a person should know of it. Stands in the list, and in
 * any view that has nothing to show.
 */
export function PageState({ condition }: { condition: PageCondition | undefined }): JSX.Element {
  const store = useStore();
  return (
    <div class="sy-page-state" data-page-state={condition}>
      {condition !== undefined && <Cause key={condition} condition={condition} />}
      {pageTroubles(store.page).map((trouble) => (
        <Note key={trouble} tone="warn">
          {trouble}
        </Note>
      ))}
    </div>
  );
}

function Cause({ condition }: { condition: PageCondition }): JSX.Element {
  const store = useStore();
  const working = useAction();
  switch (condition) {
    case "off":
      return <Off />;
    case "needs-reload":
      return (
        <>
          <p>Opened before Switchyard was installed or enabled.</p>
          <Button
            icon="refresh"
            variant="primary"
            onClick={() => working.run(() => store.call("page.reload", {}))}
          >
            Reload page
          </Button>
          <ErrorNote error={working.error} onDismiss={working.clear} />
        </>
      );
    case "forbidden":
      return <p>The browser lets no extension watch this page.</p>;
    case "http":
      return <p>This page talks to SurrealDB over HTTP. Only WebSocket sessions are shown.</p>;
    case "waiting":
      return (
        <>
          <p>This page has not opened a SurrealDB WebSocket yet. Waiting…</p>
          <p class="sy-dim">A socket that lives in a web worker isn't watched.</p>
        </>
      );
    case "unknown":
      return <Silent />;
  }
}

function Off(): JSX.Element {
  const store = useStore();
  const enabling = useAction();
  const { host } = store;
  const told = store.page.info.value?.host;
  // Known before the click: a permission can be asked for in the click itself only.
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let current = true;
    host.pageUrl().then(
      (found) => current && setUrl(found),
      (error: unknown) => enabling.fail({ name: "PageUrl", message: String(error) }),
    );
    return () => {
      current = false;
    };
  }, [told]);
  // The worker isn't told the address of a page on which it may not run; DevTools and popups are.
  const name = (url && siteHost(url)) ?? told;

  async function enable() {
    if (!host.requestSite || url === undefined) return host.openOptions(url);
    const pattern = sitePattern(url);
    if (await host.requestSite(pattern)) await store.call("site.granted", { pattern });
  }

  return (
    <>
      <p>Switchyard is off on {name ?? "this site"}.</p>
      <Button
        variant="primary"
        title={host.requestSite ? undefined : "Opens the options, where the browser asks you"}
        onClick={() => enabling.run(enable)}
      >
        Enable on this site
      </Button>
      <ErrorNote error={enabling.error} onDismiss={enabling.clear} />
    </>
  );
}

function Silent(): JSX.Element {
  const store = useStore();
  const looking = useAction();
  const [overdue, setOverdue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOverdue(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!overdue) return <p class="sy-dim">Asking the page…</p>;
  return (
    <>
      <p>The page doesn't answer. It may be loading, or its tab was put to sleep.</p>
      <Button onClick={() => looking.run(() => store.call("page.look", {}))}>Look again</Button>
      <ErrorNote error={looking.error} onDismiss={looking.clear} />
    </>
  );
}
