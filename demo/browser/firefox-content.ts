/**
 * What runs in Firefox's content processes, as a frame script: it evaluates in the page's own world,
 * and makes the mouse and the keyboard act as a person's would.
 *
 * `makeContentDriver` is sent as source, so it must stand on its own: no imports, no names from outside
 * it. The types are the few parts of Firefox's internals that are used; they are searchable at
 * https://searchfox.org/.
 */
import type { Key } from "./keys.ts";

declare const ChromeUtils: {
  importESModule(url: "resource://gre/modules/jsdebugger.sys.mjs"): {
    addDebuggerToGlobal(global: object): void;
  };
};
interface SynthesizedMouse {
  button: number;
  buttons: number;
  clickCount: number;
}
declare const content: Window &
  typeof globalThis & {
    synthesizeMouseEvent(type: string, x: number, y: number, mouse: SynthesizedMouse): void;
  };
declare const Cu: { waiveXrays<T>(value: T): T };
declare const Cc: Record<string, { createInstance(type: unknown): TextInputProcessor }>;
declare const Ci: { nsITextInputProcessor: unknown };
interface TextInputProcessor {
  beginInputTransactionForTests(window: Window): boolean;
  keydown(event: KeyboardEvent): void;
  keyup(event: KeyboardEvent): void;
}
interface Completion {
  readonly return?: { unsafeDereference(): Promise<string> };
  readonly throw?: { unsafeDereference(): unknown };
}
interface DebuggerClass {
  new (): {
    makeGlobalObjectReference(global: object): DebuggerReference;
  };
}

/** What a frame script is told to do. */
export type ContentJob =
  | { readonly do: "run"; readonly expression: string }
  | { readonly do: "hover"; readonly x: number; readonly y: number }
  | { readonly do: "mouse"; readonly x: number; readonly y: number; readonly clicks: number }
  | { readonly do: "key"; readonly modifiers: readonly Key[]; readonly key: Key };

/** What it answers: JSON of this. */
export interface ContentAnswer {
  readonly value?: unknown;
  readonly error?: string;
}

interface DebuggerReference {
  executeInGlobal(source: string): Completion;
}

/** Runs in the content process, as a frame script: what does jobs. Its answers are JSON of a `ContentAnswer`. */
export function makeContentDriver(): (job: ContentJob) => Promise<string> {
  let debug: InstanceType<DebuggerClass> | undefined;

  /** Through the debugger an expression runs in the page's own world, whatever its CSP says. */
  function inPage(): DebuggerReference {
    if (!debug) {
      const { addDebuggerToGlobal } = ChromeUtils.importESModule(
        "resource://gre/modules/jsdebugger.sys.mjs",
      );
      addDebuggerToGlobal(globalThis);
      const { Debugger } = globalThis as unknown as { Debugger: DebuggerClass };
      debug = new Debugger();
    }
    return debug.makeGlobalObjectReference(content);
  }

  return async (job) => {
    if (job.do === "run") {
      const { return: promise, throw: thrown } = inPage().executeInGlobal(`(async () => {
      try { return JSON.stringify({ value: await (${job.expression}) }); }
      catch (error) { return JSON.stringify({ error: error?.stack ? error + "\\n" + error.stack : String(error) }); }
    })()`);
      if (!promise) throw new Error(String(thrown?.unsafeDereference()));
      return await Cu.waiveXrays(promise.unsafeDereference());
    }
    if (job.do === "key") {
      const processor = (
        Cc["@mozilla.org/text-input-processor;1"] as (typeof Cc)[string]
      ).createInstance(Ci.nsITextInputProcessor);
      if (!processor.beginInputTransactionForTests(content))
        throw new Error("The keyboard is in use elsewhere.");
      const event = ({ key, code, keyCode }: Key) =>
        new content.KeyboardEvent("", { key, code, keyCode });
      for (const modifier of job.modifiers) processor.keydown(event(modifier));
      processor.keydown(event(job.key));
      processor.keyup(event(job.key));
      for (const modifier of [...job.modifiers].reverse()) processor.keyup(event(modifier));
      return "{}";
    }
    const { x, y } = job;
    const mouse = (type: string, button: SynthesizedMouse) =>
      content.synthesizeMouseEvent(type, x, y, button);
    mouse("mousemove", { button: 0, buttons: 0, clickCount: 0 });
    for (let clickCount = 1; job.do === "mouse" && clickCount <= job.clicks; clickCount++) {
      mouse("mousedown", { button: 0, buttons: 1, clickCount });
      mouse("mouseup", { button: 0, buttons: 0, clickCount });
    }
    return "{}";
  };
}
