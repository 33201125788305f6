/**
 * The editor until CodeMirror is there, and where it can't be loaded: a plain text area, so that
 * undo, input methods and screen readers work as everywhere.
 *
 * Tab sets in by two spaces, as one expects of code; Esc first, and Tab leaves, so that nobody who
 * works by keyboard is caught (WCAG 2.1.2).
 */
import type { JSX, Ref, TargetedKeyboardEvent } from "preact";
import { useRef } from "preact/hooks";

export interface PlainAreaProps {
  value: string;
  onInput: (value: string) => void;
  label: string;
  placeholder?: string;
  rows: number;
  describedBy: string;
  areaRef: Ref<HTMLTextAreaElement>;
  /** An input method begins to compose a word, and is done with it. */
  onComposing: (composing: boolean) => void;
}

export function PlainArea(props: PlainAreaProps): JSX.Element {
  const leaving = useRef(false);

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
    <textarea
      ref={props.areaRef}
      class="sy-area sy-mono sy-code-plain"
      value={props.value}
      rows={props.rows}
      placeholder={props.placeholder}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      spellcheck={false}
      autocapitalize="off"
      autocomplete="off"
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onCompositionStart={() => props.onComposing(true)}
      onCompositionEnd={() => props.onComposing(false)}
      onBlur={() => {
        leaving.current = false;
      }}
    />
  );
}

/** As if typed: `execCommand`, old as it is, is the one way that keeps the browser's undo. */
function insert(area: HTMLTextAreaElement, text: string) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
