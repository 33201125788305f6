/** Live queries and transactions of the page that still belong to whom it ran as before. */
import type { JSX } from "preact";
import type { RouteLeftover } from "../../../session/relay/route-model.ts";
import { shortId } from "../../../session/short-id.ts";
import { useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Ago } from "../../components/times.tsx";
import { useStore } from "../../store/context.ts";

export function Leftovers({ leftovers }: { leftovers: readonly RouteLeftover[] }): JSX.Element {
  return (
    <ul class="sy-leftovers" aria-label="What still belongs to the former session">
      {leftovers.map((leftover) => (
        <Leftover key={leftover.id} leftover={leftover} />
      ))}
    </ul>
  );
}

function Leftover({ leftover }: { leftover: RouteLeftover }): JSX.Element {
  const store = useStore();
  const action = useAction();
  const { kind, id, statement, begunAt, session: key, as } = leftover;
  const session = key === undefined ? undefined : store.sessions.get(key).value;
  const what = kind === "live" ? (statement ?? "Live query") : `Transaction ${shortId(id)}`;
  return (
    <li data-leftover={kind}>
      <span class="sy-leftover-as" title={as}>
        {session && <Badge label={session.label} colour={session.colour} />}
        {session ? (
          <Button
            variant="quiet"
            title="Go to session"
            onClick={() => {
              store.select(session.key);
              store.view.value = "sessions";
              store.front.value = "detail";
            }}
          >
            {as}
          </Button>
        ) : (
          <span class="sy-ellipsis">{as}</span>
        )}
      </span>
      <span
        class={`sy-leftover-what sy-ellipsis${statement === undefined ? "" : " sy-mono"}`}
        title={statement ?? id}
      >
        {what}
      </span>
      <span class="sy-dim">
        <Ago at={begunAt} />
      </span>
      {kind === "transaction" && (
        <Button
          title={`What it has written is undone. Otherwise the page finishes it as ${as}`}
          onClick={() => action.run(() => store.call("route.cancelTransaction", { id }))}
        >
          Cancel it
        </Button>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </li>
  );
}
