/** Telling views of web sign-ins: whole values, and only what differs from what a view has already. */
import type { Snapshot, WorkerEvent } from "../messages/commands.ts";
import type { WebPageView, WebSessionView } from "../web/web-model.ts";

/** What the views are shown of web sign-ins; the web book is it. */
export interface WebViews {
  viewOf(tabId: number): WebPageView;
  savedFor(tabId: number | undefined): WebSessionView[];
}

/** A view, as far as this goes. */
export interface WebReader {
  tabId?: number;
  tell(event: WorkerEvent): void;
}

/** At most so many milliseconds late. */
const PAUSE = 30;

export class WebTelling {
  readonly #source: WebViews;
  /** What each view has, as text. */
  readonly #told = new Map<WebReader, { web: string; saved: string }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: WebViews) {
    this.#source = source;
  }

  /** What a view is shown first; from now on it is told of changes. */
  welcome(reader: WebReader): Pick<Snapshot, "web" | "saved"> {
    const { tabId } = reader;
    const saved = this.#source.savedFor(tabId);
    const web = tabId === undefined ? undefined : this.#source.viewOf(tabId);
    this.#told.set(reader, { web: JSON.stringify(web), saved: JSON.stringify(saved) });
    return { saved, ...(web && { web }) };
  }

  leave(reader: WebReader): void {
    this.#told.delete(reader);
  }

  /** Something of it changed: it is told soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.tellChanges(), PAUSE);
  }

  /** Tells at once what is waiting to be told. */
  tellChanges(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [reader, told] of this.#told) {
      const { tabId } = reader;
      if (tabId !== undefined) {
        const web = this.#source.viewOf(tabId);
        const text = JSON.stringify(web);
        if (text !== told.web) reader.tell({ event: "web", web });
        told.web = text;
      }
      const saved = this.#source.savedFor(tabId);
      const text = JSON.stringify(saved);
      if (text !== told.saved) reader.tell({ event: "saved", saved });
      told.saved = text;
    }
  }
}
