import { describe, expect, it } from "vitest";
import {
  type SwitcherItem,
  switcherItemKey,
  switcherItems,
  webCandidates,
} from "../../../../src/ui/switcher/choices.ts";
import { activeAfter, switcherStep } from "../../../../src/ui/switcher/keys.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";
import {
  exampleClerk,
  exampleHolder,
  exampleSaved,
  exampleSite,
  exampleSuperTokens,
} from "../../../support/ui/web-examples.ts";

const other = exampleHolder("http://localhost:9000");
const carol = exampleSuperTokens({ key: "carol" });
const dana = exampleClerk({ key: "dana", current: false });
const over = exampleClerk({ key: "over", status: "gone" });
const there = exampleClerk({ key: "there", holder: other });
const admin = exampleSaved("Admin", { key: "admin" });
const elsewhere = exampleSaved("Elsewhere", { key: "elsewhere", origin: "https://acme.com" });
const same = exampleSaved("Carol saved", { key: "same", savedAs: "carol" });
const refused = exampleSaved("Refused", {
  key: "refused",
  operations: { switch: "No cookies yet." },
});
const sites = [exampleSite(), exampleSite({ holder: other })];
const web = webCandidates(
  sites,
  [there, carol, dana, over],
  [admin, elsewhere, same, refused, exampleSaved("Old", { key: "old", status: "ended" })],
);
const bob = exampleSession({ key: "bob", label: "Bob" });

const items = (filter: string) =>
  switcherItems({ sessions: [bob], connections: [exampleConnection()], servers: [], web, filter });
const keys = (all: readonly SwitcherItem[]) => all.map(switcherItemKey);

describe("web sessions to pick from", () => {
  it("are the page's and saved ones that fit, by origin, none twice and none that is over", () => {
    expect(web.map(({ key }) => key)).toEqual(["carol", "dana", "admin", "refused", "there"]);
  });

  it("stand behind one's own sessions", () => {
    expect(keys(items("")).slice(0, 3)).toEqual(["own", "bob", "carol"]);
  });

  it("are found by what is typed, and Enter picks the best", () => {
    const found = items("adm");
    expect(keys(found)).toEqual(["admin"]);
    const active = activeAfter("adm", found);
    expect(switcherStep("Enter", { items: found, filter: "adm", active })).toEqual({
      kind: "pick",
      index: 0,
    });
  });

  it("say why they can't be switched to, but for the one that the page runs as", () => {
    const whys = items("").map((item) => (item.kind === "web" ? item.why : undefined));
    expect(whys.filter((why) => why !== undefined)).toEqual(["No cookies yet."]);
  });
});
