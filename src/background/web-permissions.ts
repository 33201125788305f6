/**
 * What the person allows of cookies and hosts.
 *
 * Asked of the browser once and then remembered, since pages are looked at every second; forgotten
 * whenever a permission comes or goes.
 */
import type { Permissions } from "webextension-polyfill";
import { siteHost } from "../messages/site-pattern.ts";
import type { CookieRefusal } from "../web/web-model.ts";

export type PermissionsApi = Pick<Permissions.Static, "contains">;

export class WebPermissions {
  readonly #api: PermissionsApi;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(api: PermissionsApi) {
    this.#api = api;
  }

  /** What was granted or taken back may be any of it. */
  changed(): void {
    this.#known.clear();
  }

  mayReach(url: string): Promise<boolean> {
    const host = siteHost(url);
    if (host === undefined) return Promise.resolve(false);
    const pattern = `${new URL(url).protocol}//${host}/*`;
    return this.#ask(pattern, { origins: [pattern] });
  }

  /** Why the cookies of this origin can't be used; undefined: they can. */
  async cookies(origin: string): Promise<CookieRefusal | undefined> {
    if (!(await this.#ask("cookies", { permissions: ["cookies"] }))) return "permission";
    return (await this.mayReach(origin)) ? undefined : "host";
  }

  #ask(name: string, permissions: Permissions.AnyPermissions): Promise<boolean> {
    const known = this.#known.get(name);
    if (known) return known;
    const asking = this.#api.contains(permissions).catch(() => {
      // It is asked again; until then nothing is allowed.
      this.#known.delete(name);
      return false;
    });
    this.#known.set(name, asking);
    return asking;
  }
}
