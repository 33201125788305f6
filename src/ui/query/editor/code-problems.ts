/**
 * Places in the text where something is wrong: underlined, with the message where the mouse rests.
 *
 * What the server said of a text holds for that text alone, so the first change takes it away, and nothing
 * else. What the grammar sees is looked for anew when the typing pauses, unless the server has spoken by then.
 */
import { ensureSyntaxTree } from "@codemirror/language";
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { firstHole, type Hole } from "./holes.ts";
import { visible } from "./problems.ts";

interface Marks {
  readonly holes: readonly Hole[];
  readonly by: "server" | "grammar";
}

const NONE: Marks = { holes: [], by: "grammar" };

const mark = StateEffect.define<Marks>();

const marked = StateField.define<Marks>({
  create: () => NONE,
  update(before, { docChanged, effects }) {
    for (const effect of effects) if (effect.is(mark)) return effect.value;
    return docChanged && before.holes.length > 0 ? NONE : before;
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ holes }) =>
      Decoration.set(
        holes.map(({ from, to, message }) =>
          Decoration.mark({ class: "sy-code-bad", attributes: { title: message } }).range(from, to),
        ),
        true,
      ),
    ),
    EditorView.contentAttributes.from(
      field,
      ({ holes }): Record<string, string> => (holes.length > 0 ? { "aria-invalid": "true" } : {}),
    ),
  ],
});

/** @param onMarked what is marked now, whenever that changes */
export function problemMarks(onMarked: (marks: readonly Hole[]) => void): Extension {
  return [
    marked,
    EditorView.updateListener.of(({ startState, state }) => {
      const now = state.field(marked);
      if (now !== startState.field(marked)) onMarked(now.holes);
    }),
  ];
}

/**
 * Marks these places and no others. One that lies beyond the text's end is left out.
 *
 * @param by who found them: what the grammar sees takes no mark of the server's away
 */
export function markProblems(
  view: EditorView,
  problems: readonly Hole[],
  by: Marks["by"] = "server",
): void {
  const { doc } = view.state;
  const text = doc.toString();
  const holes = problems
    .filter(({ from, to }) => from <= to && to <= doc.length && doc.length > 0)
    .map(({ from, to, message }) => ({ ...visible(text, from, to), message }));
  const before = view.state.field(marked);
  if (holes.length === 0 && before.holes.length === 0) return;
  if (by === "grammar" && before.by === "server") return;
  view.dispatch({ effects: mark.of(holes.length > 0 ? { holes, by } : NONE) });
}

/** Milliseconds without a key after which the text is looked through. */
const PAUSE = 500;
/** Characters beyond which it isn't: the whole text must be read at once for that. */
const LONGEST = 20_000;

/** Marks what is clearly wrong as the text is written. */
export const marksHoles: Extension = ViewPlugin.fromClass(
  class {
    readonly #view: EditorView;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(view: EditorView) {
      this.#view = view;
    }

    update({ docChanged }: ViewUpdate) {
      if (!docChanged) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#look(), PAUSE);
    }

    destroy() {
      clearTimeout(this.#timer);
    }

    #look() {
      const { state } = this.#view;
      if (state.doc.length > LONGEST) return;
      const tree = ensureSyntaxTree(state, state.doc.length, 50);
      const hole = tree && firstHole(state.doc.toString(), tree);
      markProblems(this.#view, hole ? [hole] : [], "grammar");
    }
  },
);
