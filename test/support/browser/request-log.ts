/**
 * The view Requests as a person uses it: rows, their details, and what is done with them.
 *
 * Only what is in sight is in the page, so a test keeps its logs short, or filters them.
 */
import { expect } from "vitest";
import { chooseFile, savedFile } from "./files.ts";
import type { Panel } from "./panel.ts";

/** A request's row. */
export interface LogRow {
  seq: number;
  time: string;
  /** "Default session: user:alice in app/tenant_a". */
  as: string;
  method: string;
  /** Statement or arguments, with the tags before it ("you", "again", "txn"). */
  text: string;
  /** "3 rows", "✕ NotAllowed", "◉ 2 events Kill". */
  result: string;
  ms: string;
  size: string;
}

export type CopyFormat = "SurrealQL with bindings" | "JSON" | "SDK call" | "Frames as hex";

export class RequestLog {
  readonly panel: Panel;

  constructor(panel: Panel) {
    this.panel = panel;
  }

  private get page() {
    return this.panel.page;
  }

  /** Goes to the view. */
  async open(): Promise<void> {
    await this.panel.show("Requests");
    await this.page.see("[role=toolbar]");
  }

  /** The requests that are in sight now. */
  rows(): Promise<LogRow[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("[role=row][data-seq]")]
        .map((row) => ({ row, cells: [...row.querySelectorAll<HTMLElement>("[role=gridcell]")] }))
        .filter(({ cells }) => cells.length > 1)
        .map(({ row, cells }) => {
          const text = (index: number) => cells[index]?.innerText.replace(/\s+/g, " ").trim() ?? "";
          return {
            seq: Number(row.dataset.seq),
            time: text(0),
            as: cells[1]?.title ?? "",
            method: text(2),
            text: text(3),
            result: text(4),
            ms: text(5),
            size: text(6),
          };
        }),
    );
  }

  /** "query SELECT * FROM note → 3 rows", in order. */
  async lines(): Promise<string[]> {
    return (await this.rows()).map(({ method, text, result }) =>
      `${method} ${text} → ${result}`.replace(/\s+/g, " "),
    );
  }

  /** The lines between the requests. */
  async marks(): Promise<string[]> {
    const texts = await this.page.texts("[role=row][data-seq] [role=gridcell][aria-colspan]");
    return texts.map((text) => text.replace(/\s+/g, " "));
  }

  /** Waits for the newest row whose text holds this, and returns it once it fits `ready`. */
  async row(text: string, ready: (row: LogRow) => boolean = isAnswered): Promise<LogRow> {
    const find = async () => (await this.rows()).findLast((row) => row.text.includes(text));
    await expect
      .poll(async () => {
        const row = await find();
        return row ? ready(row) || JSON.stringify(row) : `no row with ${text}`;
      })
      .toBe(true);
    return (await find()) as LogRow;
  }

  /** Waits until no row holds this text. */
  async without(text: string): Promise<void> {
    await expect
      .poll(async () => (await this.lines()).filter((line) => line.includes(text)))
      .toEqual([]);
  }

  /** Opens the newest row with this text. */
  async openRow(text: string): Promise<LogRow> {
    const row = await this.row(text);
    await this.page.click(`[role=row][data-seq="${row.seq}"] [role=gridcell] >> nth=2`);
    await this.page.see(`[data-request="${row.seq}"]`);
    return row;
  }

  /** Closes the details, where they are open. */
  async close(): Promise<void> {
    if ((await this.page.count("[data-request]")) === 0) return;
    await this.page.click('[data-request] >> role=button[name="Close details (Esc)"]');
    await this.page.gone("[data-request]");
  }

  /** Chooses a tab of the opened request. */
  async tab(name: string): Promise<void> {
    await this.page.click(`[data-request] >> role=tab[name*="${name}"]`);
  }

  /** What is shown of the opened request beneath its tabs, on one line. */
  async detail(): Promise<string> {
    return (await this.page.text("[data-request] [role=tabpanel]")).replace(/\s+/g, " ");
  }

  async detailHas(text: string): Promise<void> {
    await expect.poll(() => this.detail()).toContain(text);
  }

  /** Types into the filter. */
  async filter(text: string): Promise<void> {
    await this.page.fill("label=Filter requests", text);
  }

  async check(name: "Errors" | "Pings" | "Preserve log", on: boolean): Promise<void> {
    const box = `[role=toolbar] >> label=${name}`;
    if ((await this.page.value(box)) !== on) await this.page.click(box);
    await expect.poll(() => this.page.value(box)).toBe(on);
  }

  /** What the foot says: since when it is recorded, how much there is. */
  async foot(): Promise<string> {
    return (await this.page.text("footer")).replace(/\s+/g, " ");
  }

  async clear(): Promise<void> {
    await this.page.click('role=button[name="Clear the log"]');
  }

  /** Switches recording on or off. */
  async record(on: boolean): Promise<void> {
    await this.page.click(`[role=toolbar] >> role=button[name="${on ? "Record" : "Recording"}"]`);
    await this.page.see(`[role=toolbar] >> role=button[name="${on ? "Recording" : "Record"}"]`);
  }

  /** Presses Export, and returns the file that would be kept. */
  async export(): Promise<{ name: string; text: string }> {
    // A headless browser asks nobody where to put a file: what it would be given is read off the link.
    return savedFile(this.page, 'role=button[name="Export"]');
  }

  /** Opens a file as if it had been chosen. */
  import(name: string, text: string): Promise<void> {
    return chooseFile(this.page, name, text);
  }

  /** Copies the opened request. */
  async copyAs(format: CopyFormat): Promise<void> {
    await this.page.click('[data-request] >> role=button[name="Copy ▾"]');
    await this.page.click(`[role=menu] >> text=${format}`);
  }

  /** Runs the opened request again as the sessions whose lines in the menu hold these. */
  async runAgainAs(...sessions: string[]): Promise<void> {
    await this.page.click('[data-request] >> role=button[name="Run again as ▾"]');
    for (const session of sessions) await this.page.click(`[role=menu] >> text*=${session}`);
    await this.page.click("[role=menu] [data-item=run]");
  }
}

/** True where it has its answer, or never gets one. */
function isAnswered({ result }: LogRow): boolean {
  return !result.includes("pending");
}
