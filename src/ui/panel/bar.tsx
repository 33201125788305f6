/** A bar under the top rows: a sentence that a person should see, and what can be done about it. */
import type { ComponentChildren, JSX } from "preact";
import type { Action } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { Note, type NoteProps } from "../components/error-note.tsx";
import { useStore } from "../store/context.ts";

export interface BarProps {
  /** Tells bars apart, for whoever looks for one. */
  kind: string;
  tone?: NoteProps["tone"];
  children: ComponentChildren;
  actions?: ComponentChildren;
  onDismiss?: () => unknown;
}

export function Bar({ kind, tone = "warn", children, actions, onDismiss }: BarProps): JSX.Element {
  return (
    <div data-notice={kind}>
      <Note
        tone={tone}
        actions={
          <>
            {actions}
            {onDismiss && <Button icon="close" label="Dismiss" onClick={onDismiss} />}
          </>
        }
      >
        {children}
      </Note>
    </div>
  );
}

export function ReloadPage({ action }: { action: Action }): JSX.Element {
  const store = useStore();
  return (
    <Button icon="refresh" onClick={() => action.run(() => store.call("page.reload", {}))}>
      Reload page
    </Button>
  );
}
