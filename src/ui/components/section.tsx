/** A part of a page with a heading that folds it. What is folded is remembered. */
import "./section.css";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { useStore } from "../store/context.ts";
import { Boundary } from "./boundary.tsx";
import { Icon } from "./icon.tsx";

export interface SectionProps {
  /** Names it for remembering, and for whoever looks for it in the page. */
  id: string;
  title: string;
  count?: number;
  /** Buttons at the right of the heading. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ id, title, count, actions, children }: SectionProps): JSX.Element {
  const { preferences } = useStore();
  const body = useId();
  const name = `folded.${id}`;
  const folded = preferences.get(name, false).value;
  return (
    <section class="sy-section" data-section={id} aria-label={title}>
      <div class="sy-section-head">
        <h2>
          <button
            type="button"
            class="sy-section-fold"
            aria-expanded={!folded}
            aria-controls={body}
            onClick={() => preferences.set(name, !folded)}
          >
            <Icon name="chevron" size={14} />
            {title}
            {count !== undefined && count > 0 && <span class="sy-count">{count}</span>}
          </button>
        </h2>
        {!folded && actions && <div class="sy-section-actions">{actions}</div>}
      </div>
      <div id={body} class="sy-section-body" hidden={folded}>
        {!folded && <Boundary>{children}</Boundary>}
      </div>
    </section>
  );
}
