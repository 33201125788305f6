/**
 * Keeps a failure in one part of the page from taking the rest with it: a value that can't be read
 * costs its section, never the panel. It says what failed, and tries again on demand.
 */
import type { ComponentChildren, JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { toErrorView } from "./action.ts";
import { ErrorNote } from "./error-note.tsx";

export function Boundary({ children }: { children: ComponentChildren }): JSX.Element {
  const [error, reset] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  const view = toErrorView(error);
  return (
    <ErrorNote
      error={{ ...view, message: `This part can't be shown: ${view.message}` }}
      onRetry={reset}
    />
  );
}
