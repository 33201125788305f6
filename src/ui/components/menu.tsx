/** A button that opens a menu of further actions. Arrows, Home, End and Esc work as in any menu. */

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { endKey } from "./end-key.ts";
import { Icon, type IconName } from "./icon.tsx";
import { usePopup } from "./popup.ts";

export interface MenuItem {
  text: string;
  /** Tells items of the same text apart. */
  id?: string;
  title?: string;
  onSelect: () => unknown;
  disabled?: boolean;
  danger?: boolean;
  /** For items that are on or off. */
  checked?: boolean;
  /** A line above this item parts it from those before. */
  parted?: boolean;
  /** The menu stays open when it is chosen, for choosing several. */
  stays?: boolean;
}

export interface MenuProps {
  label: string;
  icon?: IconName;
  /** Stands on the button in place of the icon. */
  text?: string;
  items: readonly MenuItem[];
  busy?: boolean;
  disabled?: boolean;
}

export function Menu(props: MenuProps): JSX.Element {
  const { label, icon = "more", text, items, busy, disabled } = props;
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const id = useId();
  usePopup({ anchor, popup, open, close: () => setOpen(false), align: "end" });

  const entries = () => [
    ...(popup.current?.querySelectorAll<HTMLButtonElement>("button:not(:disabled)") ?? []),
  ];

  useLayoutEffect(() => {
    if (open) entries()[0]?.focus();
  }, [open]);

  function close() {
    setOpen(false);
    anchor.current?.querySelector("button")?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const target = next[event.key];
    if (target !== undefined) all[target]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    endKey(event);
  }

  return (
    <div class="sy-menu" ref={anchor}>
      <Button
        icon={text === undefined ? icon : undefined}
        label={text === undefined ? label : undefined}
        title={label}
        popup="menu"
        expanded={open}
        controls={id}
        busy={busy}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {text === undefined ? undefined : `${text} ▾`}
      </Button>
      <div
        ref={popup}
        id={id}
        class="sy-popup"
        role="menu"
        aria-label={label}
        popover="manual"
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {open &&
          items.map((item) => (
            <MenuEntry
              key={item.id ?? item.text}
              item={item}
              onSelect={() => {
                if (!item.stays) close();
                item.onSelect();
              }}
            />
          ))}
      </div>
    </div>
  );
}

function MenuEntry({ item, onSelect }: { item: MenuItem; onSelect: () => void }): JSX.Element {
  const shared = {
    class: `sy-popup-item${item.danger ? " sy-popup-danger" : ""}`,
    title: item.title,
    disabled: item.disabled,
    "data-item": item.id,
    tabIndex: -1,
    onClick: onSelect,
  };
  return (
    <>
      {item.parted && <hr class="sy-popup-line" />}
      {item.checked === undefined ? (
        <button type="button" role="menuitem" {...shared}>
          {item.text}
        </button>
      ) : (
        <button type="button" role="menuitemcheckbox" aria-checked={item.checked} {...shared}>
          <span class="sy-popup-check">{item.checked && <Icon name="check" size={14} />}</span>
          {item.text}
        </button>
      )}
    </>
  );
}
