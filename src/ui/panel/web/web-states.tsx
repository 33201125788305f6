/** What a person should know of a web session: who really acts, what waits, what isn't as it should be. */
import type { JSX } from "preact";
import type { WebSessionView } from "../../../web/web-model.ts";
import { CookiesLine } from "../../components/cookies-line.tsx";
import { Note } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { actorName, isOver, webUserWord } from "../../words/web.ts";

export function WebStates({ session }: { session: WebSessionView }): JSX.Element {
  const store = useStore();
  const { actor, status, warnings, origin } = session;
  const cookies = store.web.systemOf(session)?.cookies;
  return (
    <>
      {isOver(status) && <Note tone="plain">It is over: what is shown is how it was last.</Note>}
      {actor && (
        <div data-actor={actorName(actor) ?? ""}>
          <Note tone="warn">
            Impersonated: <b>{actorName(actor) ?? "somebody"}</b> acts as{" "}
            <b>{webUserWord(session)}</b>.
          </Note>
        </div>
      )}
      {cookies !== undefined && (
        <Note tone="warn">
          <CookiesLine refusal={cookies} origin={origin} host={store.host} call={store.call} />
        </Note>
      )}
      {warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
    </>
  );
}
