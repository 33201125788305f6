import { describe, expect, it } from "vitest";
import { choices, switcherItemKey, switcherItems } from "../../../../src/ui/switcher/choices.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";

const connections = [
  exampleConnection({ id: "far", name: "staging", url: "wss://staging.acme.com/rpc" }),
  exampleConnection({ id: "near", url: "ws://localhost:8000/rpc" }),
  exampleConnection({ id: "prod", url: "wss://prod.acme.com/rpc", careful: true }),
];
const session = (key: string, connectionId: string, part = {}) =>
  exampleSession({ key, label: key, connectionId, ...part });
const sessions = [
  session("carol", "far", { number: 1 }),
  session("grace", "near", { needsSignIn: true, status: "expired" }),
  session("admin", "prod", { number: 2 }),
  session("alice", "near", { number: 3 }),
  session("closed", "near", { status: "removed" }),
  session("bob", "near", { number: 4 }),
];
const input = { sessions, connections, servers: ["ws://localhost:8000/rpc"], filter: "" };
const keys = (part: Partial<typeof input> = {}) =>
  switcherItems({ ...input, ...part }).map(switcherItemKey);

describe("whom a tab can run as", () => {
  it("is first itself, then the sessions on the page's server, then the others", () => {
    expect(keys()).toEqual(["own", "alice", "bob", "grace", "carol", "admin"]);
  });

  it("keeps the list's order where the page has no server yet, who can't serve last", () => {
    expect(keys({ servers: [] })).toEqual(["own", "carol", "admin", "alice", "bob", "grace"]);
  });

  it("knows the page's server by its URL, however it is written", () => {
    const found = choices({ ...input, servers: ["WSS://Staging.acme.com:443/rpc"] });
    expect(found.filter(({ near }) => near).map((each) => each.session.key)).toEqual(["carol"]);
  });

  it.each([
    ["alic", ["alice"]],
    ["near-nobody", []],
    ["staging", ["carol"]],
    ["USER:BOB app/tenant_b prod.acme", ["admin"]],
  ])("filtered by “%s” shows who is looked for, and nobody else", (filter, expected) => {
    expect(keys({ filter })).toEqual(expected);
  });

  it("has those first whose name is looked for: others are found by their server", () => {
    // All of them are on a server whose name has an "o", which only Bob's own has too.
    expect(keys({ filter: "o" })).toEqual(["bob", "alice", "grace", "carol", "admin"]);
  });

  it("gives a session of a Careful connection no digit, whatever its number", () => {
    const digits = choices(input).map(({ session: { key }, digit }) => [key, digit]);
    expect(Object.fromEntries(digits)).toEqual({
      alice: 3,
      bob: 4,
      carol: 1,
      grace: undefined,
      admin: undefined,
    });
  });
});
