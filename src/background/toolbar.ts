/**
 * The toolbar button, tab by tab: its badge and its title say as whom the tab runs.
 *
 * Browsers forget both when a tab navigates, so what should be there is kept here and set again. What
 * calls for the person comes first: a page that asks for access, then a route whose requests fail or pass it by.
 */

/** `action` of the browser, as far as it is needed; tests give their own. */
export interface ToolbarAction {
  setBadgeText(details: { tabId: number; text: string }): Promise<void>;
  setBadgeBackgroundColor(details: { tabId: number; color: string }): Promise<void>;
  setTitle(details: { tabId: number; title: string }): Promise<void>;
}

/** As whom a tab runs. */
export interface ToolbarRoute {
  label: string;
  /** "user:bob, app/tenant_b"; absent where the session is gone. */
  identity?: string;
  /** `#rrggbb` */
  colour: string;
  /** Why that isn't quite so, in sentences; absent: it is. */
  trouble?: string;
}

interface Look {
  text: string;
  colour: string;
  title: string;
}

/** White on it is readable at 4.5:1. */
const RED = "#c5282f";
const CALLING = "#1a66d6";
const NOTHING: Look = { text: "", colour: CALLING, title: "Switchyard" };

export class Toolbar {
  readonly #action: ToolbarAction;
  readonly #routes = new Map<number, ToolbarRoute>();
  readonly #calling = new Set<number>();
  /** What the browser was last told; a navigation makes it forget that. */
  readonly #shown = new Map<number, string>();

  constructor(action: ToolbarAction) {
    this.#action = action;
  }

  /** @param route undefined: the tab runs as the page itself */
  setRoute(tabId: number, route: ToolbarRoute | undefined): void {
    if (route) this.#routes.set(tabId, route);
    else this.#routes.delete(tabId);
    this.#show(tabId);
  }

  /** A page in this tab waits for the person's word, or no more. */
  setCalling(tabId: number, on: boolean): void {
    if (on) this.#calling.add(tabId);
    else this.#calling.delete(tabId);
    this.#show(tabId);
  }

  /** Pages in these tabs wait, and in no others. */
  setAllCalling(tabIds: readonly number[]): void {
    for (const tabId of new Set([...this.#calling, ...tabIds])) {
      this.setCalling(tabId, tabIds.includes(tabId));
    }
  }

  /** Something is shown on this tab's button. */
  marks(tabId: number): boolean {
    return this.#routes.has(tabId) || this.#calling.has(tabId);
  }

  /** The tab has navigated, and the browser has forgotten what was shown. */
  forgotten(tabId: number): void {
    this.#shown.delete(tabId);
    if (this.marks(tabId)) this.#show(tabId);
  }

  tabClosed(tabId: number): void {
    this.#routes.delete(tabId);
    this.#calling.delete(tabId);
    this.#shown.delete(tabId);
  }

  #show(tabId: number): void {
    const look = this.#look(tabId);
    const key = JSON.stringify(look);
    const before = this.#shown.get(tabId);
    if (before === key || (before === undefined && look === NOTHING)) return;
    if (look === NOTHING) this.#shown.delete(tabId);
    else this.#shown.set(tabId, key);
    const { text, colour, title } = look;
    Promise.all([
      this.#action.setBadgeBackgroundColor({ tabId, color: colour }),
      this.#action.setBadgeText({ tabId, text }),
      this.#action.setTitle({ tabId, title }),
    ]).catch(() => {
      // "No tab with id": it was closed meanwhile, and there is no button to show anything on.
    });
  }

  #look(tabId: number): Look {
    const route = this.#routes.get(tabId);
    const title = route ? titleOf(route) : "Switchyard";
    if (this.#calling.has(tabId)) {
      const text = "Switchyard: the page asks to use your sessions.";
      return { text: "?", colour: CALLING, title: route ? `${text} ${title}` : text };
    }
    if (!route) return NOTHING;
    if (route.trouble) return { text: "!", colour: RED, title };
    return { text: letterOf(route.label), colour: route.colour, title };
  }
}

function titleOf({ label, identity, trouble }: ToolbarRoute): string {
  const who = identity === undefined ? label : `${label} (${identity})`;
  return `Switchyard: this tab runs as ${who}${trouble ? `. ${trouble}` : ""}`;
}

/** The first letter, as people count letters. */
function letterOf(label: string): string {
  const [first] = label.trim();
  return (first ?? "·").toLocaleUpperCase();
}
