/**
 * A browser's cookies of one host and one cookie store, in memory, from all three sides: the extension's
 * (`CookieJar`), a page's script (`document.cookie`) and a server (`Cookie`, `Set-Cookie`).
 *
 * Faithful in what swapping depends on: a cookie is what its name, domain, host-only-ness, path and
 * partition make it; one whose time is over is gone; scripts see no httpOnly ones; each overwrite is told
 * as two changes. Left out: SameSite, `__Host-` names, limits of size and number.
 */
import { CookiesRefusedError, WebError } from "../../../src/web/web-error.ts";
import type { CookieRefusal } from "../../../src/web/web-model.ts";
import type { CookieChange, CookieJar, WebCookie } from "../../../src/web/web-page.ts";

type Operation = "all" | "set" | "remove";

export class FakeCookieJar implements CookieJar {
  refused?: CookieRefusal;
  readonly host: string;
  readonly storeId: string;
  /** Each call of the extension's side: "set sAccessToken". */
  readonly calls: string[] = [];
  /** Throws in place of the call, `n` from 1 on, before it has done anything. */
  failing?: (n: number, operation: Operation, cookie?: WebCookie) => Error | undefined;
  /** Runs after a call has done its work: the page or a server that gets in between. */
  after?: (n: number) => void;
  #cookies: WebCookie[] = [];
  #listeners = new Set<(change: CookieChange) => void>();

  constructor(host = "localhost", storeId = "0") {
    this.host = host;
    this.storeId = storeId;
  }

  /** All that is kept, as copies; what has ended is not. */
  get kept(): WebCookie[] {
    const now = Date.now();
    this.#cookies = this.#cookies.filter(
      ({ expireAt }) => expireAt === undefined || expireAt > now,
    );
    return structuredClone(this.#cookies);
  }

  async all(): Promise<WebCookie[]> {
    return this.#call("all", undefined, () => this.kept);
  }

  async set(cookie: WebCookie): Promise<void> {
    await this.#call("set", cookie, () => {
      if (cookie.storeId !== this.storeId) throw new WebError(`No cookie store ${cookie.storeId}.`);
      if (!this.#isForHost(cookie)) throw new WebError("The browser didn't take the cookie.");
      this.put(cookie);
    });
  }

  async remove(cookie: WebCookie): Promise<void> {
    await this.#call("remove", cookie, () => this.drop(cookie, "explicit"));
  }

  onChanged(listener: (change: CookieChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Keeps a cookie, whoever sets it. */
  put(cookie: WebCookie): void {
    this.drop(cookie, "overwrite");
    if (cookie.expireAt !== undefined && cookie.expireAt <= Date.now()) return;
    this.#cookies.push(structuredClone(cookie));
    this.#tell({ cookie, removed: false, cause: "explicit" });
  }

  drop(cookie: WebCookie, cause: string): void {
    const old = this.#cookies.find((kept) => samePlace(kept, cookie));
    if (!old) return;
    this.#cookies = this.#cookies.filter((kept) => kept !== old);
    this.#tell({ cookie: old, removed: true, cause });
  }

  /** `document.cookie` of a page under `path`. */
  scriptText(path = "/"): string {
    return this.#text(path, (cookie) => !cookie.httpOnly);
  }

  /** The `Cookie` header of a request to `path`. */
  requestText(path: string): string {
    return this.#text(path, () => true);
  }

  /** What a script assigns to `document.cookie`, or a server sends as `Set-Cookie`. */
  setText(text: string, { byScript = false } = {}): void {
    const [pair = "", ...attributes] = text.split(";");
    const at = pair.indexOf("=");
    const named = new Map(
      attributes.map((attribute) => {
        const [name = "", ...value] = attribute.split("=");
        return [name.trim().toLowerCase(), value.join("=").trim()] as const;
      }),
    );
    const domain = named.get("domain")?.replace(/^\./, "");
    const expires = named.get("expires");
    const cookie: WebCookie = {
      name: pair.slice(0, at).trim(),
      value: pair.slice(at + 1).trim(),
      domain: domain ? `.${domain}` : this.host,
      hostOnly: !domain,
      path: named.get("path") || "/",
      secure: named.has("secure"),
      httpOnly: named.has("httponly"),
      sameSite: named.get("samesite")?.toLowerCase() === "strict" ? "strict" : "lax",
      storeId: this.storeId,
    };
    if (expires) cookie.expireAt = Date.parse(expires);
    if (!this.#isForHost(cookie) || (byScript && cookie.httpOnly)) return;
    const old = this.#cookies.find((kept) => samePlace(kept, cookie));
    if (byScript && old?.httpOnly) return;
    this.put(cookie);
  }

  #text(path: string, has: (cookie: WebCookie) => boolean): string {
    return this.kept
      .filter((cookie) => has(cookie) && pathMatches(path, cookie.path))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  async #call<T>(operation: Operation, cookie: WebCookie | undefined, work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.refused) throw new CookiesRefusedError(this.refused);
    this.calls.push(cookie ? `${operation} ${cookie.name}` : operation);
    const n = this.calls.length;
    const failure = this.failing?.(n, operation, cookie);
    if (failure) throw failure;
    const result = work();
    this.after?.(n);
    return result;
  }

  #isForHost({ domain, hostOnly }: WebCookie): boolean {
    const bare = domain.replace(/^\./, "");
    return this.host === bare || (!hostOnly && this.host.endsWith(`.${bare}`));
  }

  #tell(change: CookieChange): void {
    for (const listener of this.#listeners) listener(structuredClone(change));
  }
}

function samePlace(a: WebCookie, b: WebCookie): boolean {
  const place = ({ name, domain, hostOnly, path, partitionKey }: WebCookie) =>
    JSON.stringify([name, domain.replace(/^\./, ""), hostOnly, path, partitionKey ?? null]);
  return place(a) === place(b);
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath.endsWith("/") ? cookiePath : `${cookiePath}/`);
}
