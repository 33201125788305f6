import { describe, expect, it } from "vitest";
import type { Notification } from "../../../../src/messages/commands.ts";
import type { HistoryEntry } from "../../../../src/session/model.ts";
import { mergeHistory, openHistory } from "../../../../src/ui/store/histories.ts";
import { mergeNotifications } from "../../../../src/ui/store/notifications.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";

const line = (at: number, text: string): HistoryEntry => ({ at, event: "note", by: "you", text });

const note = (at: number): Notification => ({
  at,
  action: "CREATE",
  record: new Uint8Array([1]),
  value: new Uint8Array([at]),
});

describe("a history that is being looked at", () => {
  it("has each line once, in order of time", () => {
    const stored = [line(1, "one"), line(3, "three")];
    const heard = [line(3, "three"), line(4, "four"), line(2, "two")];
    expect(mergeHistory(stored, heard).map((each) => each.text)).toEqual([
      "one",
      "two",
      "three",
      "four",
    ]);
  });

  it("keeps the last 200 lines", () => {
    const many = Array.from({ length: 250 }, (_, index) => line(index, `${index}`));
    const merged = mergeHistory(many, []);
    expect(merged).toHaveLength(200);
    expect(merged[0]?.text).toBe("50");
  });

  it("loses no line that is written while the worker answers", async () => {
    const client = createFakeClient({
      connections: [],
      sessions: [],
      settings: { abandonAfter: 1 },
      sites: [],
      always: [],
      access: { origins: [], requests: [] },
      problems: [],
    });
    const history = openHistory(client, "a");
    client.emit({ event: "history", key: "a", entry: line(Date.now() + 1, "meanwhile") });
    client.emit({ event: "history", key: "b", entry: line(Date.now() + 1, "of another") });
    await expect
      .poll(() => history.entries.value?.at(-1)?.text, { timeout: 2_000 })
      .toBe("meanwhile");
    client.emit({ event: "history", key: "a", entry: line(Date.now() + 2, "afterwards") });
    expect(history.entries.value?.at(-1)?.text).toBe("afterwards");
    expect(history.entries.value?.some((each) => each.text === "of another")).toBe(false);
    history.close();
  });
});

describe("notifications that are being looked at", () => {
  it("go on where the answer ends", () => {
    const merged = mergeNotifications([note(1), note(2), note(3)], [note(2), note(3), note(4)]);
    expect(merged.map((each) => each.at)).toEqual([1, 2, 3, 4]);
  });

  it("are kept twice where the same change came twice", () => {
    expect(mergeNotifications([note(1), note(1)], [note(1)]).map((each) => each.at)).toEqual([
      1, 1,
    ]);
    expect(mergeNotifications([note(1)], [note(2), note(2)])).toHaveLength(3);
  });
});
