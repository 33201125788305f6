/**
 * `window.switchyard` as the engine uses it, and the wait for it: it may be put into the window a
 * moment after the page's first scripts have run.
 */
import {
  API_INITIALIZED,
  type ApiEvents,
  type ApiMethod,
  type ApiParams,
  type ApiResults,
} from "../messages/api-messages.ts";
import { refused } from "./engine-error.ts";

export interface SwitchyardProvider {
  request<M extends ApiMethod>(args: { method: M; params?: ApiParams<M> }): Promise<ApiResults[M]>;
  on<E extends keyof ApiEvents>(event: E, listener: (payload: ApiEvents[E]) => void): unknown;
  removeListener<E extends keyof ApiEvents>(
    event: E,
    listener: (payload: ApiEvents[E]) => void,
  ): unknown;
}

/** For so many milliseconds the engine waits for the page API. */
const PATIENCE = 3_000;

/** @throws SwitchyardError where there is none after three seconds */
export async function findProvider(): Promise<SwitchyardProvider> {
  const present = providerOf(globalThis);
  if (present) return present;
  const found = await new Promise<SwitchyardProvider | undefined>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.(API_INITIALIZED, done);
      resolve(providerOf(globalThis));
    };
    const timer = setTimeout(done, PATIENCE);
    globalThis.addEventListener?.(API_INITIALIZED, done);
  });
  if (found) return found;
  throw refused(
    "disconnected",
    "There is no window.switchyard. Install Switchyard, and enable its page API for this origin.",
  );
}

function providerOf(scope: object): SwitchyardProvider | undefined {
  const { switchyard } = scope as { switchyard?: Partial<SwitchyardProvider> };
  return typeof switchyard?.request === "function" ? (switchyard as SwitchyardProvider) : undefined;
}
