/**
 * The options: on which sites Switchyard runs and as whom, who may use the sessions, and all that is
 * kept. Opened for one site, it asks one large question before all else.
 */
import "../theme.css";
import "./options.css";
import { useSignal } from "@preact/signals";
import { type JSX, render } from "preact";
import type { ViewClient } from "../../messages/view-client.ts";
import { AbandonForm } from "../components/abandon-form.tsx";
import type { ViewHost } from "../host.ts";
import { createPreferences, type Preferences } from "../store/preferences.ts";
import { createSitesStore, type SitesStore } from "../store/sites.ts";
import { createWorkerState, type WorkerState } from "../store/worker-state.ts";
import { AllData } from "./all-data.tsx";
import { Always } from "./always.tsx";
import { Connections } from "./connections.tsx";
import { Cookies } from "./cookies.tsx";
import { LogLimitsForm } from "./log-limits.tsx";
import { PageApi } from "./page-api.tsx";
import { SiteQuestion } from "./site-question.tsx";
import { Sites } from "./sites.tsx";

/** What every section is given. */
export interface OptionsParts extends Omit<WorkerState, "take"> {
  client: ViewClient;
  host: ViewHost;
  sites: SitesStore;
}

export interface MountedOptions {
  client: ViewClient;
  host: ViewHost;
  /** A page of the site that is asked about. */
  site?: string;
}

/** Shows the options in `root`. Returns the way to take them away again, listeners and all. */
export function mountOptions(
  root: HTMLElement,
  { client, host, site }: MountedOptions,
): () => void {
  const { take, ...worker } = createWorkerState();
  const sites = createSitesStore({ client, host });
  const preferences = createPreferences(host);
  const endings = [
    sites.close,
    client.onEvent((message) => {
      take(message);
      if (message.event === "snapshot") sites.replaceAll(message.snapshot.sites);
      else if (message.event === "sites") sites.replaceAll(message.sites);
    }),
    host.onTheme((theme) => {
      root.ownerDocument.documentElement.dataset.theme = theme;
    }),
  ];
  const parts: OptionsParts = { ...worker, client, host, sites };
  render(<Options parts={parts} preferences={preferences} site={site} />, root);
  return () => {
    render(null, root);
    for (const end of endings) end();
  };
}

interface OptionsProps {
  parts: OptionsParts;
  preferences: Preferences;
  site: string | undefined;
}

function Options({ parts, preferences, site }: OptionsProps): JSX.Element {
  const { sites } = parts;
  const saved = useSignal(false);
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
      <section aria-labelledby="cookies">
        <h2 id="cookies">Cookies</h2>
        <Cookies parts={parts} />
      </section>
      <section aria-labelledby="connections">
        <h2 id="connections">Connections</h2>
        <Connections parts={parts} />
      </section>
      <section aria-labelledby="always">
        <h2 id="always">Sites that always run as one of your sessions</h2>
        <Always parts={parts} />
      </section>
      <section aria-labelledby="page-api">
        <h2 id="page-api">Page API</h2>
        <PageApi parts={parts} />
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <AbandonForm
          settings={parts.settings}
          call={parts.client.call}
          onSaved={() => {
            saved.value = true;
          }}
        >
          <span role="status">{saved.value && "Saved."}</span>
        </AbandonForm>
      </section>
      <section aria-labelledby="log">
        <h2 id="log">Log of requests</h2>
        <LogLimitsForm preferences={preferences} />
      </section>
      <section aria-labelledby="data">
        <h2 id="data">All data</h2>
        <AllData parts={parts} />
      </section>
      <section aria-labelledby="privacy">
        <h2 id="privacy">What it reads, and what it keeps</h2>
        <p>
          On these sites it reads the frames of WebSockets to SurrealDB, and of no others, and looks
          at the page’s sign-in with SuperTokens or Clerk, where there is one. It passes on nothing
          while no panel and no popup of that tab is open and the tab runs as itself. What is
          recorded stays in the panel, in memory, until you close it or export it.
        </p>
        <p>
          Connections, the sessions that you make or save, and settings are kept in this browser
          profile. Tokens and sign-ins stay in memory until the browser closes, unless you tick
          “Remember on this computer”.
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
