/**
 * The scripts of ours that run in pages beyond those that the manifest declares.
 *
 * Four kinds: on sites that the person enabled the same bridge and hook as on the local ones; for as
 * long as a view is open, the marker by which a new document opens its port at once; and for as long as
 * something is routed on a host, the marker by which a new document there holds its requests until it
 * knows as whom they run; and on hosts with an origin that may use the page API, the marker by which a
 * new document asks for it. What is registered is always compared with what should be, so that a worker
 * that died leaves nothing behind.
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
  /** Paths of the built marker scripts. */
  marker: string;
  routeMarker: string;
  apiMarker: string;
  /** The browser refused: why. */
  failed(error: unknown): void;
}

const MARKER = "switchyard-marker";
const ROUTE_MARKER = "switchyard-route-marker";
const ALWAYS_MARKER = "switchyard-always-marker";
const API_MARKER = "switchyard-api-marker";
const SITE = "switchyard-site-";

/** Where something is routed: match patterns of the hosts, which know no ports. */
export interface RoutedHosts {
  /** By tabs, which end with the browser. */
  tabs: readonly string[];
  /** By always-routes: there also before this worker has started in a new browser. */
  always: readonly string[];
}

export class PageScripts {
  readonly #options: PageScriptsOptions;
  #patterns: readonly string[] = [];
  #marker = false;
  /** Undefined while the routes haven't been read: what is registered for them stays. */
  #routed: RoutedHosts | undefined;
  /** Undefined while who may use the page API hasn't been read. */
  #api: readonly string[] | undefined;
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

  /**
   * New documents of these hosts hold their requests until they are told what is routed. Rejects where
   * the browser refuses: then nothing may be routed there.
   */
  setRouted(hosts: RoutedHosts): Promise<void> {
    this.#routed = hosts;
    return this.#follow();
  }

  /** New documents of these hosts ask whether they may use the page API. */
  setApi(hosts: readonly string[]): Promise<void> {
    this.#api = hosts;
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
    const there = (await scripting.getRegisteredContentScripts()).filter(
      ({ id }) =>
        (this.#routed || (id !== ROUTE_MARKER && id !== ALWAYS_MARKER)) &&
        (this.#api || id !== API_MARKER),
    );
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
    const { declared, marker, routeMarker, apiMarker } = this.#options;
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
    const { tabs, always } = this.#routed ?? { tabs: [], always: [] };
    const others = tabs.filter((pattern) => !always.includes(pattern));
    for (const [id, file, matches, persistAcrossSessions] of [
      [ROUTE_MARKER, routeMarker, others, false],
      [ALWAYS_MARKER, routeMarker, always, true],
      [API_MARKER, apiMarker, this.#api ?? [], true],
    ] as const) {
      if (matches.length === 0) continue;
      wanted.push({
        ...EVERYWHERE,
        id,
        js: [file],
        matches: [...matches],
        world: "ISOLATED",
        persistAcrossSessions,
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
