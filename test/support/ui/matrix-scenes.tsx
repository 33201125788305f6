/** The permission matrix by itself, with made-up findings: `gallery.html?view=matrix&scene=…`. */
import type { Signal } from "@preact/signals";
import { render } from "preact";
import type { Matrix } from "../../../src/session/query/matrix/matrix.ts";
import { matrixState } from "../../../src/ui/query/matrix/matrix-state.ts";
import { MatrixView } from "../../../src/ui/query/matrix/matrix-view.tsx";
import { StoreContext } from "../../../src/ui/store/context.ts";
import { createStore } from "../../../src/ui/store/store.ts";
import { createFakeClient } from "./fake-client.ts";
import { createFakeHost } from "./fake-host.ts";
import { exampleMatrix, MATRIX_SESSIONS } from "./matrix-examples.ts";
import { scenes } from "./scenes.ts";
import "../../../src/ui/theme.css";
import "../../../src/ui/query/query.css";

const unread = (): Matrix =>
  exampleMatrix({
    columns: [{ session: MATRIX_SESSIONS.alice, state: { kind: "done" } }],
  });

const MATRICES: Record<string, () => Matrix | undefined> = {
  found: () => exampleMatrix(),
  running: () => exampleMatrix({ running: true }),
  idle: () => undefined,
  unread,
  "unread-empty": () => ({ ...unread(), tables: [], cells: new Map() }),
  empty: () => exampleMatrix({ tables: [], cells: new Map() }),
  many: () => {
    const matrix = exampleMatrix();
    const names = Array.from({ length: 400 }, (_, index) => `table_${index}`);
    const more = [...matrix.cells].map(([key, rows]) => {
      const [first] = rows.values();
      return [key, new Map(names.map((name) => [name, first] as const))] as const;
    });
    return { ...matrix, tables: names, cells: new Map(more) as unknown as Matrix["cells"] };
  },
};

export function mountMatrix(root: HTMLElement, scene: string, theme: "light" | "dark"): void {
  document.documentElement.dataset.theme = theme;
  const snapshot = scenes.rich();
  const store = createStore({
    client: createFakeClient(snapshot),
    host: createFakeHost({ theme }),
  });
  const state = matrixState(store);
  (state.matrix as Signal<Matrix | undefined>).value = MATRICES[scene]?.();
  const labels = scene === "none" ? [] : ["Admin", "Alice", "Bob", "Anonymous"];
  const sessions = snapshot.sessions.filter(({ label }) => labels.includes(label));
  // The store has the sessions once its client told them.
  setTimeout(() =>
    render(
      <StoreContext.Provider value={store}>
        <div class="sy-root">
          <div class="sy-query">
            <MatrixView store={store} sessions={sessions} onTrial={() => undefined} />
          </div>
        </div>
      </StoreContext.Provider>,
      root,
    ),
  );
}
