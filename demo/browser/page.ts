/**
 * What is on screen: a tab, a page of the extension, or the panel in DevTools, and what a person
 * does with it.
 *
 * The one idea: a browser only has to evaluate an expression, move the mouse, press a key and take
 * a picture (`Surface`). Waiting, finding, filling and clicking are written once, on these four, so
 * they mean the same in every browser. Every action waits until it can be done as a person could:
 * the element is there once, visible, enabled, idle, still, and not covered.
 */
import { writeFile } from "node:fs/promises";
import { type Key, keyOf, parseKeys } from "./keys.ts";
import { locate } from "./locate.ts";
import {
  chooseOption,
  clickablePoint,
  fillElement,
  heldBy,
  takePressed,
  theOne,
} from "./on-page.ts";
import { PATIENCE_MS, until } from "./wait.ts";

export interface PictureOptions {
  /** Sets the size first, and leaves it so. CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the picture per CSS pixel; 1 by default. */
  readonly scale?: number;
  /** A panel: with the whole DevTools window around it, which then has that size. */
  readonly around?: boolean;
}

export interface WaitOptions {
  /** 20 s by default. */
  readonly timeoutMs?: number;
}

/** What a browser implements for each thing on its screen. */
export interface Surface {
  /** What messages call it, for example `the panel`. */
  readonly description: string;
  /**
   * Evaluates an expression in the page's own world, awaits it, and returns it. JSON values only.
   * Throws what the page throws, and when the page goes away meanwhile.
   */
  run(expression: string): Promise<unknown>;
  /** A real mouse click of the primary button at CSS pixels of the page. */
  mouse(x: number, y: number, clicks: number): Promise<void>;
  /** Moves the mouse there. */
  hover(x: number, y: number): Promise<void>;
  /** A real key press, modifiers held down around it. */
  key(modifiers: readonly Key[], key: Key): Promise<void>;
  /** A PNG. */
  picture(scale: number, around: boolean): Promise<Buffer>;
  resize(width: number, height: number, around: boolean): Promise<void>;
  bringToFront(): Promise<void>;
  /** Loads a URL, or loads the page again; returns when it has loaded. */
  load(url: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Loads a page by its own `location`, where the browser has no command for it: a panel. */
export async function loadFromWithin(surface: Surface, url: string | undefined): Promise<void> {
  const move = url === undefined ? "location.reload()" : `location.href = ${JSON.stringify(url)}`;
  // The mark goes with the old page; moving later lets this call answer first.
  await surface.run(`void (window.switchyardMark = 1, setTimeout(() => { ${move} }))`);
  const fresh = `!window.switchyardMark && document.readyState === "complete"`;
  await until(
    // Between the two pages there is nothing to evaluate in.
    () => surface.run(fresh).catch(() => false),
    PATIENCE_MS,
    () => `${surface.description} didn't load ${url ?? "again"}.`,
  );
}

// esbuild (tsx) wraps inner functions in `__name(…)`, which doesn't exist in the page.
const PRELUDE = "const __name = (fn) => fn;";

/** The source of an expression that calls `fn` with `args` (JSON). A string is the expression. */
export function expressionOf(fn: unknown, args: readonly unknown[]): string {
  if (typeof fn === "string") return fn;
  return `(() => { ${PRELUDE} return (${fn})(...${JSON.stringify(args)}); })()`;
}

export class Page {
  readonly surface: Surface;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  /**
   * Evaluates a function (with JSON arguments) or an expression in the page, awaits it, and returns
   * it as JSON. The function is sent as text: it sees the page's names, not the test's.
   */
  async evaluate<T, A extends unknown[]>(
    fn: string | ((...args: A) => T | Promise<T>),
    ...args: A
  ): Promise<T> {
    return (await this.surface.run(expressionOf(fn, args))) as T;
  }

  /** Evaluates until the answer is truthy, and returns it. The error shows what the page showed. */
  async waitFor<T, A extends unknown[]>(
    fn: string | ((...args: A) => T | Promise<T>),
    options: WaitOptions & { args?: A } = {},
  ): Promise<NonNullable<T>> {
    const args = options.args ?? ([] as unknown as A);
    let trouble = "";
    const ask = async () => {
      try {
        const answer = await this.evaluate(fn, ...args);
        trouble = "";
        return answer || undefined;
      } catch (error) {
        // The page may just be loading: what counts is whether it becomes true in time.
        trouble = ` The last try failed: ${error}`;
        return undefined;
      }
    };
    return until(ask, options.timeoutMs ?? PATIENCE_MS, () =>
      this.explain(`Waited in vain for ${fn}.${trouble}`),
    );
  }

  /** Waits until an element that matches the selector is visible. */
  async see(selector: string, options: WaitOptions = {}): Promise<void> {
    await this.poll(`"${selector}" didn't appear`, options, async () =>
      (await this.visible(selector)) > 0 ? true : undefined,
    );
  }

  /** Waits until nothing that matches the selector is visible. */
  async gone(selector: string, options: WaitOptions = {}): Promise<void> {
    await this.poll(`"${selector}" didn't go away`, options, async () =>
      (await this.visible(selector)) === 0 ? true : undefined,
    );
  }

  /** How many elements match now, visible or not. */
  async count(selector: string): Promise<number> {
    return (await this.onMatches(selector, (found) => found.length)) as number;
  }

  /** The text that a person reads in the one element that matches, once it is there. */
  async text(selector: string, options: WaitOptions = {}): Promise<string> {
    return this.onElement(selector, options, (element) =>
      (element as HTMLElement).innerText.trim(),
    );
  }

  /** The texts of all visible elements that match now. */
  async texts(selector: string): Promise<string[]> {
    return (await this.onMatches(selector, (found) =>
      found
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => (element as HTMLElement).innerText.trim()),
    )) as string[];
  }

  /**
   * What the field that matches holds: its value, for a checkbox `true` or `false`, for an editor
   * its lines, as far as they are in the page.
   */
  async value(selector: string, options: WaitOptions = {}): Promise<string | boolean> {
    return this.onElement(selector, options, heldBy);
  }

  /**
   * Clicks the middle of the one element that matches, with the mouse. A press that meets something
   * else, because the page moved under the mouse, is kept from it and made anew.
   */
  async click(selector: string, options: WaitOptions & { clicks?: number } = {}): Promise<void> {
    const press = async () => {
      const { x, y } = await this.pointOf(selector, options, "press");
      await this.surface.mouse(x, y, options.clicks ?? 1);
      // Where the click has led away from the page, nobody answers any more: it has met.
      const met = await this.surface.run(`(${takePressed})()`).catch(() => "it");
      return met === "it" || met === "unwatched";
    };
    await until(press, options.timeoutMs ?? PATIENCE_MS, () =>
      this.explain(`"${selector}" can't be met by the mouse`),
    );
  }

  /** Moves the mouse over the one element that matches. */
  async hover(selector: string, options: WaitOptions = {}): Promise<void> {
    const { x, y } = await this.pointOf(selector, options);
    await this.surface.hover(x, y);
  }

  /** Puts the focus on the one element that matches, as with the Tab key. */
  async focus(selector: string, options: WaitOptions = {}): Promise<void> {
    await this.surface.bringToFront();
    await this.onElement(selector, options, (element) => {
      (element as HTMLElement).focus();
      return true;
    });
  }

  /**
   * Replaces what the text field holds, as if pasted over it: `beforeinput` and `input` by the
   * browser, `change` when the field is left, as for a person. Fields without a caret (date,
   * colour, range) get their value and both events.
   */
  async fill(selector: string, text: string, options: WaitOptions = {}): Promise<void> {
    await this.surface.bringToFront();
    await this.pointOf(selector, options);
    await this.onElement(selector, options, fillElement, text);
  }

  /** Chooses an option of a `<select>`, by its text or its value. */
  async select(selector: string, choice: string, options: WaitOptions = {}): Promise<void> {
    await this.surface.bringToFront();
    await this.pointOf(selector, options);
    await this.onElement(selector, options, chooseOption, choice);
  }

  /** Presses a key, as `Control+Enter`, `ControlOrMeta+a`, `ArrowDown`, `x`. */
  async press(keys: string): Promise<void> {
    const { modifiers, key } = parseKeys(keys);
    await this.surface.bringToFront();
    await this.surface.key(modifiers, key);
  }

  /** Types each character with the keyboard into what has the focus. */
  async type(text: string): Promise<void> {
    await this.surface.bringToFront();
    for (const character of text) await this.surface.key([], keyOf(character));
  }

  /** Writes a picture (PNG) of the page to a file. */
  async screenshot(file: string, options: PictureOptions = {}): Promise<void> {
    const { width, height, around = false } = options;
    await this.surface.bringToFront();
    if (width !== undefined && height !== undefined)
      await this.surface.resize(width, height, around);
    await writeFile(file, await this.surface.picture(options.scale ?? 1, around));
  }

  /** Makes the page (of a panel: the panel, not DevTools around it) this large, in CSS pixels. */
  async setViewport(width: number, height: number): Promise<void> {
    await this.surface.resize(width, height, false);
  }

  async bringToFront(): Promise<void> {
    await this.surface.bringToFront();
  }

  async url(): Promise<string> {
    return this.evaluate(() => location.href);
  }

  /** Loads a URL and returns when it has loaded. Throws when it can't be loaded. */
  async goto(url: string): Promise<void> {
    await this.surface.load(url);
  }

  async reload(): Promise<void> {
    await this.surface.load(undefined);
  }

  /** Closes the tab; of a panel: DevTools. */
  async close(): Promise<void> {
    await this.surface.close();
  }

  /** A message with what the page shows now, for errors. */
  async explain(message: string): Promise<string> {
    const shown = await this.surface
      .run(`location.href + "\\n" + (document.body?.innerText ?? "").slice(0, 2000)`)
      .catch((error) => `nothing: ${error}`);
    return `${message}\n--- ${this.surface.description} shows: ${shown}\n---`;
  }

  private async poll<T>(
    failure: string,
    options: WaitOptions,
    ask: () => Promise<T>,
  ): Promise<NonNullable<T>> {
    let trouble = "";
    const patient = async () => {
      try {
        const answer = await ask();
        trouble = "";
        return answer;
      } catch (error) {
        // Where in the page's functions it was thrown tells nothing.
        trouble = `: ${error instanceof Error ? error.message.split("\n", 1) : error}`;
        return undefined;
      }
    };
    return until(patient, options.timeoutMs ?? PATIENCE_MS, () =>
      this.explain(`${failure}${trouble}`),
    );
  }

  private visible(selector: string): Promise<number> {
    return this.onMatches(
      selector,
      (found) => found.filter((e) => e.checkVisibility({ visibilityProperty: true })).length,
    ) as Promise<number>;
  }

  private onMatches(selector: string, fn: (found: Element[]) => unknown): Promise<unknown> {
    return this.surface.run(
      `(() => { ${PRELUDE} return (${fn})((${locate})(${JSON.stringify(selector)})); })()`,
    );
  }

  /** Calls `fn` in the page with the one visible element that matches; waits for it. */
  private async onElement<T>(
    selector: string,
    options: WaitOptions,
    fn: (element: Element, argument: string) => T | Promise<T>,
    argument = "",
  ): Promise<T> {
    const call = `(async () => { ${PRELUDE}
      const element = (${theOne})((${locate})(${JSON.stringify(selector)}));
      return { answer: await (${fn})(element, ${JSON.stringify(argument)}) };
    })()`;
    const { answer } = await this.poll(
      `"${selector}"`,
      options,
      async () => (await this.surface.run(call)) as { answer: T },
    );
    return answer;
  }

  private async pointOf(
    selector: string,
    options: WaitOptions,
    purpose: "press" | "point" = "point",
  ): Promise<{ x: number; y: number }> {
    await this.surface.bringToFront();
    return this.onElement(selector, options, clickablePoint, purpose);
  }
}
