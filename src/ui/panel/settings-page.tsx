/** The settings, and what this extension keeps and where. */
import type { ComponentChildren, JSX } from "preact";
import { AbandonForm } from "../components/abandon-form.tsx";
import { Button } from "../components/button.tsx";
import { useStore } from "../store/context.ts";

export function SettingsPage({ back }: { back: ComponentChildren }): JSX.Element {
  const store = useStore();
  return (
    <div class="sy-page" data-page="settings">
      <div class="sy-page-head">
        {back}
        <h1>Settings</h1>
      </div>
      <div class="sy-page-body">
        <AbandonForm
          settings={store.settings}
          call={store.call}
          onSaved={() => store.announce("Settings saved")}
        >
          {store.host.surface === "devtools" && (
            <Button icon="link" onClick={() => store.host.openOwnTab()}>
              Open in a tab
            </Button>
          )}
          <Button
            icon="settings"
            title="Sites, connections, page API, all data"
            onClick={() => store.host.openOptions()}
          >
            All options
          </Button>
        </AbandonForm>
        <h2>What this extension stores</h2>
        <p>
          In this browser profile: connections, sessions with their names, namespaces, databases and
          variables, settings, and the last 200 lines of each session's history, for 30 days.
        </p>
        <p>
          A page is watched, and its sign-in looked at, only while a panel of its tab is open, or
          while it runs as one of your sessions. Its requests are kept in the panel's memory, and
          gone when it closes.
        </p>
        <p>
          In memory until the browser closes: tokens, sign-ins, and the cookies of web sessions that
          you saved. Only where you tick “Remember on this computer” are they written to the
          profile, unencrypted; it is offered for servers on this machine alone.
        </p>
        <p>
          Nothing is synchronised and nothing is reported. The only network connections are the ones
          that you made. From a private window nothing is stored.
        </p>
        <h2>Keys</h2>
        <dl class="sy-facts">
          {KEYS.map(([keys, what]) => (
            <>
              <dt key={keys}>{keys}</dt>
              <dd key={what}>
                <span>{what}</span>
              </dd>
            </>
          ))}
        </dl>
      </div>
    </div>
  );
}

const KEYS = [
  ["R", "Choose whom this tab runs as; there 1 to 9 pick, typing filters, Enter switches"],
  ["1 to 9", "Go to the session with this number"],
  ["/", "Filter the sessions"],
  ["↑ ↓ Home End", "Move in the list"],
  ["Enter", "Open the session"],
  ["F2", "Rename the session"],
  ["Esc", "Leave a field or a page"],
] as const;
