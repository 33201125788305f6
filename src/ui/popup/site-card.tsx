/** Is Switchyard on here, in a word; what follows from it; and the one thing to do about it. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { SiteView } from "../../messages/commands.ts";
import { siteHost } from "../../messages/site-pattern.ts";
import { type Action, useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import type { PopupParts } from "./popup.tsx";
import type { SiteState } from "./site-state.ts";

/** What the person has just done here: the words for it go before the usual ones. */
type Done = "enabled" | "denied" | undefined;

export function SiteCard({ state, parts }: { state: SiteState; parts: PopupParts }): JSX.Element {
  const { client, sites } = parts;
  const action = useAction();
  const done = useSignal<Done>(undefined);

  const ask = (request: () => Promise<boolean>) =>
    action.run(async () => {
      done.value = (await request()) ? "enabled" : "denied";
    });
  const reload = (
    <Button
      variant="primary"
      icon="refresh"
      onClick={() =>
        action.run(async () => {
          await client.call("page.reload", {});
          done.value = undefined;
        })
      }
    >
      Reload page
    </Button>
  );
  const turnOff = (all: readonly SiteView[]) => (
    <TurnOff sites={all} action={action} disable={(site) => sites.disable(site)} />
  );

  return (
    <section class="sy-popup-site" data-site-state={state.kind} aria-live="polite">
      {cardOf(state)}
      {done.value === "denied" && <p class="sy-dim">Nothing was changed.</p>}
      <ErrorNote error={action.error} />
    </section>
  );

  function cardOf(now: SiteState): ComponentChildren {
    switch (now.kind) {
      case "waiting":
        return (
          <Card
            tone="idle"
            title="Looking at this page…"
            actions={<span class="sy-popup-late">{reload}</span>}
          >
            <span class="sy-popup-late">It hasn’t answered yet.</span>
          </Card>
        );
      case "forbidden":
        return (
          <Card tone="idle" title="Not on this page">
            It belongs to the browser, or is no web page: extensions can’t run here.
          </Card>
        );
      case "off":
        return (
          <Card
            tone="idle"
            title={now.url ? `Off on ${siteHost(now.url)}` : "Off on this site"}
            actions={
              <Button
                variant="primary"
                onClick={() => {
                  const { url } = now;
                  if (url === undefined) parts.host.openOptions();
                  else return ask(() => sites.enable(url));
                }}
              >
                Enable on this site
              </Button>
            }
          >
            Enabled, it reads the traffic of this site’s WebSockets to SurrealDB, only while you
            look. Nothing leaves this computer.
          </Card>
        );
      case "local-off":
        return (
          <Card
            tone="idle"
            title="Not allowed on localhost"
            actions={
              <Button variant="primary" onClick={() => ask(() => sites.allowLocal())}>
                Allow on localhost
              </Button>
            }
          >
            Your browser doesn’t let Switchyard run on the pages of this computer.
          </Card>
        );
      case "needs-reload":
        return done.value === "enabled" ? (
          <Card
            tone="good"
            title="Enabled"
            actions={
              <>
                {reload}
                {turnOff(now.sites)}
              </>
            }
          >
            Reload the page to begin.
          </Card>
        ) : (
          <Card
            tone="warn"
            title="Reload to begin"
            actions={
              <>
                {reload}
                {turnOff(now.sites)}
              </>
            }
          >
            Opened before Switchyard was installed or enabled.
          </Card>
        );
      case "on":
        return (
          <Card
            tone="good"
            title={now.local ? "On, as on all of localhost" : "On for this site"}
            actions={turnOff(now.sites)}
          />
        );
      case "leaving":
        return (
          <Card tone="warn" title="Turned off" actions={reload}>
            This page is watched until it reloads.
          </Card>
        );
    }
  }
}

const MARKS = { good: "●", warn: "⚠", idle: "○" };

interface CardProps {
  tone: keyof typeof MARKS;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

function Card({ tone, title, children, actions }: CardProps): JSX.Element {
  return (
    <>
      <h2 class={`sy-tone-${tone}`}>
        <span class="sy-state-mark" aria-hidden="true">
          {MARKS[tone]}
        </span>{" "}
        <span class="sy-popup-state">{title}</span>
      </h2>
      {children && <p>{children}</p>}
      {actions && <div class="sy-popup-actions">{actions}</div>}
    </>
  );
}

interface TurnOffProps {
  sites: readonly SiteView[];
  action: Action;
  disable: (site: SiteView) => Promise<void>;
}

/** One button; more where leave was given for `*.acme.com` and for `staging.acme.com`. */
function TurnOff({ sites, action, disable }: TurnOffProps): JSX.Element {
  return (
    <>
      {sites.map((site) => (
        <Button key={site.pattern} onClick={() => action.run(() => disable(site))}>
          {sites.length === 1 ? "Turn off on this site" : `Turn off on ${site.host}`}
        </Button>
      ))}
    </>
  );
}
