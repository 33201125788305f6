/** Something that is asked for when it comes on screen: says that it is asked for, shows it, or why not. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ErrorView } from "../../session/model.ts";
import { toErrorView } from "./action.ts";
import { ErrorNote } from "./error-note.tsx";

export interface LoadedProps<T> {
  /** What is shown meanwhile. */
  what: string;
  load: () => Promise<T>;
  /** Asked for again when this changes. */
  version: string;
  children: (value: T) => ComponentChildren;
}

type Outcome<T> = { value: T } | { error: ErrorView } | undefined;

export function Loaded<T>({ what, load, version, children }: LoadedProps<T>): JSX.Element {
  const outcome = useSignal<Outcome<T>>(undefined);
  const turn = useSignal(0);
  useEffect(() => {
    let current = true;
    outcome.value = undefined;
    load().then(
      (value) => {
        if (current) outcome.value = { value };
      },
      (error) => {
        if (current) outcome.value = { error: toErrorView(error) };
      },
    );
    return () => {
      current = false;
    };
  }, [version, turn.value]);

  const now = outcome.value;
  if (!now) return <p class="sy-dim">{what}</p>;
  if ("error" in now) {
    return (
      <ErrorNote
        error={now.error}
        onRetry={() => {
          turn.value++;
        }}
      />
    );
  }
  return <>{children(now.value)}</>;
}
