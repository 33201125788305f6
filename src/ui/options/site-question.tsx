/** "Enable Switchyard on staging.acme.com?": what it means, and the answer. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isLocalSite, siteHost } from "../../messages/site-pattern.ts";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import type { SitesStore } from "../store/sites.ts";

export interface SiteQuestionProps {
  sites: SitesStore;
  /** A page of the site. */
  site: string;
}

/** Nothing where the address that the question came with is none of a site. */
export function SiteQuestion({ sites, site }: SiteQuestionProps): JSX.Element | null {
  const action = useAction();
  const denied = useSignal(false);
  const host = siteHost(site);
  if (host === undefined) return null;
  const local = isLocalSite(site);
  const on = local ? sites.localAllowed.value : sites.of(site).length > 0;
  if (on) {
    return (
      <section class="sy-options-question" data-question="answered" aria-live="polite">
        <h2>Switchyard is on for {host}</h2>
        <p>Go back to its tab and reload the page: from then on its sessions are there.</p>
      </section>
    );
  }

  const answer = () =>
    action.run(async () => {
      denied.value = !(await (local ? sites.allowLocal() : sites.enable(site)));
    });
  return (
    <section class="sy-options-question" data-question="open" aria-labelledby="question">
      <h2 id="question">Enable Switchyard on {host}?</h2>
      <ul>
        <li>It reads the traffic of this site’s WebSockets to SurrealDB, and of no others.</li>
        <li>It looks at the page’s sign-in with SuperTokens or Clerk, where there is one.</li>
        <li>
          Only while Switchyard is open for the tab: in DevTools, in a tab of its own, or its popup.
        </li>
        <li>Nothing leaves this computer.</li>
        <li>
          Your browser asks you to confirm. It has one question for every extension, which sounds
          larger: to read and change data on {host}.
        </li>
      </ul>
      <div class="sy-options-actions">
        <Button variant="primary" onClick={answer}>
          Enable
        </Button>
        <span class="sy-dim">
          You can turn it off again here, or in the toolbar button’s popup.
        </span>
      </div>
      {denied.value && (
        <p role="status">Not enabled, since the browser’s question was answered with no.</p>
      )}
      <ErrorNote error={action.error} />
    </section>
  );
}
