/** Pages that may ask to use sessions themselves: which origins, and what was granted to each. */
import type { JSX } from "preact";
import type { ApiOriginView } from "../../session/relay/route-model.ts";
import { type Action, useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { siteName } from "../words/routes.ts";
import { EnableForm } from "./enable-form.tsx";
import type { OptionsParts } from "./options.tsx";
import { originOfText } from "./origin-of-text.ts";
import { SessionName } from "./session-name.tsx";

export function PageApi({ parts }: { parts: OptionsParts }): JSX.Element {
  const action = useAction();
  const { origins } = parts.access.value;
  return (
    <>
      <p>
        On these pages <code>window.switchyard</code> exists. A page asks once, you choose in the
        toolbar button’s popup which sessions it may use, and it never sees a token or any other
        session.
      </p>
      {origins.length > 0 && (
        <ul class="sy-options-rows">
          {origins.map((origin) => (
            <Origin key={origin.origin} origin={origin} parts={parts} action={action} />
          ))}
        </ul>
      )}
      <AnotherOrigin parts={parts} action={action} />
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}

interface OriginProps {
  origin: ApiOriginView;
  parts: OptionsParts;
  action: Action;
}

function Origin({ origin: view, parts, action }: OriginProps): JSX.Element {
  const { origin, granted, rejectedAt } = view;
  const { client, sessions } = parts;
  return (
    <li data-origin={origin}>
      <div class="sy-options-row">
        <div class="sy-options-what">
          <b>{origin}</b>
          {granted.length === 0 && (
            <div class="sy-dim">
              {rejectedAt === undefined
                ? "No session is granted."
                : "You said no to its request; it can’t ask again by itself."}
            </div>
          )}
        </div>
        <div class="sy-options-ways">
          {rejectedAt !== undefined && (
            <Button
              onClick={() => action.run(() => client.call("api.enable", { origin, on: true }))}
            >
              Let it ask again
            </Button>
          )}
          {granted.length > 1 && (
            <Button onClick={() => action.run(() => client.call("api.revoke", { origin }))}>
              Take all back
            </Button>
          )}
          <Button
            onClick={() => action.run(() => client.call("api.enable", { origin, on: false }))}
          >
            Turn off
          </Button>
        </div>
      </div>
      {granted.length > 0 && (
        <ul class="sy-options-granted" aria-label={`Sessions granted to ${siteName(origin)}`}>
          {granted.map((key) => (
            <li key={key} data-granted={key}>
              <SessionName sessionKey={key} sessions={sessions} />
              <Button
                icon="close"
                label={`Take back ${sessions.get(key).value?.label ?? "this session"}`}
                onClick={() =>
                  action.run(() => client.call("api.revoke", { origin, session: key }))
                }
              />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

interface AnotherOriginProps {
  parts: OptionsParts;
  action: Action;
}

function AnotherOrigin({ parts, action }: AnotherOriginProps): JSX.Element {
  return (
    <EnableForm
      label="Enable for a page"
      hint="Its address with the port. It holds from the page’s next load on."
      placeholder="http://localhost:5173"
      action={action}
      read={originOfText}
      already={(origin) =>
        parts.access.value.origins.some((each) => each.origin === origin)
          ? `It is enabled for ${origin} already.`
          : undefined
      }
      enable={async (origin) => {
        await parts.client.call("api.enable", { origin, on: true });
        return true;
      }}
    />
  );
}
