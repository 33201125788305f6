/**
 * Runs for looking at comparisons: who sees what, every way in which a column ends, very many rows.
 *
 * `gallery.html?view=compare&scene=notes` shows one as the Query view does.
 */
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { RecordId } from "surrealdb";
import type { ErrorView, SessionView } from "../../../src/session/model.ts";
import { PALETTE } from "../../../src/session/palette.ts";
import type { Reply } from "../../../src/ui/query/asking.ts";
import type { Column, Progress } from "../../../src/ui/query/column.ts";
import { SideBySide } from "../../../src/ui/query/compare/side-by-side.tsx";
import type { Run } from "../../../src/ui/query/query-state.ts";
import type { Outcome } from "../../../src/ui/query/results/answer.ts";
import { StoreContext } from "../../../src/ui/store/context.ts";
import { createStore } from "../../../src/ui/store/store.ts";
import { Result } from "../../../src/wire/result.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { exampleSession } from "./examples.ts";
import { createFakeClient } from "./fake-client.ts";
import { createFakeHost } from "./fake-host.ts";
import { scenes } from "./scenes.ts";

const NAMES = ["Alice", "Bob", "Admin", "Anonymous", "Dora", "Emil", "Frida", "Gustav"];
const refused: ErrorView = {
  name: "ServerError",
  kind: "NotAllowed",
  message: "Anonymous access not allowed: Not enough permissions to perform this action",
};

function session(index: number, part: Partial<SessionView> = {}): SessionView {
  const label = NAMES[index % NAMES.length] ?? "";
  const anonymous = label === "Anonymous";
  return exampleSession({
    key: `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`,
    label,
    colour: PALETTE[index % PALETTE.length]?.colour ?? "#1a66d6",
    namespace: "app",
    database: "tenant_a",
    auth: anonymous
      ? { level: "anonymous", renewable: false }
      : {
          level: "record",
          user: `user:${label.toLowerCase()}`,
          access: "account",
          renewable: true,
        },
    ...part,
  });
}

function column(index: number, progress: Progress, part: Partial<SessionView> = {}): Column {
  return {
    session: session(index, part),
    startedAt: Date.now() - 3_400,
    progress: signal(progress),
    ended: Promise.resolve(),
    letGo: () => undefined,
  };
}

type Told = unknown[] | ErrorView;

/** Answers one result for each statement. */
function answered(index: number, told: Told[], reply: Partial<Reply> = {}): Column {
  const outcomes = told.map(
    (each): Outcome =>
      Array.isArray(each)
        ? { ok: true, result: new Result(encodeValue(each)), kind: "other", time: "310µs" }
        : { ok: false, error: each, time: "90µs" },
  );
  const { label, colour } = session(index);
  const bytes = outcomes.reduce((sum, each) => sum + (each.ok ? each.result.bytes.length : 90), 0);
  return column(index, {
    kind: "answered",
    dry: false,
    confirmation: { confirmed: true },
    answer: {
      session: { label, colour },
      level: "record",
      method: "query",
      identity: `user:${label.toLowerCase()}`,
      target: "app/tenant_a",
      duration: 1.2 + index * 0.7,
      bytesReceived: bytes,
      outcomes,
    },
    ...reply,
  });
}

const failed = (index: number, error: ErrorView) => column(index, { kind: "failed", error });

function notes(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => ({
    address: { city: n % 2 ? "Rome" : "Oslo", zip: 1000 + n },
    done: n % 3 === 0,
    id: new RecordId("note", n + 1),
    owner: new RecordId("user", n % 2 ? "bob" : "alice"),
    secret: `s3cret-${n}`,
    text: ["Milk, eggs and bread", "Call the bank", "Water the plants"][n % 3],
  }));
}

function without(rows: Record<string, unknown>[], key: string) {
  return rows.map(({ [key]: _gone, ...row }) => row);
}

const seven = notes(7);
const bobs = seven.filter((_, n) => n % 2 === 1);
const edited = seven.map((row, n) =>
  n === 2 || n === 4 ? { ...row, text: "Changed", address: { city: "Bern", zip: 3000 } } : row,
);
const thrown: ErrorView = {
  name: "StatementError",
  kind: "Thrown",
  message:
    "An error occurred: This user may not ask for so much, and this message is a long one that says so at length.",
};

const runs: Record<string, () => Column[]> = {
  notes: () => [answered(0, [seven]), answered(1, [bobs]), failed(3, refused)],
  fields: () => [
    answered(2, [seven]),
    answered(0, [without(seven, "secret")]),
    answered(1, [edited]),
  ],
  same: () => [answered(0, [seven]), answered(1, [seven])],
  dry: () => [
    answered(0, [seven.slice(0, 3)], { dry: true, changed: { records: 3, atLeast: false } }),
    answered(1, [[]], { dry: true, changed: { records: 0, atLeast: false } }),
    answered(2, [seven], { dry: true, changed: { records: 7, atLeast: true } }),
  ],
  ends: () => [
    answered(0, [seven]),
    column(1, { kind: "running" }),
    column(2, { kind: "let-go", after: 61_000 }),
    failed(3, refused),
    column(4, {
      kind: "barred",
      obstacle: {
        text: "“Dora” waits for a sign-in. The token expired at 14:02.",
        final: true,
        way: "sign-in",
      },
    }),
    answered(5, [bobs], {
      confirmation: {
        confirmed: false,
        reason: "The server says user anonymous, not user:emil.",
      },
    }),
    answered(6, [thrown]),
  ],
  statements: () => [
    answered(0, [seven, [1, 2, 3], thrown, seven]),
    answered(1, [bobs, [1, 2, 3], [{ x: 1 }], edited]),
  ],
  value: () => [answered(0, [[{ a: 1, b: [1, 2] }]]), answered(1, [[{ a: 2, b: [1, 3] }]])],
  eight: () => NAMES.map((_, n) => answered(n, [n % 3 ? seven : bobs])),
  many: () => {
    const all = notes(100_000);
    const some = all.filter((_, n) => n % 10 > 0);
    const lacking = without(all, "secret");
    return NAMES.map((_, n) => answered(n, [[all, some, lacking][n % 3] ?? all]));
  },
};

export function showComparison(root: HTMLElement, query: URLSearchParams): void {
  const columns = (runs[query.get("scene") ?? ""] ?? runs.notes)?.() ?? [];
  const run: Run = { asked: { method: "query", text: "", bindings: "" }, keep: false, columns };
  const theme = query.get("theme") === "dark" ? "dark" : "light";
  const host = createFakeHost({ theme, surface: "devtools", preferences: {} });
  const store = createStore({ client: createFakeClient(scenes.rich()), host });
  document.documentElement.dataset.theme = theme;
  const outcome = h("div", { class: "sy-query-outcome" }, h(SideBySide, { run }));
  render(
    h(
      StoreContext.Provider,
      { value: store },
      h(
        "div",
        { class: "sy-root" },
        h("div", { class: "sy-query", style: "height: 100vh" }, outcome),
      ),
    ),
    root,
  );
}
