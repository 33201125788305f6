/** A line that opens to what is behind it; the inside is made only when it is open. */
import "./disclosure.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface DisclosureProps {
  id: string;
  title: ComponentChildren;
  tooltip?: string;
  actions?: ComponentChildren;
  children: () => ComponentChildren;
}

export function Disclosure(props: DisclosureProps): JSX.Element {
  const open = useSignal(false);
  const body = useId();
  return (
    <div class="sy-disclosure" data-disclosure={props.id}>
      <div class="sy-disclosure-head">
        <button
          type="button"
          class="sy-disclosure-fold"
          title={props.tooltip}
          aria-expanded={open.value}
          aria-controls={body}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          <Icon name="chevron" size={14} />
          <span class="sy-disclosure-title">{props.title}</span>
        </button>
        {props.actions}
      </div>
      <div id={body} class="sy-disclosure-body" hidden={!open.value}>
        {open.value && props.children()}
      </div>
    </div>
  );
}
