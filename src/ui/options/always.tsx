/** Sites that run as a session of the person's choice whenever a tab opens them. */
import type { JSX } from "preact";
import type { AlwaysRoute } from "../../session/relay/route-model.ts";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { scopeWord } from "../words/routes.ts";
import type { OptionsParts } from "./options.tsx";
import { SessionName } from "./session-name.tsx";

export function Always({ parts }: { parts: OptionsParts }): JSX.Element {
  const action = useAction();
  const always = parts.always.value;
  const remove = ({ origin }: AlwaysRoute) =>
    action.run(() => parts.client.call("route.always", { on: false, origin }));
  return (
    <>
      {always.length === 0 ? (
        <p class="sy-dim">
          None. “Always for this site” stands where you choose whom a tab runs as.
        </p>
      ) : (
        <ul class="sy-options-sites">
          {always.map((each) => {
            const scope = scopeWord(each.scope);
            return (
              <li key={each.origin} data-always={each.origin}>
                <div>
                  <b>{each.origin}</b>
                  <div class="sy-options-as">
                    runs as <SessionName sessionKey={each.to} sessions={parts.sessions} />
                    {scope && <span class="sy-dim">{scope}</span>}
                  </div>
                </div>
                <Button onClick={() => remove(each)}>Remove</Button>
              </li>
            );
          })}
        </ul>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}
