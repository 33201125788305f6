/** A run in the history: how its ends read, who is asked again, and what a search finds. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Changed } from "../../../../src/session/query/dry-run.ts";
import type { AskedSession } from "../../../../src/session/query/kept-statements.ts";
import type { Column, Progress } from "../../../../src/ui/query/column.ts";
import { matchesSearch, oneLine } from "../../../../src/ui/query/history/keys.ts";
import { endingOf, recordRun } from "../../../../src/ui/query/history/record-run.ts";
import { chooseAgain } from "../../../../src/ui/query/history/shelf.ts";
import { readAnswer } from "../../../../src/ui/query/results/answer.ts";
import { createStore } from "../../../../src/ui/store/store.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import { examplePageSession } from "../../../support/ui/page-examples.ts";
import { scenes } from "../../../support/ui/scenes.ts";

const bob = exampleSession();

function answered(
  statements: object[],
  { method = "query", ...reply }: { method?: string; dry?: boolean; changed?: Changed } = {},
): Progress {
  const result = encodeValue(method === "query" ? statements : statements[0]);
  const raw = { result, duration: 2, bytesSent: 1, bytesReceived: 9, identity: "", target: "" };
  const answer = readAnswer(bob, method, undefined, raw);
  return { kind: "answered", answer, dry: false, ...reply };
}

const rows = { status: "OK", result: [1, 2, 3], time: "1ms" };
const refused = { status: "ERR", result: "no", kind: "NotAllowed", time: "1ms" };

describe("an end reads", () => {
  it.each<[string, Progress, string | undefined]>([
    ["rows", answered([rows]), "3 rows"],
    [
      "a dry run",
      answered([rows], { dry: true, changed: { records: 3, atLeast: false } }),
      "dry: 3 would change",
    ],
    [
      "a dry run that can't tell all",
      answered([rows], { dry: true, changed: { records: 3, atLeast: true } }),
      "dry: at least 3 would change",
    ],
    ["a dry run that doesn't tell", answered([rows], { dry: true }), "dry: 3 rows"],
    ["a dry run that fails", answered([refused], { dry: true }), "NotAllowed"],
    ["one value", answered([{ ...rows, result: 7 }]), "1 value"],
    ["several statements", answered([rows, rows]), "2 results"],
    ["a live query", answered([{ ...rows, result: "x", type: "live" }]), "live query"],
    ["a refusal", answered([refused]), "NotAllowed"],
    ["one refusal of several", answered([rows, refused, rows]), "1 of 3 statements: NotAllowed"],
    [
      "one that took the others along",
      answered([{ ...refused, kind: "Query", details: { kind: "NotExecuted" } }, refused]),
      "1 of 2 statements: NotAllowed",
    ],
    ["a request that failed", { kind: "failed", error: { name: "E", message: "m" } }, "E"],
    ["one that was let go", { kind: "let-go", after: 5 }, "let go"],
    ["one that runs", { kind: "running" }, undefined],
  ])("%s", (_name, progress, text) => {
    expect(endingOf(progress)?.text).toBe(text);
  });
});

it("a run is written down as it begins, and each of its ends as it comes", async () => {
  const store = createStore({ client: createFakeClient(scenes.rich()), host: createFakeHost() });
  const page = examplePageSession();
  const hanging: Column = {
    session: page,
    startedAt: 0,
    progress: signal<Progress>({ kind: "running" }),
    ended: new Promise(() => undefined),
    letGo: () => undefined,
  };
  const quick = {
    ...hanging,
    session: bob,
    progress: signal<Progress>(answered([rows])),
    ended: Promise.resolve(),
  };
  const asked = { method: "query", text: "SELECT * FROM note", bindings: "{ a: 1 }" };
  recordRun({ asked, keep: false, columns: [quick, hanging] }, store.statements);
  await Promise.resolve();
  expect(store.statements.past.value).toMatchObject([
    {
      ...asked,
      sessions: [
        { label: "Bob", identity: "user:bob", target: "app/tenant_b", ended: { text: "3 rows" } },
        { key: page.key, place: page.holder.place },
      ],
    },
  ]);
  expect(store.statements.past.value[0]?.sessions[1]?.ended).toBeUndefined();
  store.close();
});

describe("the same sessions", () => {
  async function panel() {
    const snapshot = scenes.page();
    const store = createStore({ client: createFakeClient(snapshot), host: createFakeHost() });
    await Promise.resolve();
    const asked = (key: string, part: Partial<AskedSession> = {}): AskedSession => ({
      key,
      label: "Somebody",
      colour: "#000000",
      identity: "",
      target: "",
      ...part,
    });
    const chosen = () => store.queryTargets.all.value.map(({ key }) => key);
    return { store, snapshot, asked, chosen };
  }

  it("are found again: those of a page by their place, whatever their key is now", async () => {
    const { store, snapshot, asked, chosen } = await panel();
    const [held] = snapshot.sessions;
    const [own] = snapshot.page?.sessions ?? [];
    chooseAgain(store, [asked(held?.key ?? ""), asked("old", { place: own?.holder.place })]);
    expect(chosen()).toEqual([held?.key, own?.key]);
    expect(store.announcement.value).toBe("");
    store.close();
  });

  it("are never somebody of the same name: who is gone is named", async () => {
    const { store, snapshot, asked, chosen } = await panel();
    const [held, other] = snapshot.sessions;
    const gone = asked("gone", { label: other?.label ?? "" });
    chooseAgain(store, [asked(held?.key ?? ""), gone]);
    expect(chosen()).toEqual([held?.key]);
    expect(store.announcement.value).toContain(`“${other?.label}” isn’t there any more`);
    chooseAgain(store, [gone, asked("gone-too", { label: "X" })]);
    expect(chosen()).toEqual([held?.key]);
    expect(store.announcement.value).toContain("and “X” aren’t there any more");
    store.close();
  });
});

it("a search finds all of its words anywhere, and a row is one line", () => {
  expect(matchesSearch("NOTE alice", ["SELECT * FROM note", "Alice"])).toBe(true);
  expect(matchesSearch("", ["x"])).toBe(true);
  expect(matchesSearch("note bob", ["SELECT * FROM note", "Alice"])).toBe(false);
  expect(oneLine("SELECT *\n\tFROM note;\n")).toBe("SELECT * FROM note;");
});
