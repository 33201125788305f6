/**
 * The panel as a person uses it for the page under inspection: its own sessions in the list and the
 * log of its requests.
 *
 * A session is told by what the server knows it by: its UUID, or `default`. So that what is shown can
 * be held against what the page's SDK says, a session reads as one line: "default: user:alice,
 * app/tenant_a".
 */
import { expect } from "vitest";
import type { Page } from "../../../demo/browser/page.ts";
import { Panel } from "./panel.ts";
import { RequestLog } from "./request-log.ts";

/** A session of the page in the list. */
export interface PageRow {
  key: string;
  /** UUID, or `default`. */
  id: string;
  label: string;
  status: string;
  /** "user:alice", "anonymous". */
  user: string;
  /** "app/tenant_a"; "-" for what isn't selected. */
  place: string;
  /** All that stands in it, on one line. */
  text: string;
}

export class PagePanel extends Panel {
  readonly log: RequestLog;

  constructor(page: Page) {
    super(page);
    this.log = new RequestLog(this);
  }

  /** The page's sessions as the list shows them now, closed ones too, in its order. */
  async pageRows(): Promise<PageRow[]> {
    await this.show("Sessions");
    const rows = await this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('nav [data-session^="page/"]')].map((row) => ({
        key: row.dataset.session ?? "",
        label: row.querySelector(".sy-row-label")?.textContent?.trim() ?? "",
        status: row.dataset.status ?? "",
        whoAndWhere: row.querySelector(".sy-row-line.sy-dim .sy-ellipsis")?.textContent ?? "",
        text: row.innerText.replace(/\s+/g, " ").trim(),
      })),
    );
    return rows.map(({ whoAndWhere, ...row }) => {
      const [user = "", where = ""] = whoAndWhere.split(" · ");
      const id = row.key.slice(row.key.lastIndexOf("/") + 1);
      const place = where === "no namespace" ? "-/-" : where.includes("/") ? where : `${where}/-`;
      return { ...row, id, user, place };
    });
  }

  /** The page's living sessions, one line each, in the order of their lines. */
  async sessionLines(): Promise<string[]> {
    const rows = await this.pageRows();
    return rows
      .filter(({ status }) => status !== "removed")
      .map(({ id, user, place }) => `${id}: ${user}, ${place}`)
      .sort();
  }

  /** Waits until the list shows exactly these sessions of the page: what `told` says. */
  async showsSessions(lines: readonly string[]): Promise<void> {
    await expect.poll(() => this.sessionLines()).toEqual([...lines].sort());
  }

  /** Waits for the session's row, and returns it. */
  async pageRow(id: string, nth = 0): Promise<PageRow> {
    await expect.poll(async () => (await this.ofId(id)).length).toBeGreaterThan(nth);
    return (await this.ofId(id))[nth] as PageRow;
  }

  private async ofId(id: string): Promise<PageRow[]> {
    return (await this.pageRows()).filter((row) => row.id === id);
  }

  /** Opens the session's page, the nth of those with this id (default sessions of several sockets). */
  async openSession(id: string, nth = 0): Promise<string> {
    await this.show("Sessions");
    const { key } = await this.pageRow(id, nth);
    await this.page.click(`nav [data-session="${key}"]`);
    await this.page.see(`[data-session-page="${key}"]`);
    return key;
  }

  /** The lines over the sessions of the page's sockets, where there are several or one is special. */
  async sockets(): Promise<string[]> {
    await this.show("Sessions");
    return (await this.page.texts("nav [data-socket]")).map((text) => text.replace(/\s+/g, " "));
  }

  /** The condition that is named in place of sessions: `waiting`, `needs-reload`, … */
  async pageState(condition: string): Promise<void> {
    await this.page.see(`[data-page-state=${condition}]`);
  }

  /** Waits until the button that tells of the page's sockets says this: "1 socket". */
  async socketCount(words: string): Promise<void> {
    await this.page.see(`role=button[name="This page: ${words}"]`);
  }
}
