/**
 * The panel as a person uses it: rows, sections, forms and buttons by the names they have on screen.
 *
 * The one idea: a test says what a person does ("sign in as Bob") and what is then to be seen; where
 * that is in the page is known here alone, by roles, accessible names and data attributes, never by
 * looks. Everything waits until it can be done or seen.
 */
import { expect } from "vitest";
import type { Page } from "../../../demo/browser/page.ts";
import { PATIENCE_MS } from "../../../demo/browser/wait.ts";
import type { SessionStatus } from "../../../src/session/model.ts";

/** A session's row in the list. */
export interface Row {
  key: string;
  label: string;
  status: SessionStatus;
  /** Everything that stands in it, on one line. */
  text: string;
}

/** What goes into a sign-in form; the names of the fields are `SignIn`'s. */
export interface SignInEntry {
  way: "anonymous" | "root" | "namespace" | "database" | "record" | "bearer" | "token" | "tokens";
  namespace?: string;
  database?: string;
  access?: string;
  username?: string;
  password?: string;
  key?: string;
  accessToken?: string;
  refreshToken?: string;
  /** Values as the field takes them: text. */
  variables?: Record<string, unknown>;
  signUp?: boolean;
  /** Whether to keep the refresh token; absent: as the form has it (kept). */
  keep?: boolean;
}

export interface NewSessionEntry {
  name?: string;
  /** Absent: anonymous. */
  signIn?: SignInEntry;
  namespace?: string;
  database?: string;
  temporary?: boolean;
}

/** What a run in the Query view showed. */
export interface RunResult {
  /** "Ran as user:alice in app/tenant_a …"; absent when the whole request was refused. */
  head?: string;
  outcomes: { ok: boolean; text: string }[];
  /** The error of a request that was refused as a whole: its name and what stands there. */
  error?: { name: string; text: string };
}

export interface RunOptions {
  /** Label of the session; absent: whoever is chosen. */
  as?: string;
  /** RPC method; `text` holds its arguments as a SurrealQL array then. Default `query`. */
  method?: string;
  bindings?: string;
}

const FIELDS = {
  namespace: "Namespace",
  database: "Database",
  access: "Access method",
  username: "User",
  password: "Password",
  key: "Key",
  accessToken: "Access token",
  refreshToken: "Refresh token",
} as const;

/** The page of the selected session. */
const SESSION = "[data-page=session]";

export class Panel {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  // ── The list ────────────────────────────────────────────────────────────────────────────────

  /** The rows that are in the page now, in order. */
  rows(): Promise<Row[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("[data-session]")].map((row) => ({
        key: row.dataset.session ?? "",
        label: (row.querySelector("h1, .sy-row-label")?.firstChild?.textContent ?? "").trim(),
        status: row.dataset.status as SessionStatus,
        text: row.innerText.replace(/\s+/g, " ").trim(),
      })),
    );
  }

  async labels(): Promise<string[]> {
    return (await this.rows()).map((row) => row.label);
  }

  /** The row with this label, once there is exactly one. */
  async row(label: string): Promise<Row> {
    await this.page.waitFor(
      (wanted) =>
        [...document.querySelectorAll(".sy-row-label")].filter(
          (each) => each.firstChild?.textContent?.trim() === wanted,
        ).length === 1,
      { args: [label] },
    );
    const row = (await this.rows()).find((each) => each.label === label);
    if (!row) throw new Error(await this.page.explain(`The row of ${label} went away.`));
    return row;
  }

  /** Waits until the row with this label shows this text. */
  async rowShows(label: string, text: string): Promise<void> {
    await expect.poll(async () => (await this.row(label)).text).toContain(text);
  }

  /** Waits until no row has this label. */
  async rowGone(label: string): Promise<void> {
    await this.page.waitFor(
      (gone) =>
        ![...document.querySelectorAll(".sy-row-label")].some(
          (each) => each.firstChild?.textContent?.trim() === gone,
        ),
      { args: [label] },
    );
  }

  /** Clicks the row; returns the session's key when its page is shown. */
  async select(label: string): Promise<string> {
    await this.show("Sessions");
    const { key } = await this.row(label);
    await this.page.click(`[data-session="${key}"]`);
    await this.page.see(`[data-session-page="${key}"]`);
    return key;
  }

  async unfoldClosed(): Promise<void> {
    await this.page.see("[data-group=closed]");
    if ((await this.page.count("[data-group=closed][aria-expanded=true]")) > 0) return;
    await this.page.click("[data-group=closed] button");
    await this.page.see("[data-group=closed][aria-expanded=true]");
  }

  /** Waits until that has the focus which a screen reader calls so. */
  async focusIs(name: string): Promise<void> {
    await expect.poll(() => this.focused()).toBe(name);
  }

  /** For `expect.poll`. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      const named =
        element?.getAttribute("aria-label") ??
        element?.labels?.[0]?.textContent ??
        element?.textContent ??
        "";
      return named.replace(/\s+/g, " ").trim();
    });
  }

  /** Chooses one of the views. */
  async show(view: "Sessions" | "Requests" | "Query"): Promise<void> {
    const tab = `role=tab[name="${view}"]`;
    if ((await this.page.count(`[role=tab][aria-selected=true] >> text=${view}`)) > 0) return;
    await this.page.click(tab);
  }

  // ── Connections and new sessions ────────────────────────────────────────────────────────────

  /** Fills the first-run form, and waits until the connection is open. */
  async connect(url: string): Promise<void> {
    await this.page.fill("label=URL", url);
    await this.page.click('role=button[name="Connect"]');
    await this.page.see("[data-page=connection] [data-state=open]");
  }

  /** Opens "New session" and fills it in; `create` sends it. */
  async openNewSession(entry: NewSessionEntry): Promise<void> {
    await this.show("Sessions");
    await this.page.click('nav >> role=button[name="New"]');
    await this.page.see("[data-page=new-session]");
    const form = "[data-page=new-session]";
    if (entry.name !== undefined) await this.page.fill(`${form} >> label=Name`, entry.name);
    await this.fillSignIn(form, entry.signIn ?? { way: "anonymous" });
    if (entry.namespace !== undefined)
      await this.fillAndLeave(`${form} >> label=Use namespace`, entry.namespace);
    if (entry.database !== undefined)
      await this.fillAndLeave(`${form} >> label=Use database`, entry.database);
    if (entry.temporary) await this.page.click(`${form} >> label=Close with this tab`);
  }

  /** Creates a session by the form; returns its key when its page is shown. */
  async newSession(entry: NewSessionEntry): Promise<string> {
    await this.openNewSession(entry);
    await this.submitNewSession();
    return this.shownKey();
  }

  async submitNewSession(): Promise<void> {
    await this.page.click("[data-page=new-session] button[type=submit]");
    await this.page.see(SESSION);
  }

  // ── The page of a session ───────────────────────────────────────────────────────────────────

  /** The key of the session whose page is shown. */
  async shownKey(): Promise<string> {
    return this.page.waitFor<string | undefined, []>(
      () =>
        document.querySelector<HTMLElement>("[data-session-page]")?.dataset.sessionPage ??
        undefined,
    );
  }

  /** Presses a button of the session's page. */
  async press(name: string, within: string = SESSION): Promise<void> {
    await this.page.click(`${within} >> role=button[name="${name}"]`);
  }

  /** Chooses from ⋯. */
  async menu(item: string): Promise<void> {
    await this.press("More actions");
    await this.page.click(`[role=menu] >> text=${item}`);
  }

  /** Waits until the page of the session with this label is shown. */
  async title(label: string): Promise<void> {
    await this.page.see(`${SESSION} >> role=heading[name="${label}"]`);
  }

  /** Waits until the header shows this status. */
  async status(status: SessionStatus): Promise<void> {
    await this.page.see(`${SESSION} header [data-status=${status}]`);
  }

  /** Waits until the panel says that the server confirms this: "user:bob, app/tenant_b". */
  async confirms(identity: string): Promise<void> {
    await this.page.see(`[data-truth=agrees] >> text=${identity}`);
  }

  /** A section of the session's page, as the start of a selector. */
  section(id: "sign-in" | "namespace" | "variables" | "live" | "history"): string {
    return `[data-section=${id}]`;
  }

  /** Waits for an error with this name, and returns its text. */
  async error(name: string): Promise<string> {
    return this.page.text(`[data-error=${name}]`);
  }

  /** The lines of the history that are shown, newest first. */
  history(event?: string): Promise<string[]> {
    return this.page.texts(`[data-section=history] [data-event${event ? `=${event}` : ""}]`);
  }

  /** Waits for a line of this event that holds this text. */
  async historyHas(event: string, text: string): Promise<void> {
    await this.page.see(`[data-section=history] [data-event=${event}] >> text*=${text}`);
  }

  // ── Sign-in ─────────────────────────────────────────────────────────────────────────────────

  async fillSignIn(form: string, entry: SignInEntry): Promise<void> {
    const { page } = this;
    await page.select(`${form} >> label=Sign in as`, entry.way);
    if (entry.signUp) await page.click(`${form} >> label=Sign up (makes a new user)`);
    for (const [name, label] of Object.entries(FIELDS)) {
      const value = entry[name as keyof typeof FIELDS];
      if (value !== undefined) await this.fillAndLeave(`${form} >> label=${label}`, value);
    }
    let row = 0;
    for (const [name, value] of Object.entries(entry.variables ?? {})) {
      row += 1;
      const nameField = `${form} >> label=Name of variable ${row}`;
      if ((await page.count(nameField)) === 0)
        await page.click(`${form} >> role=button[name="Variable"]`);
      await page.fill(nameField, name);
      await page.fill(`${form} >> label=Value of $${name}`, String(value));
    }
    if (entry.keep === false) await page.click(`${form} >> label*=Keep the refresh token`);
  }

  /** Fills a field and leaves it by Tab, so that its suggestions close. */
  private async fillAndLeave(field: string, text: string): Promise<void> {
    await this.page.fill(field, text);
    await this.page.press("Tab");
  }

  /** Signs the selected session in with its own form, without waiting for what comes of it. */
  async signIn(entry: SignInEntry): Promise<void> {
    const section = this.section("sign-in");
    await this.page.gone(`${section} form [aria-busy=true]`);
    if ((await this.page.count(`${section} form`)) === 0) await this.press("Sign in as…", section);
    await this.fillSignIn(`${section} form`, entry);
    await this.page.click(`${section} form button[type=submit]`);
  }

  // ── Namespace, variables ────────────────────────────────────────────────────────────────────

  /** Writes into the two pickers, without sending anything. */
  async writePlace(namespace: string, database: string): Promise<void> {
    const section = this.section("namespace");
    await this.fillAndLeave(`${section} >> role=combobox[name="Namespace"]`, namespace);
    await this.fillAndLeave(`${section} >> role=combobox[name="Database"]`, database);
  }

  /** Waits until the button that would send what the pickers hold says this. */
  async placeButton(words: string): Promise<void> {
    await this.page.see(`${this.section("namespace")} button[type=submit] >> text=${words}`);
  }

  /** Waits until the two pickers hold this. */
  async place(namespace: string, database: string): Promise<void> {
    const picker = (name: string) =>
      this.page.value(`${this.section("namespace")} >> role=combobox[name="${name}"]`);
    await expect
      .poll(async () => [await picker("Namespace"), await picker("Database")])
      .toEqual([namespace, database]);
  }

  async submitPlace(): Promise<void> {
    await this.page.click(`${this.section("namespace")} button[type=submit]`);
  }

  /** Adds a variable, or changes the one that is there, as SurrealQL; sends it with Enter. */
  async writeVariable(name: string, expression: string): Promise<void> {
    const section = this.section("variables");
    // A form that has just been sent closes with its answer: nothing is to be written into it.
    await this.page.gone(`${section} form [aria-busy=true]`);
    if ((await this.page.count(`${section} [data-variable="${name}"]`)) > 0) {
      await this.press(`Change $${name}`, section);
      await this.page.fill(`${section} >> label=Value of $${name} as SurrealQL`, expression);
    } else {
      await this.press("Variable", section);
      await this.page.fill(`${section} >> label=Name of the variable`, name);
      await this.page.fill(`${section} >> label=Value as SurrealQL`, expression);
    }
    await this.page.press("Enter");
  }

  /** Waits until the variable is shown with this value and type. */
  async variable(name: string, text: string): Promise<void> {
    await this.page.see(`${this.section("variables")} [data-variable="${name}"] >> text=${text}`);
  }

  // ── Query ───────────────────────────────────────────────────────────────────────────────────

  /** Runs in the Query view with Ctrl+Enter, and returns what is shown when it is answered. */
  async run(text: string, options: RunOptions = {}): Promise<RunResult> {
    const { page } = this;
    const { method = "query" } = options;
    if (options.as !== undefined) await this.queryAs(options.as);
    else await this.show("Query");
    if ((await page.value("label=Method")) !== method) await page.select("label=Method", method);
    const editor = method === "query" ? 'role=textbox[name="Statement"]' : "label*=Arguments of";
    if (options.bindings !== undefined) {
      if ((await page.count("label=Variables, an object")) === 0) await page.click("summary");
      await page.fill("label=Variables, an object", options.bindings);
    }
    // A method without arguments has no field for them.
    if (method === "query" || text !== "") await page.fill(editor, text);
    else await page.focus("label=Method");
    return this.answer(() => page.press("Control+Enter"));
  }

  /** Chooses whom the Query view runs as: these sessions by label, and no others. */
  async queryAs(...labels: string[]): Promise<void> {
    await this.show("Sessions");
    const wanted: string[] = [];
    for (const label of labels) wanted.push((await this.row(label)).key);
    await this.queryAsKeys(wanted);
  }

  /** The same, by the sessions' keys. */
  async queryAsKeys(wanted: readonly string[]): Promise<void> {
    const { page } = this;
    await this.show("Query");
    const chosen = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("[data-run-as]")].map(
          (chip) => chip.dataset.runAs ?? "",
        ),
      );
    const before = await chosen();
    if (wanted.some((key) => !before.includes(key))) {
      await page.click("label*=Sessions to run as");
      for (const key of wanted) {
        if (!before.includes(key)) await page.click(`[role=menu] [data-item="${key}"]`);
      }
      await page.press("Escape");
    }
    for (const key of before) {
      if (!wanted.includes(key)) await page.click(`[data-run-as="${key}"] .sy-run-as-off`);
    }
    await expect.poll(async () => (await chosen()).sort()).toEqual([...wanted].sort());
  }

  /** What is shown once that which `start` sets going is answered. */
  async answer(start: () => Promise<void>): Promise<RunResult> {
    const { page } = this;
    await page.evaluate(() => {
      const shown = document.querySelectorAll('section[aria-label="Result"], [data-error]');
      for (const each of shown) each.setAttribute("data-seen-by-test", "");
    });
    await start();
    await page.see(
      'section[aria-label="Result"]:not([data-seen-by-test]), [data-error]:not([data-seen-by-test])',
      // A result of 100 MB is made, sent and read: on a busy machine not within the usual patience.
      { timeoutMs: 3 * PATIENCE_MS },
    );
    return page.evaluate(async () => {
      // Rows of a tree have no text before they were painted once (content-visibility).
      await new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
        setTimeout(resolve, 250);
      });
      const line = (element: Element | null | undefined) =>
        (element as HTMLElement | null | undefined)?.innerText.replace(/\s+/g, " ").trim();
      const error = document.querySelector<HTMLElement>("[data-error]");
      return {
        head: line(document.querySelector('section[aria-label="Result"] header')),
        outcomes: [...document.querySelectorAll<HTMLElement>("[data-outcome]")].map((each) => ({
          ok: each.dataset.outcome === "ok",
          text: line(each) ?? "",
        })),
        ...(error && { error: { name: error.dataset.error ?? "", text: line(error) ?? "" } }),
      };
    });
  }
}
