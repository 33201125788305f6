/**
 * The options: on which sites Switchyard runs, how much the log of requests holds, and what is kept
 * where. Opened for one site, it asks one large question before all else.
 */
import "../theme.css";
import "./options.css";
import { type JSX, render } from "preact";
import type { ViewClient } from "../../messages/view-client.ts";
import type { ViewHost } from "../host.ts";
import { createPreferences, type Preferences } from "../store/preferences.ts";
import { createSitesStore, type SitesStore } from "../store/sites.ts";
import { LogLimitsForm } from "./log-limits.tsx";
import { SiteQuestion } from "./site-question.tsx";
import { Sites } from "./sites.tsx";

export interface OptionsParts {
  client: ViewClient;
  host: ViewHost;
  /** A page of the site that is asked about. */
  site?: string;
}

/** Shows the options in `root`. Returns the way to take them away again, listeners and all. */
export function mountOptions(root: HTMLElement, { client, host, site }: OptionsParts): () => void {
  const sites = createSitesStore({ client, host });
  const preferences = createPreferences(host);
  const endings = [
    sites.close,
    client.onEvent((message) => {
      if (message.event === "snapshot") sites.replaceAll(message.snapshot.sites);
      else if (message.event === "sites") sites.replaceAll(message.sites);
    }),
    host.onTheme((theme) => {
      root.ownerDocument.documentElement.dataset.theme = theme;
    }),
  ];
  render(<Options sites={sites} preferences={preferences} site={site} />, root);
  return () => {
    render(null, root);
    for (const end of endings) end();
  };
}

interface OptionsProps {
  sites: SitesStore;
  preferences: Preferences;
  site: string | undefined;
}

function Options({ sites, preferences, site }: OptionsProps): JSX.Element {
  return (
    <main class="sy-root sy-options">
      <header>
        <img src="/icons/switchyard.svg" alt="" width="32" height="32" />
        <h1>Switchyard</h1>
      </header>
      {site !== undefined && <SiteQuestion sites={sites} site={site} />}
      <section aria-labelledby="sites">
        <h2 id="sites">Sites</h2>
        <Sites sites={sites} />
      </section>
      <section aria-labelledby="log">
        <h2 id="log">Log of requests</h2>
        <LogLimitsForm preferences={preferences} />
      </section>
      <section aria-labelledby="privacy">
        <h2 id="privacy">What it reads, and what it keeps</h2>
        <p>
          On these sites it reads the frames of WebSockets to SurrealDB, and of no others. It passes
          on nothing while no panel and no popup of that tab is open. What is recorded stays in the
          panel, in memory, until you close it or export it.
        </p>
        <p>
          Connections, the sessions that you make, and settings are kept in this browser profile.
          Tokens and sign-ins stay in memory until the browser closes, unless you tick “Remember on
          this computer”.
        </p>
        <p>
          Nothing leaves this computer but what you send to the servers that you connect to. No
          telemetry, no account, nothing in the browser’s sync. From a private window nothing is
          kept.
        </p>
      </section>
    </main>
  );
}
