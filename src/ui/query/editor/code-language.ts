/** SurrealQL in CodeMirror: the grammar of `@surrealdb/codemirror` in the colours of `Surrealql`. */
import { syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type Extension, Prec } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tagHighlighter } from "@lezer/highlight";
import { surrealql } from "@surrealdb/codemirror";
import { isWord, TONES } from "../../surrealql/tones.ts";

export function codeLanguage(): Extension {
  return [
    surrealql(),
    syntaxHighlighting(
      tagHighlighter(TONES.map(({ tag, tone }) => ({ tag, class: `sy-ql-${tone}` }))),
    ),
    // Of marks over one another the one of higher precedence is the inner one, whose colour counts.
    Prec.highest(wordOperators),
  ];
}

const word = Decoration.mark({ class: "sy-ql-keyword" });

const wordOperators = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    #tree;

    constructor(view: EditorView) {
      this.decorations = wordsIn(view);
      this.#tree = syntaxTree(view.state);
    }

    update({ view, docChanged, viewportChanged }: ViewUpdate) {
      const tree = syntaxTree(view.state);
      if (!docChanged && !viewportChanged && tree === this.#tree) return;
      this.#tree = tree;
      this.decorations = wordsIn(view);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function wordsIn({ state, visibleRanges }: EditorView): DecorationSet {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter: (node) => {
        if (node.name !== "Operator" || found.at(-1)?.from === node.from) return;
        if (isWord(state.sliceDoc(node.from, node.to))) {
          found.push({ from: node.from, to: node.to });
        }
      },
    });
  }
  return Decoration.set(
    found.map(({ from, to }) => word.range(from, to)),
    true,
  );
}
