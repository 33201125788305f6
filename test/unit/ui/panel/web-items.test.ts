import { describe, expect, it } from "vitest";
import { itemKey, listItems } from "../../../../src/ui/panel/list/items.ts";
import type { ListWeb } from "../../../../src/ui/panel/list/web-items.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import {
  exampleClerk,
  exampleHolder,
  exampleSaved,
  exampleSite,
  exampleSuperTokens,
} from "../../../support/ui/web-examples.ts";

const carol = exampleSuperTokens({ key: "carol" });
const dana = exampleClerk({ key: "dana" });
const left = exampleSuperTokens({ key: "left", label: "Left", status: "gone", current: false });
const admin = exampleSaved("Admin", { key: "admin", tenant: undefined });
const grace = exampleSaved("Grace", { key: "grace", status: "ended" });
const frank = exampleSaved("Frank", { key: "frank", status: "expired" });
const other = exampleHolder("http://localhost:9000");
const site = exampleSite();

function rows(web: Partial<ListWeb>, filter = "") {
  return listItems({
    sessions: [exampleSession({ key: "bob", label: "Bob" })],
    connections: [],
    web: { sites: [site], sessions: [], saved: [], ...web },
    filter,
    isFolded: () => false,
  }).map((item) => (item.kind === "group" ? `${item.title} ${item.count}` : itemKey(item)));
}

describe("web sign-ins in the list", () => {
  it("stand in a group of their origin, the ones that are over last and not counted", () => {
    expect(rows({ sessions: [left, carol] })).toEqual([
      "My sessions 1",
      "bob",
      "Sign-in: localhost:5173 1",
      "carol",
      "left",
    ]);
  });

  it("have a group for each origin", () => {
    const there = exampleClerk({ key: "there", holder: other });
    expect(
      rows({ sites: [site, exampleSite({ holder: other })], sessions: [there, carol] }).slice(2),
    ).toEqual(["Sign-in: localhost:5173 1", "carol", "Sign-in: localhost:9000 1", "there"]);
  });

  it("keep their group where their system went with them", () => {
    expect(rows({ sites: [], sessions: [left] }).slice(2)).toEqual([
      "Sign-in: localhost:5173 0",
      "left",
    ]);
  });

  it("say that nobody is signed in, and nothing where no system was found", () => {
    expect(rows({}).at(-1)).toBe("none:sign-in/http://localhost:5173");
    expect(rows({ sites: [] })).toEqual(["My sessions 1", "bob"]);
  });

  it("say before all sessions what troubles a system, and once that cookies are missing", () => {
    const systems = [
      { kind: "supertokens", state: "ready", signsIn: true, cookies: "permission" },
      { kind: "clerk", state: "degraded", signsIn: false, cookies: "permission" },
    ] as const;
    expect(
      rows({ sites: [exampleSite({ systems: [...systems] })], sessions: [dana] }).slice(3),
    ).toEqual([
      "system:http://localhost:5173/clerk",
      "cookies:http://localhost:5173/permission",
      "dana",
    ]);
  });

  it("that were saved stand behind the held ones, those that are no more under Closed", () => {
    expect(rows({ sites: [], saved: [grace, admin, frank] })).toEqual([
      "My sessions 3",
      "bob",
      "admin",
      "frank",
      "Closed 1",
      "grace",
    ]);
  });

  it.each([
    ["carol", ["Sign-in: localhost:5173 1", "carol"]],
    ["clerk dana", ["Sign-in: localhost:5173 1", "dana"]],
    [
      "acme",
      [
        "My sessions 2",
        "admin",
        "frank",
        "Sign-in: localhost:5173 1",
        "carol",
        "Closed 1",
        "grace",
      ],
    ],
    ["nobody-has-this", []],
    ["localhost:5173 expired", ["My sessions 1", "frank"]],
    ["signed out", ["Closed 1", "grace"]],
    ["sess_2nXh8", ["Sign-in: localhost:5173 1", "dana"]],
    ["supertokens admin", ["My sessions 1", "admin"]],
  ])("filtered by “%s” show hits", (filter, expected) => {
    expect(rows({ sessions: [carol, dana], saved: [admin, frank, grace] }, filter)).toEqual(
      expected,
    );
  });
});
