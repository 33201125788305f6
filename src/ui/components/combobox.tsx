/**
 * A text field with suggestions. Whatever is typed counts: the suggestions help, they don't limit.
 * Keys as WAI-ARIA's combobox has them: ↓ opens, ↑↓ move, Enter takes over, Esc closes.
 */
import { endKey } from "./end-key.ts";
import "./combobox.css";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { usePopup } from "./popup.ts";

export interface ComboboxProps {
  value: string;
  onInput: (value: string) => void;
  /** undefined: not known, or not yet. As long as it is so it is a plain text field. */
  options: readonly string[] | undefined;
  id?: string;
  label?: string;
  describedBy?: string;
  placeholder?: string;
  disabled?: boolean;
  mono?: boolean;
  /** Asked for when the list is about to be shown, so that it is fresh. */
  onOpen?: () => void;
  /** Enter, with the list closed. */
  onSubmit?: () => void;
}

/** The suggestions for what is typed: those that contain it; all of them when it is one of them. */
export function suggestions(options: readonly string[], typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "" || options.includes(typed)) return options;
  return options.filter((option) => option.toLowerCase().includes(wanted));
}

const SHOWN = 200;

export function Combobox(props: ComboboxProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const anchor = useRef<HTMLDivElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const ownId = useId();
  const listId = `${ownId}-list`;
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const options = props.options;
  const offered = options ? suggestions(options, props.value).slice(0, SHOWN) : [];
  // Nothing to offer for what is typed: an empty box would only stand in the way.
  const shown = open && (offered.length > 0 || options?.length === 0);
  usePopup({ anchor, popup, open: shown, close, align: "fill" });

  function show() {
    if (open || props.disabled) return;
    // What isn't known yet may be on its way: then the list is there as soon as it is.
    if (options) props.onOpen?.();
    setOpen(true);
  }

  function take(option: string) {
    props.onInput(option);
    close();
  }

  function move(to: number) {
    setActive(to);
    popup.current?.children[to]?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLInputElement>) {
    const chosen = open ? offered[active] : undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) show();
      else if (offered.length > 0) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        move((active + step + offered.length) % offered.length);
      }
    } else if (event.key === "Enter" && chosen !== undefined) take(chosen);
    else if (event.key === "Enter" && props.onSubmit) {
      close();
      props.onSubmit();
    } else if (event.key === "Escape" && open) {
      close();
      // A list that nobody has seen yet isn't what the key is meant for.
      if (!shown) return;
    } else return;
    endKey(event);
  }

  return (
    <div class="sy-combobox" ref={anchor}>
      <input
        id={props.id}
        class={`sy-input${props.mono ? " sy-mono" : ""}`}
        type="text"
        role="combobox"
        value={props.value}
        placeholder={props.placeholder}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        disabled={props.disabled}
        onInput={(event) => {
          props.onInput(event.currentTarget.value);
          setActive(-1);
          show();
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {options && (
        <button
          type="button"
          class="sy-combobox-open"
          tabIndex={-1}
          aria-hidden="true"
          disabled={props.disabled}
          // A press must not take the focus away from the field, whose blur closes the list.
          onPointerDown={(event) => {
            event.preventDefault();
            anchor.current?.querySelector("input")?.focus();
            if (open) close();
            else show();
          }}
        >
          <Icon name="down" />
        </button>
      )}
      <div
        ref={popup}
        id={listId}
        class="sy-popup"
        role="listbox"
        aria-label={props.label ?? "Suggestions"}
        popover="manual"
      >
        {open &&
          offered.map((option, index) => (
            <div
              key={option}
              id={`${listId}-${index}`}
              class="sy-popup-item"
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              onPointerDown={(event) => {
                event.preventDefault();
                take(option);
              }}
            >
              {option}
            </div>
          ))}
        {open && options?.length === 0 && <div class="sy-popup-note">None yet.</div>}
      </div>
    </div>
  );
}
