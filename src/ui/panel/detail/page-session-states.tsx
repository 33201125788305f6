/** What a person should know of a page's session: what can't be done in it, what was missed. */
import type { JSX } from "preact";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import { routeTaking } from "../../switcher/scopes.ts";

export function PageSessionStates({ session }: { session: PageSessionView }): JSX.Element {
  const store = useStore();
  const checking = useAction();
  const { key, auth } = session;
  const blocked = whyNotAct(store, session);
  const check = blocked === undefined && (
    <Button onClick={() => checking.run(() => store.call("session.check", { key }))}>
      Check with server
    </Button>
  );
  const route = routeTaking(session, store.page.routes.value);
  const name = route && (store.sessions.get(route.to).value?.label ?? "another session");
  return (
    <>
      {name !== undefined && (
        <Note tone="plain">
          The page's queries run as <b>{name}</b>, not here. What it signs in as and selects stays
          in this session, for when the tab runs as itself again.
        </Note>
      )}
      {isClosed(session) ? (
        <Note tone="plain">It is over: what is shown is how it was last.</Note>
      ) : blocked === undefined ? (
        <p class="sy-dim sy-aside">
          What you change here is changed at the server. The page's SDK isn't aware of it.
        </p>
      ) : (
        <Note tone="warn">{blocked}</Note>
      )}
      {auth.level !== "anonymous" && !session.hasToken && (
        <Note tone="plain">Its access token was not seen, so no copy of it can be kept.</Note>
      )}
      {[...session.incomplete, ...session.warnings].map((warning) => (
        <Note key={warning} tone="warn" actions={check}>
          {warning}
        </Note>
      ))}
      <ErrorNote error={checking.error} onDismiss={checking.clear} />
    </>
  );
}
