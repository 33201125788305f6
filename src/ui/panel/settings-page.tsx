/** The settings, and what this extension keeps and where. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { Field, TextInput } from "../components/field.tsx";
import { useStore } from "../store/context.ts";

const DAY = 86_400_000;

export function SettingsPage({ back }: { back: ComponentChildren }): JSX.Element {
  const store = useStore();
  const days = useSignal(String(store.settings.value.abandonAfter / DAY));
  const saving = useAction();
  const value = Number(days.value);
  const valid = Number.isFinite(value) && value > 0 && value <= 3650;

  async function save() {
    const saved = await saving.run(() =>
      store.call("settings.change", { abandonAfter: Math.round(value * DAY) }),
    );
    if (saved) store.announce("Settings saved");
  }

  return (
    <div class="sy-page" data-page="settings">
      <div class="sy-page-head">
        {back}
        <h1>Settings</h1>
      </div>
      <div class="sy-page-body">
        <form
          class="sy-form"
          // A browser allows whole numbers only, where it isn't told otherwise.
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (valid) void save();
          }}
        >
          <Field
            label="Abandon after"
            hint="Days without use after which a session is given up. Touch brings it back."
            error={valid ? undefined : "A number of days between 0 and 3650."}
          >
            {({ id, describedBy }) => (
              <TextInput
                id={id}
                describedBy={describedBy}
                type="number"
                min={0}
                value={days.value}
                invalid={!valid}
                onInput={(text) => {
                  days.value = text;
                }}
              />
            )}
          </Field>
          <div class="sy-form-actions">
            <Button
              type="submit"
              variant="primary"
              busy={saving.busy}
              disabled={!valid || value * DAY === store.settings.value.abandonAfter}
            >
              Save
            </Button>
            {store.host.surface === "devtools" && (
              <Button icon="link" onClick={() => store.host.openOwnTab()}>
                Open in a tab
              </Button>
            )}
          </div>
          <ErrorNote error={saving.error} />
        </form>
        <h2>What this extension stores</h2>
        <p>
          In this browser profile: connections, sessions with their names, namespaces, databases and
          variables, settings, and the last 200 lines of each session's history, for 30 days.
        </p>
        <p>
          A page is watched only while a panel of its tab is open. Its requests are kept in the
          panel's memory, and gone when it closes.
        </p>
        <p>
          In memory until the browser closes: tokens and sign-ins. Only where you tick “Remember on
          this computer” are they written to the profile, unencrypted; it is offered for servers on
          this machine alone.
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
