/** What is left of a session that was closed or replaced: why, and the two things one can do. */
import type { JSX } from "preact";
import type { SessionView } from "../../../session/model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";

export function ClosedSession({ session }: { session: SessionView }): JSX.Element {
  const store = useStore();
  const working = useAction();
  const { key, replacedBy } = session;
  const successor = replacedBy === undefined ? undefined : store.sessions.get(replacedBy).value;
  return (
    <div class="sy-page-body">
      <p>
        Closed sessions can't be used. “Open again” makes a new one with the same name, place and
        variables, and an id of its own.
      </p>
      <div class="sy-form-actions">
        <Button
          variant="primary"
          onClick={() =>
            working.run(async () => {
              const opened = await store.call("session.reopen", { key });
              store.select(opened.key);
            })
          }
        >
          Open again
        </Button>
        <Button onClick={() => working.run(() => store.call("session.forget", { key }))}>
          Forget
        </Button>
        {successor && (
          <Button onClick={() => store.select(successor.key)}>{`Go to ${successor.label}`}</Button>
        )}
      </div>
      <ErrorNote error={working.error} onDismiss={working.clear} />
    </div>
  );
}
