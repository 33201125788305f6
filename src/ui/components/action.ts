/**
 * One thing that a person can set going, with its outcome at its place.
 *
 * `run` never rejects: what fails is kept as `error`, which the component shows beside the control
 * that was used. A later run clears it, so that an old failure never stands beside a new success.
 */
import { useSignal } from "@preact/signals";
import { CommandError } from "../../messages/view-client.ts";
import { toErrorView as viewOfError } from "../../session/errors.ts";
import type { ErrorView } from "../../session/model.ts";

/** What was thrown, as data that can be shown. */
export function toErrorView(thrown: unknown): ErrorView {
  return thrown instanceof CommandError ? thrown.view : viewOfError(thrown);
}

export interface Action {
  /** Why the last run failed; undefined while none did. Reading it in a component subscribes. */
  readonly error: ErrorView | undefined;
  readonly busy: boolean;
  /** Answers true where the work was done, false where it failed. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  fail(error: ErrorView): void;
  clear(): void;
}

export function useAction(): Action {
  const error = useSignal<ErrorView | undefined>(undefined);
  const running = useSignal(0);
  return {
    get error() {
      return error.value;
    },
    get busy() {
      return running.value > 0;
    },
    async run(work) {
      running.value++;
      error.value = undefined;
      try {
        await work();
        return true;
      } catch (thrown) {
        error.value = toErrorView(thrown);
        return false;
      } finally {
        running.value--;
      }
    },
    fail(view) {
      error.value = view;
    },
    clear() {
      error.value = undefined;
    },
  };
}
