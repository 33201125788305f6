/** Beneath the sessions to pick from: which part of the page is meant, and whether it is so always. */
import type { JSX } from "preact";
import type { RouteView } from "../../session/relay/route-model.ts";
import { useAction } from "../components/action.ts";
import { ErrorNote } from "../components/error-note.tsx";
import { Checkbox, Select } from "../components/field.tsx";
import { siteName } from "../words/routes.ts";
import type { ScopeOption } from "./scopes.ts";
import type { SwitcherParts } from "./switcher.tsx";

export interface WhatAndWhenProps {
  parts: SwitcherParts;
  /** Of the part that is chosen. */
  route: RouteView | undefined;
  scope: ScopeOption;
  scopes: readonly ScopeOption[];
  onScope: (scope: ScopeOption) => void;
}

export function WhatAndWhen(props: WhatAndWhenProps): JSX.Element {
  const { parts, route, scope, scopes, onScope } = props;
  const changing = useAction();
  const session = route && parts.sessions.get(route.to).value;
  const connection = session && parts.connections.get(session.connectionId);
  const why = !route
    ? "Once the tab runs as one of your sessions."
    : connection?.careful
      ? "Not for a connection that is marked Careful."
      : undefined;
  const site = route ? siteName(route.topOrigin) : "this site";
  return (
    <div class="sy-switcher-foot">
      <Select
        label="Which part of the page"
        value={scope.value}
        options={scopes}
        onChange={(value) => {
          const option = scopes.find((each) => each.value === value);
          if (option) onScope(option);
        }}
      />
      {scope.target.documentId === undefined && (
        <Checkbox
          checked={route?.always === true}
          disabled={why !== undefined}
          hint={why}
          onChange={(on) => void changing.run(() => parts.call("route.always", { on }))}
        >
          Always for {site}
        </Checkbox>
      )}
      <ErrorNote error={changing.error} onDismiss={changing.clear} />
    </div>
  );
}
