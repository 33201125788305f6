/**
 * The statement: a plain text area, so that undo, input methods and screen readers work as everywhere.
 *
 * Tab sets in by two spaces, as one expects of code; Esc first, and Tab leaves, so that nobody who
 * works by keyboard is caught (WCAG 2.1.2).
 */
import type { JSX, Ref, TargetedKeyboardEvent } from "preact";
import { useId, useRef } from "preact/hooks";

export interface EditorProps {
  value: string;
  onInput: (value: string) => void;
  label: string;
  placeholder?: string;
  rows: number;
  inputRef?: Ref<HTMLTextAreaElement>;
}

export function Editor(props: EditorProps): JSX.Element {
  const leaving = useRef(false);
  const hint = useId();

  function onKeyDown(event: TargetedKeyboardEvent<HTMLTextAreaElement>) {
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === "Escape") {
      leaving.current = true;
      // DevTools would open its console drawer.
      event.preventDefault();
    } else if (event.key === "Tab" && plain && !leaving.current) {
      event.preventDefault();
      insert(event.currentTarget, "  ");
    } else if (event.key !== "Tab") {
      leaving.current = false;
    }
  }

  return (
    <>
      <textarea
        ref={props.inputRef}
        class="sy-area sy-mono sy-query-editor"
        value={props.value}
        rows={props.rows}
        placeholder={props.placeholder}
        aria-label={props.label}
        aria-describedby={hint}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          leaving.current = false;
        }}
      />
      <span id={hint} class="sy-unseen">
        Tab sets in. Press Escape, then Tab, to leave.
      </span>
    </>
  );
}

/** As if typed: `execCommand`, old as it is, is the one way that keeps the browser's undo. */
function insert(area: HTMLTextAreaElement, text: string) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** What is marked in the editor, if anything but blanks is. */
export function selectionIn(area: HTMLTextAreaElement | null): string | undefined {
  if (!area) return undefined;
  const marked = area.value.slice(area.selectionStart, area.selectionEnd);
  return marked.trim() === "" ? undefined : marked;
}
