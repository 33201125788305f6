/**
 * The editor proper: CodeMirror, put together for SurrealQL. It weighs more than the rest of the view,
 * so `code-editor.tsx` loads this file when an editor comes on screen.
 *
 * What the outside sets (a statement out of the history) is one change that can be undone; what is
 * typed is told to the outside. Neither comes back as an echo.
 */
import {
  acceptCompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyField,
  historyKeymap,
  indentLess,
  indentMore,
  isolateHistory,
  simplifySelection,
} from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from "@codemirror/view";
import { format, isReadable } from "../../surrealql/language.ts";
import { type Completions, codeCompletion } from "./code-completion.ts";
import { codeLanguage } from "./code-language.ts";
import { markProblems, marksHoles, problemMarks } from "./code-problems.ts";
import type { Language } from "./completion.ts";
import type { Hole } from "./holes.ts";

/** What may change while the editor is there. */
export interface CodeLook {
  label: string;
  placeholder?: string;
  /** Ids of what describes it. */
  describedBy: string;
}

/** What an editor leaves to the one that is there after it: the cursor, and what can be undone. */
export interface CodeMemory {
  saved?: { doc: string };
}

export interface CodeOptions {
  text: string;
  memory: CodeMemory | undefined;
  /** Where the cursor was in the field that this editor takes over from. */
  selection?: { from: number; to: number };
  language: Language;
  look: CodeLook;
  onInput(text: string): void;
  /** Undefined: Ctrl/Cmd+Enter is left to who listens outside. */
  onRun: (() => void) | undefined;
  onMarked(problems: readonly Hole[]): void;
  completions(): Completions | undefined;
  announce(text: string): void;
}

export interface Code {
  readonly view: EditorView;
  setText(text: string): void;
  setLook(look: CodeLook): void;
  mark(problems: readonly Hole[]): void;
  /** Puts the cursor there, in sight. */
  goTo(offset: number): void;
  format(): void;
  destroy(): void;
}

/** Characters beyond which nothing is laid out: it would hold the panel up. */
const LONGEST_TO_FORMAT = 20_000;

/** Set by the outside, which needn't be told. */
const fromOutside = Annotation.define<boolean>();

export function createCode(parent: HTMLElement, options: CodeOptions): Code {
  const looks = new Compartment();
  const { text, selection, language, announce } = options;
  let look = options.look;
  // What the outside holds, so far as it was told.
  let told = text;

  function formatAll(): void {
    const written = view.state.doc.toString();
    if (written.length > LONGEST_TO_FORMAT) {
      announce(`Not formatted: more than ${LONGEST_TO_FORMAT.toLocaleString("en")} characters.`);
      return;
    }
    if (!isReadable(written)) {
      announce("Not formatted: it can't be read as SurrealQL.");
      return;
    }
    const laidOut = format(written);
    if (laidOut === written) return;
    const { anchor, head } = view.state.selection.main;
    view.dispatch({
      changes: difference(written, laidOut),
      selection: {
        anchor: sameToken(written, anchor, laidOut),
        head: sameToken(written, head, laidOut),
      },
      annotations: isolateHistory.of("full"),
      userEvent: "input.format",
      scrollIntoView: true,
    });
  }

  const extensions = [
    Prec.highest(ownKeys(options.onRun)),
    EditorView.domEventHandlers(ownEvents(formatAll)),
    looks.of(lookOf(look)),
    language === "statement" ? lineNumbers() : [],
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    indentUnit.of("  "),
    highlightSpecialChars(),
    history(),
    codeLanguage(),
    bracketMatching(),
    closeBrackets(),
    codeCompletion(language, options.completions),
    search({ top: true }),
    highlightSelectionMatches(),
    problemMarks(options.onMarked),
    language === "value" ? marksHoles : [],
    tooltips({ parent: parent.closest<HTMLElement>(".sy-root") ?? parent }),
    keymap.of([
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      { key: "Tab", run: setIn, shift: indentLess },
      { key: "Escape", run: leaveNext },
      // Ctrl+Enter runs here; it would insert a line.
      ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
    ]),
    EditorView.updateListener.of(({ docChanged, transactions, state }) => {
      if (docChanged && !transactions.every((each) => each.annotation(fromOutside))) {
        told = state.doc.toString();
        options.onInput(told);
      }
    }),
  ];
  const saved = options.memory?.saved;
  const view = new EditorView({
    parent,
    state:
      saved?.doc === text
        ? EditorState.fromJSON(saved, { extensions }, { history: historyField })
        : EditorState.create({
            doc: text,
            selection: selection && { anchor: selection.from, head: selection.to },
            extensions,
          }),
  });

  return {
    view,
    setText(next) {
      if (next === told) return;
      told = next;
      const before = view.state.doc.toString();
      const after = next.replace(/\r\n?/g, "\n");
      if (before === after) return;
      view.dispatch({
        changes: difference(before, after),
        annotations: [fromOutside.of(true), isolateHistory.of("full")],
        userEvent: "input",
      });
    },
    setLook(next) {
      if (
        next.label === look.label &&
        next.placeholder === look.placeholder &&
        next.describedBy === look.describedBy
      ) {
        return;
      }
      look = next;
      view.dispatch({ effects: looks.reconfigure(lookOf(next)) });
    },
    mark: (problems) => markProblems(view, problems),
    goTo(offset) {
      view.dispatch({ selection: { anchor: offset }, scrollIntoView: true });
      view.focus();
    },
    format: formatAll,
    destroy() {
      if (options.memory) options.memory.saved = view.state.toJSON({ history: historyField });
      view.destroy();
    },
  };
}

function lookOf(look: CodeLook): Extension {
  return [
    EditorView.contentAttributes.of({
      "aria-label": look.label,
      "aria-describedby": look.describedBy,
      autocapitalize: "off",
    }),
    look.placeholder === undefined ? [] : placeholder(look.placeholder),
  ];
}

function ownKeys(onRun: (() => void) | undefined): Extension {
  if (!onRun) return [];
  const run = () => {
    onRun();
    return true;
  };
  const stopped = { run, preventDefault: true, stopPropagation: true };
  return keymap.of([
    { key: "Mod-Enter", ...stopped },
    { key: "Ctrl-Enter", ...stopped },
  ]);
}

function ownEvents(formatAll: () => void) {
  return {
    keydown(event: KeyboardEvent, view: EditorView): boolean {
      // What runs is what is written, not what is offered.
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) closeCompletion(view);
      // Esc first, and Tab leaves: until another key, so that nobody must hurry (WCAG 2.1.2).
      if (!["Escape", "Tab", "Shift"].includes(event.key)) view.setTabFocusMode(false);
      // By its place on the keyboard: with Alt a Mac types another letter.
      const wanted = event.code === "KeyF" && event.altKey && event.shiftKey;
      if (!wanted || event.ctrlKey || event.metaKey) return false;
      formatAll();
      return true;
    },
    blur(_event: FocusEvent, view: EditorView): boolean {
      view.setTabFocusMode(false);
      return false;
    },
  };
}

function leaveNext(view: EditorView): boolean {
  simplifySelection(view);
  view.setTabFocusMode(true);
  // Taken, because DevTools would open their console drawer.
  return true;
}

/** Two blanks, or the marked lines further in; what completion offers goes before. */
function setIn(view: EditorView): boolean {
  if (acceptCompletion(view)) return true;
  if (!view.state.selection.main.empty) return indentMore(view);
  view.dispatch(view.state.replaceSelection("  "), { userEvent: "input.indent" });
  return true;
}

/** The one stretch that differs, so that the cursor stays where it was beside it. */
function difference(before: string, after: string) {
  let from = 0;
  const shorter = Math.min(before.length, after.length);
  while (from < shorter && before[from] === after[from]) from++;
  let end = 0;
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  return {
    from,
    to: before.length - end,
    insert: after.slice(from, after.length - end),
  };
}

/** The same place in a text that differs from the other in blanks only. */
function sameToken(before: string, at: number, after: string): number {
  let left = before.slice(0, at).replace(/\s/g, "").length;
  for (let to = 0; to < after.length; to++) {
    if (left === 0) return to;
    if (!/\s/.test(after.charAt(to))) left--;
  }
  return after.length;
}
