/**
 * Buttons. One whose handler answers a promise is busy until that settles, and can't be pressed
 * twice meanwhile: every button that works shows that it works.
 */
import "./button.css";
import type { ComponentChildren, JSX, TargetedMouseEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
  children?: ComponentChildren;
  /** `primary`: the one thing to do here. `quiet`: no border until pointed at. */
  variant?: "plain" | "primary" | "quiet" | "danger";
  icon?: IconName;
  /** Accessible name and tooltip of a button that shows only an icon. */
  label?: string;
  /** Tooltip, where the text alone doesn't say all. */
  title?: string;
  type?: "button" | "submit";
  disabled?: boolean;
  busy?: boolean;
  /** For toggles. */
  pressed?: boolean;
  expanded?: boolean;
  popup?: "menu" | "dialog" | "listbox";
  controls?: string;
  tabIndex?: number;
  onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => unknown;
}

export function Button(props: ButtonProps): JSX.Element {
  const [working, setWorking] = useState(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const busy = working || props.busy === true;
  const onlyIcon = props.icon !== undefined && props.children === undefined;

  function press(event: TargetedMouseEvent<HTMLButtonElement>) {
    if (busy) {
      event.preventDefault();
      return;
    }
    const outcome = props.onClick?.(event);
    if (!(outcome instanceof Promise)) return;
    setWorking(true);
    // Only the busy look is this button's; whoever wrote the handler shows its error.
    const done = () => {
      if (mounted.current) setWorking(false);
    };
    outcome.then(done, done);
  }

  return (
    <button
      type={props.type ?? "button"}
      class={`sy-button sy-button-${props.variant ?? (onlyIcon ? "quiet" : "plain")}${
        onlyIcon ? " sy-button-icon" : ""
      }`}
      title={props.title ?? props.label}
      aria-label={props.label}
      aria-busy={busy || undefined}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-haspopup={props.popup}
      aria-controls={props.controls}
      tabIndex={props.tabIndex}
      disabled={props.disabled}
      onClick={press}
    >
      {props.icon && <Icon name={props.icon} />}
      {props.children !== undefined && <span class="sy-button-text">{props.children}</span>}
    </button>
  );
}
