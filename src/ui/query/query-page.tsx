/**
 * The two halves of the view Query: a statement, run as the chosen sessions, and the matrix of what they
 * may do. Both are about the same sessions.
 *
 * Whoever puts a statement into the editor meanwhile (a request that is run again, a cell's trial) gets
 * to see it: the matrix is shown for as long as the editor holds what it held when it was opened.
 */
import { batch, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { StoreContext } from "../store/context.ts";
import type { PanelStore } from "../store/store.ts";
import { matrixState } from "./matrix/matrix-state.ts";
import { MatrixView } from "./matrix/matrix-view.tsx";
import { queryState } from "./query-state.ts";
import { chosenSessions, QueryView } from "./query-view.tsx";
import { RunAs } from "./run-as.tsx";

export function QueryPage({ store }: { store: PanelStore }): JSX.Element {
  const state = queryState(store);
  const { opened } = matrixState(store);
  const sessions = useComputed(() => chosenSessions(store)).value;
  const held = [state.method.value, state.text.value, state.args.value, state.latest.value];
  const permissions = opened.value?.every((each, index) => each === held[index]) ?? false;
  const half = (
    <fieldset class="sy-query-half" aria-label="What to ask">
      <Button
        label="Statement to run as these sessions"
        pressed={!permissions}
        onClick={() => {
          opened.value = undefined;
        }}
      >
        Statement
      </Button>
      <Button
        label="Permissions of these sessions"
        pressed={permissions}
        onClick={() => {
          opened.value = held;
        }}
      >
        Permissions
      </Button>
    </fieldset>
  );

  function openTrial(statement: string, key: string) {
    batch(() => {
      store.queryTargets.choose([key]);
      state.method.value = "query";
      state.text.value = statement;
      state.bindings.value = "";
      state.keep.value = false;
      opened.value = undefined;
    });
  }

  if (!permissions) return <QueryView store={store} half={half} />;
  return (
    <StoreContext.Provider value={store}>
      <div class="sy-query">
        <div class="sy-query-bar">
          {half}
          <RunAs store={store} sessions={sessions} />
        </div>
        <MatrixView store={store} sessions={sessions} onTrial={openTrial} />
      </div>
    </StoreContext.Provider>
  );
}
