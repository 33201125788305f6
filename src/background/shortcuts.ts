/**
 * The shortcuts: they act on the tab in front, and never ask. Where a person would have to be asked,
 * or can't have what the shortcut means, the popup opens and shows the choice.
 *
 * `_execute_action`, the fourth of them, is the browser's own: it opens the popup by itself.
 */
import type { CommandResult } from "../messages/commands.ts";
import { isFinal } from "../session/life-cycle.ts";
import type { SessionKey } from "../session/model.ts";
import type { RouteSwitch } from "./route-switch.ts";
import type { Routes } from "./routes.ts";

export interface ShortcutsOptions {
  routes: Routes;
  control: Pick<RouteSwitch, "set" | "clear" | "current">;
  /** The tab in front of the window that has the focus. */
  activeTab(): Promise<number | undefined>;
  /** Rejects where the browser lets nobody open it but the person. */
  openPopup(): Promise<void>;
  report(trouble: string): void;
}

export class Shortcuts {
  readonly #options: ShortcutsOptions;

  constructor(options: ShortcutsOptions) {
    this.#options = options;
  }

  /** @param tabId as the browser names it with the shortcut */
  async run(command: string, tabId?: number): Promise<void> {
    const { control, activeTab } = this.#options;
    const tab = tabId ?? (await activeTab());
    if (tab === undefined) return;
    try {
      const { ask } =
        command === "own-session" ? await control.clear(tab, {}) : await this.#choose(tab, command);
      if (ask) await this.#openPopup();
    } catch {
      // A page that can't be switched, a session that is closed: the popup shows what there is.
      await this.#openPopup();
    }
  }

  async #choose(tab: number, command: string): Promise<CommandResult<"route.set">> {
    const { control } = this.#options;
    const to = await this.#meant(tab, command);
    return to === undefined ? {} : control.set(tab, { to });
  }

  async #meant(tab: number, command: string): Promise<SessionKey | undefined> {
    const { routes, control } = this.#options;
    await routes.ready;
    const digit = /^session-([1-9])$/.exec(command)?.[1];
    if (digit !== undefined) {
      return this.#sessions().find(({ number }) => number === Number(digit))?.key;
    }
    const sessions = this.#sessions().filter(({ status }) => status === "active");
    const step = { "next-session": 1, "previous-session": -1 }[command];
    if (step === undefined || sessions.length === 0) return undefined;
    const current = await control.current(tab);
    const at = sessions.findIndex(({ key }) => key === current);
    // Before the first, so to speak, where the page runs as itself.
    const from = at < 0 && step < 0 ? 0 : at;
    return sessions.at((from + step + sessions.length) % sessions.length)?.key;
  }

  /** In the order of the list. What a hasty key could do harm on has none. */
  #sessions() {
    const { routes } = this.#options;
    return routes.registry.sessions.filter(
      ({ key, status }) => !isFinal(status) && !routes.isCareful(key),
    );
  }

  async #openPopup(): Promise<void> {
    try {
      await this.#options.openPopup();
    } catch {
      this.#options.report(
        "The browser didn't let a shortcut open Switchyard's popup: click the toolbar button.",
      );
    }
  }
}
