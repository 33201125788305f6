/**
 * An error, at the place where it happened: what was tried and why it failed, what to do about it,
 * and the way to try again. Announced by screen readers when it appears.
 */
import "./note.css";
import type { ComponentChildren, JSX } from "preact";
import type { ErrorView } from "../../session/model.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

export interface ErrorNoteProps {
  error: ErrorView | undefined;
  onRetry?: () => unknown;
  onDismiss?: () => void;
  /** Further ways out, as buttons. */
  children?: ComponentChildren;
}

/** Nothing while there is no error. */
export function ErrorNote(props: ErrorNoteProps): JSX.Element | null {
  const { error } = props;
  if (!error) return null;
  return (
    <div class="sy-note sy-note-bad" role="alert" data-error={error.name}>
      <Icon name="warning" />
      <div class="sy-note-text">
        <div>{error.message}</div>
        {error.advice && <div class="sy-note-advice">{error.advice}</div>}
      </div>
      <div class="sy-note-actions">
        {props.children}
        {props.onRetry && <Button onClick={props.onRetry}>Retry</Button>}
        {props.onDismiss && <Button icon="close" label="Dismiss" onClick={props.onDismiss} />}
      </div>
    </div>
  );
}

export interface NoteProps {
  tone: "plain" | "warn" | "bad" | "good";
  children: ComponentChildren;
  actions?: ComponentChildren;
}

/** A sentence that a person should see, which is no answer to what was just done. */
export function Note({ tone, children, actions }: NoteProps): JSX.Element {
  return (
    <div class={`sy-note sy-note-${tone}`} role="status">
      {tone !== "plain" && <Icon name={tone === "good" ? "check" : "warning"} />}
      <div class="sy-note-text">{children}</div>
      {actions && <div class="sy-note-actions">{actions}</div>}
    </div>
  );
}
