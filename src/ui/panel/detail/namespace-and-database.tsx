/** Where the session works: two pickers with free text, and a button that says what it will do. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Section } from "../../components/section.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { useNames } from "../names.ts";
import { placeIntent } from "./place.ts";

export function NamespaceAndDatabase({ session }: { session: AnySession }): JSX.Element {
  const store = useStore();
  const namespace = useSignal(session.namespace ?? "");
  const database = useSignal(session.database ?? "");
  const selecting = useAction();
  const blocked = whyNotAct(store, session);
  // On a page's socket nothing is asked before somebody is about to choose.
  const choosing = useSignal(!isPageSession(session));
  const answers = isPageSession(session) ? session.status : session.gate.open;
  const names = useNames(
    blocked === undefined && choosing.value ? session.key : undefined,
    namespace.value.trim() || undefined,
    `${session.auth.user} ${session.namespace}/${session.database} ${answers}`,
  );
  // What the server confirmed replaces what stands in the fields, whoever changed it; before it is
  // on screen, so that nothing typed after it was seen is lost.
  useLayoutEffect(() => {
    namespace.value = session.namespace ?? "";
    database.value = session.database ?? "";
  }, [session.namespace, session.database]);

  const intent = placeIntent({
    namespace: namespace.value,
    database: database.value,
    current: session,
    namespaces: names.namespaces,
    databases: names.databases,
  });
  const changed =
    namespace.value !== (session.namespace ?? "") || database.value !== (session.database ?? "");

  const use = (target: { namespace?: string | null; database?: string | null }) =>
    selecting.run(() => store.call("session.use", { key: session.key, ...target }));

  const submit = () => {
    if (intent.possible && intent.use) return use(intent.use);
  };

  return (
    <Section id="namespace" title="Namespace and database">
      <form
        class="sy-place"
        onFocusIn={() => {
          choosing.value = true;
        }}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Combobox
          label="Namespace"
          placeholder="None"
          value={namespace.value}
          disabled={blocked !== undefined}
          options={names.namespaces}
          onOpen={names.reload}
          onSubmit={() => void submit()}
          onInput={(text) => {
            namespace.value = text;
          }}
        />
        <span class="sy-dim" aria-hidden="true">
          /
        </span>
        <Combobox
          label="Database"
          placeholder="None"
          value={database.value}
          disabled={blocked !== undefined}
          options={names.databases}
          onOpen={names.reload}
          onSubmit={() => void submit()}
          onInput={(text) => {
            database.value = text;
          }}
        />
        <div class="sy-place-actions">
          {changed && (
            <>
              <Button
                type="submit"
                variant="primary"
                title="use()"
                busy={selecting.busy}
                disabled={!intent.possible || blocked !== undefined}
              >
                {intent.text}
              </Button>
              <Button
                icon="undo"
                label="Back to what is selected"
                onClick={() => {
                  namespace.value = session.namespace ?? "";
                  database.value = session.database ?? "";
                  selecting.clear();
                }}
              />
            </>
          )}
          {!changed && session.namespace !== undefined && (
            <Button
              title={blocked ?? "use() with none"}
              disabled={blocked !== undefined}
              onClick={() => use({ namespace: null, database: null })}
            >
              Unset
            </Button>
          )}
        </div>
      </form>
      {changed && intent.hint && <p class="sy-dim sy-place-hint">{intent.hint}</p>}
      <ErrorNote error={selecting.error} onDismiss={selecting.clear} />
    </Section>
  );
}
