/**
 * A field for SurrealQL: statements, or the value that goes with one.
 *
 * It is a plain text area until CodeMirror is loaded, and stays one where it can't be: what was typed
 * meanwhile, the cursor and the focus go over. Then CodeMirror holds the text, and this component keeps
 * the two in step: what is typed goes out, what is set from outside comes in as one change.
 */
import "../../values/values.css";
import "../../surrealql/surrealql.css";
import "./code-editor.css";
import type { JSX, Ref } from "preact";
import {
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "preact/hooks";
import type { Completions } from "./code-completion.ts";
import type { Code, CodeMemory } from "./code-mirror.ts";
import type { Language } from "./completion.ts";
import type { Hole } from "./holes.ts";
import { type CodeModule, codeModule, loadCode } from "./load-code.ts";
import { PlainArea } from "./plain-area.tsx";
import { type Problem, placeIn, placeOf, type SentPlace, type Taken } from "./problems.ts";

export interface CodeEditorProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Ctrl/Cmd+Enter; absent: it is left to who listens outside. */
  onRun?: () => void;
  placeholder?: string;
  /** May not change: give the component another `key`. */
  language: Language;
  /** Lines that it shows when it is empty. */
  rows: number;
  handle?: Ref<CodeHandle>;
  /** What was wrong with a text that was sent. Shown while the editor holds that text. */
  problems?: readonly Problem[];
  completions?: Completions;
  /** Keeps the cursor and what can be undone while the view isn't there. */
  memory?: CodeMemory;
  /** Says a word to the person. */
  announce: (text: string) => void;
}

export interface CodeHandle {
  /** What is marked, if anything but blanks is. */
  selection(): string | undefined;
  focus(): void;
  /** Puts the cursor to a place in a text that was sent; false where the editor doesn't hold that text. */
  goTo(place: SentPlace): boolean;
  /** Lays the text out, if it can be read. */
  format(): void;
}

export function CodeEditor(props: CodeEditorProps): JSX.Element {
  const { label, value, placeholder, language, rows, problems } = props;
  const hint = useId();
  const trouble = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const code = useRef<Code>(undefined);
  const taken = useRef<Taken>(undefined);
  const [plain, setPlain] = useState(codeModule() === undefined);
  const [marked, setMarked] = useState<readonly Hole[]>([]);
  // Handlers are called long after the painting that gave them.
  const now = useRef(props);
  now.current = props;
  const describedBy = marked.length > 0 ? `${hint} ${trouble}` : hint;

  const composing = useRef(false);
  const composed = useRef<() => void>(undefined);

  useLayoutEffect(() => {
    let gone = false;
    const begin = (module: CodeModule | undefined) => {
      if (!module || gone || !place.current) return;
      if (composing.current) {
        // An input method would lose its word with the field under it.
        composed.current = () => setTimeout(begin, 0, module);
        return;
      }
      const field = area.current;
      const text = field?.value ?? now.current.value;
      const focused = field !== null && field === field.ownerDocument.activeElement;
      code.current = module.createCode(place.current, {
        text,
        memory: props.memory,
        selection: field ? { from: field.selectionStart, to: field.selectionEnd } : undefined,
        language,
        look: { label, placeholder, describedBy },
        onInput: (written) => now.current.onInput(written),
        onRun: props.onRun && (() => now.current.onRun?.()),
        onMarked: setMarked,
        completions: () => now.current.completions,
        announce: (words) => now.current.announce(words),
      });
      // At once, not with the next painting: what is hidden takes no focus, and no key may get lost.
      place.current.hidden = false;
      setPlain(false);
      if (text !== now.current.value) now.current.onInput(text);
      if (focused) code.current.view.focus();
    };
    const module = codeModule();
    if (module) begin(module);
    else void loadCode().then(begin);
    return () => {
      gone = true;
      code.current?.destroy();
    };
  }, []);

  useLayoutEffect(() => code.current?.setText(value), [value]);
  useLayoutEffect(() => code.current?.setLook({ label, placeholder, describedBy }));
  useEffect(() => {
    if (!code.current || !problems) return;
    const written = code.current.view.state.doc.toString();
    code.current.mark(
      problems.flatMap((problem) => {
        const place = placeIn(written, problem, taken.current);
        return place ? { ...place, message: problem.message } : [];
      }),
    );
  }, [problems, plain]);

  useImperativeHandle(
    props.handle ?? null,
    (): CodeHandle => ({
      selection() {
        const { text, from } = markedIn(code.current, area.current);
        if (text.trim() === "") {
          taken.current = undefined;
          return undefined;
        }
        taken.current = { text, from };
        return text;
      },
      focus() {
        (code.current?.view ?? area.current)?.focus();
      },
      goTo(sent) {
        const written = code.current?.view.state.doc.toString() ?? area.current?.value ?? "";
        const place = placeIn(written, sent, taken.current);
        if (!place) return false;
        if (code.current) code.current.goTo(place.from);
        else {
          area.current?.focus();
          area.current?.setSelectionRange(place.from, place.from);
        }
        return true;
      },
      format() {
        if (code.current) code.current.format();
        else now.current.announce("The editor isn't loaded, so nothing can be laid out.");
      },
    }),
    [],
  );

  return (
    <div class="sy-code">
      {plain && (
        <PlainArea
          areaRef={area}
          value={value}
          onInput={props.onInput}
          label={label}
          placeholder={placeholder}
          rows={rows}
          describedBy={hint}
          onComposing={(on) => {
            composing.current = on;
            if (!on) composed.current?.();
          }}
        />
      )}
      <div ref={place} class="sy-code-field" style={{ "--sy-code-rows": rows }} hidden={plain} />
      <span id={hint} class="sy-unseen">
        Tab sets in. Press Escape, then Tab, to leave.
      </span>
      <div id={trouble} class="sy-code-trouble" role="status">
        {marked.map(({ from, message }) => (
          <p key={`${from} ${message}`}>
            {words(code.current?.view.state.doc.toString() ?? value, from)}: {message}
          </p>
        ))}
      </div>
    </div>
  );
}

function markedIn(code: Code | undefined, area: HTMLTextAreaElement | null): Taken {
  if (code) {
    const { state } = code.view;
    const { from, to } = state.selection.main;
    return { text: state.sliceDoc(from, to), from };
  }
  if (!area) return { text: "", from: 0 };
  const { value, selectionStart, selectionEnd } = area;
  return { text: value.slice(selectionStart, selectionEnd), from: selectionStart };
}

function words(text: string, offset: number): string {
  const { line, column } = placeOf(text, offset);
  return `Line ${line}, column ${column}`;
}
