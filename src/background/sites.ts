/**
 * The sites beyond this computer on which Switchyard runs.
 *
 * The browser's permissions are the list: nothing is stored of it. A person grants a site and bridge
 * and hook are registered for it, takes it back (here or in the browser's own settings) and they are
 * not; what the manifest declares for the local hosts stays out of this.
 */
import type { SiteView } from "../messages/commands.ts";
import { LOCAL_SITES, patternHost } from "../messages/site-pattern.ts";
import { InvalidRequestError } from "../session/errors.ts";

/** What the browser does for this; tests give their own. */
export interface SitePermissions {
  /** Match patterns of everything that is granted, the manifest's own included. */
  granted(): Promise<string[]>;
  /** False where the browser refused. */
  remove(pattern: string): Promise<boolean>;
  /** From now on the page's scripts run on these sites, and on no others beyond the manifest's. */
  register(patterns: readonly string[]): Promise<void>;
}

export class Sites {
  readonly #permissions: SitePermissions;
  readonly #changed: () => void;
  #sites: SiteView[] = [];
  #work: Promise<void> = Promise.resolve();

  /** Nothing is known before the first `refresh`. */
  constructor(permissions: SitePermissions, changed: () => void) {
    this.#permissions = permissions;
    this.#changed = changed;
  }

  get all(): SiteView[] {
    return this.#sites;
  }

  get patterns(): string[] {
    return this.#sites.map(({ pattern }) => pattern);
  }

  /** Reads what is granted, and registers for it. Resolves when that is done. Rejects where the browser refuses that. */
  refresh(): Promise<void> {
    const before = this.#work.catch(() => undefined);
    this.#work = before.then(() => this.#follow());
    return this.#work;
  }

  /** @throws InvalidRequestError where the browser doesn't give the permission back */
  async disable(pattern: string): Promise<void> {
    const known = this.#sites.some((site) => site.pattern === pattern);
    if (known && !(await this.#permissions.remove(pattern))) {
      throw new InvalidRequestError(
        `The browser didn't take back the permission for ${patternHost(pattern)}.`,
        "Take it back in the browser's own settings of extensions.",
      );
    }
    await this.refresh();
  }

  async #follow(): Promise<void> {
    const granted = await this.#permissions.granted();
    const patterns = [...new Set(granted)]
      .filter((pattern) => !LOCAL_SITES.includes(pattern))
      .sort();
    try {
      await this.#permissions.register(patterns);
    } finally {
      // Listed even so: what is granted can be taken back.
      const isSame = patterns.join("\n") === this.patterns.join("\n");
      this.#sites = patterns.map((pattern) => ({ pattern, host: patternHost(pattern) }));
      if (!isSame) this.#changed();
    }
  }
}
