/** The sites on which Switchyard runs: those of this computer, those that were enabled, one more. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SiteView } from "../../messages/commands.ts";
import { isLocalSite, siteHost, siteOfText } from "../../messages/site-pattern.ts";
import { type Action, useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { StateMark } from "../components/state-mark.tsx";
import type { SitesStore } from "../store/sites.ts";
import { EnableForm } from "./enable-form.tsx";

const ON = { tone: "good", mark: "●", word: "On", sentence: "Switchyard is on." } as const;

export function Sites({ sites }: { sites: SitesStore }): JSX.Element {
  const action = useAction();
  /** What was just done, in a sentence. */
  const done = useSignal("");
  const enabled = sites.enabled.value;

  const turnOff = ({ host, ...site }: SiteView) =>
    action.run(async () => {
      await sites.disable({ host, ...site });
      done.value = `Off on ${host}. Pages of it that are open are watched until they reload.`;
    });

  return (
    <>
      <ul class="sy-options-sites">
        <LocalSites sites={sites} action={action} />
        {enabled?.map((site) => (
          <li key={site.pattern} data-site={site.pattern}>
            <b>{site.host}</b>
            <StateMark state={ON} />
            <Button onClick={() => turnOff(site)}>Turn off</Button>
          </li>
        ))}
      </ul>
      {enabled === undefined && <p class="sy-dim">Asking which sites are enabled…</p>}
      <AnotherSite
        sites={sites}
        action={action}
        onDone={(sentence) => {
          done.value = sentence;
        }}
      />
      <p role="status" class="sy-options-done">
        {done.value}
      </p>
      <ErrorNote error={action.error} onDismiss={() => action.clear()} />
    </>
  );
}

function LocalSites({ sites, action }: { sites: SitesStore; action: Action }): JSX.Element {
  return (
    <li data-site="local">
      <div>
        <b>localhost</b>
        <div class="sy-dim">also *.localhost, 127.0.0.1 and [::1]; from the start</div>
      </div>
      {sites.localAllowed.value ? (
        <StateMark state={ON} />
      ) : (
        <Button variant="primary" onClick={() => action.run(() => sites.allowLocal())}>
          Allow on localhost
        </Button>
      )}
    </li>
  );
}

interface AnotherSiteProps {
  sites: SitesStore;
  action: Action;
  onDone: (sentence: string) => void;
}

function AnotherSite({ sites, action, onDone }: AnotherSiteProps): JSX.Element {
  return (
    <EnableForm
      label="Enable another site"
      hint="An address or a host. Its other ports are the same site."
      placeholder="staging.acme.com"
      action={action}
      read={siteOfText}
      already={(url) =>
        isLocalSite(url) || sites.of(url).length > 0
          ? `Switchyard is on for ${siteHost(url)} already.`
          : undefined
      }
      enable={async (url) => {
        const host = siteHost(url);
        const enabled = await sites.enable(url);
        onDone(
          enabled
            ? `Enabled on ${host}. Reload its pages to begin.`
            : `Not enabled on ${host}, since the browser’s question was answered with no.`,
        );
        return enabled;
      }}
    />
  );
}
