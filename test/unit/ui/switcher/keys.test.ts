import { describe, expect, it } from "vitest";
import { type SwitcherItem, switcherItems } from "../../../../src/ui/switcher/choices.ts";
import { activeAfter, switcherStep } from "../../../../src/ui/switcher/keys.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";

const items: SwitcherItem[] = switcherItems({
  sessions: [
    exampleSession({ key: "alice", label: "Alice", number: 1 }),
    exampleSession({ key: "bob", label: "Bob", number: 2 }),
    exampleSession({ key: "admin", label: "Admin", number: 3, connectionId: "prod" }),
  ],
  connections: [exampleConnection(), exampleConnection({ id: "prod", careful: true })],
  servers: [],
  filter: "",
});
const at = (active: number, filter = "") => ({ items, filter, active });

describe("the switcher's keys", () => {
  it("a digit picks while nothing is looked for", () => {
    expect(switcherStep("2", at(-1))).toEqual({ kind: "pick", index: 2 });
  });

  it("a digit is typed once something is looked for, or where no session carries it", () => {
    expect(switcherStep("2", at(0, "tenant_"))).toBeUndefined();
    expect(switcherStep("8", at(-1))).toBeUndefined();
  });

  it("a digit never picks on a Careful connection", () => {
    expect(switcherStep("3", at(-1))).toBeUndefined();
  });

  it("Enter switches to the active one, and to nobody where none is", () => {
    expect(switcherStep("Enter", at(1))).toEqual({ kind: "pick", index: 1 });
    expect(switcherStep("Enter", at(-1))).toBeUndefined();
  });

  it("arrows go round", () => {
    expect(switcherStep("ArrowDown", at(-1))).toEqual({ kind: "move", to: 0 });
    expect(switcherStep("ArrowDown", at(3))).toEqual({ kind: "move", to: 0 });
    expect(switcherStep("ArrowUp", at(0))).toEqual({ kind: "move", to: 3 });
    expect(switcherStep("ArrowUp", at(-1))).toEqual({ kind: "move", to: 3 });
  });

  it("pages stop at the ends, and nothing moves in an empty list", () => {
    expect(switcherStep("PageDown", at(0))).toEqual({ kind: "move", to: 3 });
    expect(switcherStep("PageUp", at(3))).toEqual({ kind: "move", to: 0 });
    const empty = { items: [], filter: "x", active: -1 };
    for (const key of ["ArrowDown", "ArrowUp", "PageDown", "PageUp"]) {
      expect(switcherStep(key, empty)).toEqual({ kind: "move", to: -1 });
    }
  });

  it("Escape empties the filter, then leaves", () => {
    expect(switcherStep("Escape", at(0, "bo"))).toEqual({ kind: "clear" });
    expect(switcherStep("Escape", at(-1))).toEqual({ kind: "leave" });
  });

  it("the first hit is active while one looks for somebody, and nobody before", () => {
    const looked = switcherItems({
      sessions: [
        exampleSession({
          key: "near",
          label: "Near",
          auth: { level: "anonymous", renewable: false },
        }),
        exampleSession({ key: "anna", label: "Anna", connectionId: "far" }),
      ],
      connections: [
        exampleConnection(),
        exampleConnection({ id: "far", url: "wss://acme.com/rpc" }),
      ],
      servers: ["ws://localhost:8000/rpc"],
      filter: "an",
    });
    expect(looked.map((item) => item.kind === "session" && item.session.key)).toEqual([
      "near",
      "anna",
    ]);
    expect(activeAfter("an", looked)).toBe(1);
    expect(activeAfter("  ", items)).toBe(-1);
    expect(activeAfter("nobody", [])).toBe(-1);
  });
});
