/**
 * The scripts of ours that run in pages beyond those that the manifest declares.
 *
 * Two kinds: on sites that the person enabled the same bridge and hook as on the local ones; and, for
 * as long as a view is open, the marker by which a new document opens its port at once. What is
 * registered is always compared with what should be, so that a worker that died leaves nothing behind.
 */
import type { Manifest, Scripting } from "webextension-polyfill";
import { LOCAL_SITES } from "../messages/site-pattern.ts";

type Script = Scripting.RegisteredContentScript;

/** `scripting` of the browser, as far as it is needed; tests give their own. */
export type ScriptRegistry = Pick<
  Scripting.Static,
  | "getRegisteredContentScripts"
  | "registerContentScripts"
  | "unregisterContentScripts"
  | "updateContentScripts"
>;

export interface PageScriptsOptions {
  scripting: ScriptRegistry;
  /** `content_scripts` of the manifest as it was built. */
  declared: readonly (Manifest.ContentScript & { world?: string })[];
  /** Path of the built marker script. */
  marker: string;
  /** The browser refused: why. */
  failed(error: unknown): void;
}

const MARKER = "switchyard-marker";
const SITE = "switchyard-site-";

export class PageScripts {
  readonly #options: PageScriptsOptions;
  #patterns: readonly string[] = [];
  #marker = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: PageScriptsOptions) {
    this.#options = options;
  }

  /** A view is open, or none any more. */
  setMarker(on: boolean): void {
    this.#marker = on;
    this.#follow().catch((error: unknown) => this.#options.failed(error));
  }

  /** Bridge and hook run on these sites too, from the next document on. */
  setSites(patterns: readonly string[]): Promise<void> {
    this.#patterns = patterns;
    return this.#follow();
  }

  #follow(): Promise<void> {
    const done = this.#work.then(() => this.#register());
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #register(): Promise<void> {
    const { scripting } = this.#options;
    const wanted = this.#wanted();
    const there = await scripting.getRegisteredContentScripts();
    const gone = there.filter(({ id }) => !wanted.some((script) => script.id === id));
    const known = new Map(there.map((script) => [script.id, script]));
    const fresh = wanted.filter(({ id }) => !known.has(id));
    const changed = wanted.filter((script) => {
      const before = known.get(script.id);
      return before !== undefined && !isSame(before, script);
    });
    if (gone.length > 0) {
      await scripting.unregisterContentScripts({ ids: gone.map(({ id }) => id) });
    }
    if (changed.length > 0) await scripting.updateContentScripts(changed);
    if (fresh.length > 0) await scripting.registerContentScripts(fresh);
  }

  #wanted(): Script[] {
    const { declared, marker } = this.#options;
    const wanted: Script[] = [];
    if (this.#patterns.length > 0) {
      for (const [index, { js, world }] of declared.entries()) {
        wanted.push({
          ...EVERYWHERE,
          id: `${SITE}${index}`,
          js: (js ?? []).map(fileOf),
          matches: [...this.#patterns],
          // A grant for all sites takes in the local ones, where the manifest has done it already.
          excludeMatches: [...LOCAL_SITES],
          world: world === "MAIN" ? "MAIN" : "ISOLATED",
          persistAcrossSessions: true,
        });
      }
    }
    if (this.#marker) {
      wanted.push({
        ...EVERYWHERE,
        id: MARKER,
        js: [marker],
        matches: [...LOCAL_SITES, ...this.#patterns],
        world: "ISOLATED",
        persistAcrossSessions: false,
      });
    }
    return wanted;
  }
}

const EVERYWHERE = {
  allFrames: true,
  matchOriginAsFallback: true,
  runAt: "document_start",
} as const;

function isSame(a: Script, b: Script): boolean {
  const lists = (script: Script) =>
    [script.matches, script.js?.map(fileOf), script.excludeMatches].map((list) =>
      [...(list ?? [])].sort().join(" "),
    );
  return lists(a).join("\n") === lists(b).join("\n");
}

/**
 * A file of the extension as it is registered. Browsers write it with or without a slash at its
 * beginning, and Firefox's manifest with its whole address, which its own `scripting` refuses.
 */
function fileOf(path: string): string {
  return path.replace(/^moz-extension:\/\/[^/]+/, "").replace(/^\//, "");
}
