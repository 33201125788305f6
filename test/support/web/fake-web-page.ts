/**
 * A page for the web systems, in Node: what is run in it is sent as source and evaluated in a world of
 * its own, as a browser does it, so that a function that leans on a name from outside fails here too.
 *
 * The world has `document.cookie`, `localStorage`, `performance`, `location` and a `fetch` that carries
 * the jar's cookies to a server and back. `inWorld` runs a page's own code. Left out: everything else of
 * a browser, SameSite and CORS.
 */
import vm from "node:vm";
import { messageOf } from "../../../src/session/errors.ts";
import { WebError } from "../../../src/web/web-error.ts";
import type { WebHolder } from "../../../src/web/web-model.ts";
import type { OwnAnswer, OwnFetch, PageArgument, WebPage } from "../../../src/web/web-page.ts";
import { FakeCookieJar } from "./fake-cookie-jar.ts";

export interface FakeRequest {
  method: string;
  url: URL;
  /** By names in lower case. */
  headers: Map<string, string>;
  body: string;
}

export interface FakeAnswer {
  status: number;
  headers?: [name: string, value: string][];
  text?: string;
}

export type FakeServer = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakePageOptions {
  origin?: string;
  jar?: FakeCookieJar;
  server?: FakeServer;
}

export class FakeWebPage implements WebPage {
  readonly holder: WebHolder;
  readonly cookies: FakeCookieJar;
  /** What the page is asked rejects, as when it has gone elsewhere. */
  isGone = false;
  /** Names of the functions that were run, in order. */
  readonly ran: string[] = [];
  readonly #world: vm.Context;
  readonly #server: FakeServer;

  constructor({ origin = "http://localhost:3000", jar, server }: FakePageOptions = {}) {
    const { hostname } = new URL(origin);
    this.holder = { tabId: 1, frameId: 0, documentId: "document-1", origin, top: true };
    this.cookies = jar ?? new FakeCookieJar(hostname);
    this.#server = server ?? (() => ({ status: 404 }));
    this.#world = vm.createContext(this.#globals());
    // As in a browser: the global object is its own window.
    vm.runInContext("globalThis.window = globalThis", this.#world);
  }

  /** Runs a page's own code: globals of its, its SDK. */
  inWorld(source: string): unknown {
    return vm.runInContext(source, this.#world);
  }

  async run<A extends PageArgument[]>(
    fn: (...args: A) => unknown,
    args: A,
    { timeoutMs = 10_000 } = {},
  ): Promise<unknown> {
    await Promise.resolve();
    this.ran.push(fn.name);
    if (this.isGone) throw new WebError("The page is gone.");
    let over: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((_resolve, reject) => {
      const late = new WebError(`The page didn't answer in ${timeoutMs} ms.`);
      over = setTimeout(() => reject(late), timeoutMs);
    });
    try {
      const sent = JSON.stringify(JSON.stringify(args));
      const told = this.inWorld(`(${fn})(...JSON.parse(${sent}))`);
      const text = JSON.stringify(await Promise.race([told, patience]));
      if (this.isGone) throw new WebError("The page is gone.");
      return text === undefined ? undefined : JSON.parse(text);
    } catch (error) {
      if (error instanceof WebError) throw error;
      throw new WebError(`The page threw: ${messageOf(error)}`);
    } finally {
      clearTimeout(over);
    }
  }

  /** The extension's own: no cookies go along, none are set. */
  readonly fetch: OwnFetch = async (url, { method, headers = {}, body = "" }) => {
    const lower = Object.entries(headers).map(
      ([name, value]) => [name.toLowerCase(), value] as const,
    );
    const request = { method, url: new URL(url), headers: new Map(lower), body };
    const answer = await this.#server(request);
    const shown = (answer.headers ?? []).filter(([name]) => name.toLowerCase() !== "set-cookie");
    const own: OwnAnswer = {
      status: answer.status,
      headers: new Map(shown.map(([name, value]) => [name.toLowerCase(), value])),
      text: answer.text ?? "",
    };
    return own;
  };

  #globals(): object {
    const { cookies } = this;
    const stored = new Map<string, string>();
    const requested: { name: string; initiatorType: string }[] = [];
    const { origin } = this.holder;
    return {
      location: new URL(`${origin}/`),
      document: {
        get cookie() {
          return cookies.scriptText("/");
        },
        set cookie(text: string) {
          cookies.setText(text, { byScript: true });
        },
      },
      localStorage: {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => void stored.set(key, value),
        removeItem: (key: string) => void stored.delete(key),
      },
      performance: { getEntriesByType: () => requested },
      // Node's, in place of a browser's: a page has its own.
      Response,
      Headers,
      URL,
      atob,
      btoa,
      setTimeout,
      XMLHttpRequest: class {},
      fetch: async (input: string, init: RequestInit = {}) => {
        const url = new URL(input, origin);
        requested.push({ name: url.href, initiatorType: "fetch" });
        return this.#fetchInPage(url, init);
      },
    };
  }

  async #fetchInPage(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Map(new Headers(init.headers));
    const isSameOrigin = url.origin === this.holder.origin;
    const hasCookies =
      url.hostname === this.cookies.host && (isSameOrigin || init.credentials === "include");
    if (hasCookies) headers.set("cookie", this.cookies.requestText(url.pathname));
    const method = (init.method ?? "GET").toUpperCase();
    const body = typeof init.body === "string" ? init.body : "";
    const answer = await this.#server({ method, url, headers, body });
    const shown: [string, string][] = [];
    for (const [name, value] of answer.headers ?? []) {
      if (name.toLowerCase() !== "set-cookie") shown.push([name, value]);
      else if (hasCookies) this.cookies.setText(value);
    }
    return new Response(answer.text ?? "", { status: answer.status, headers: shown });
  }
}
