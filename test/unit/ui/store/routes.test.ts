import { describe, expect, it } from "vitest";
import type { CommandName } from "../../../../src/messages/commands.ts";
import { CommandError, type ViewClient } from "../../../../src/messages/view-client.ts";
import type { RouteQuestion } from "../../../../src/session/relay/route-model.ts";
import { createPageStore } from "../../../../src/ui/store/page.ts";
import { createRoutesStore } from "../../../../src/ui/store/routes.ts";
import { exampleFrame, examplePage } from "../../../support/ui/page-examples.ts";
import { exampleRoute } from "../../../support/ui/route-examples.ts";

const otherServer: RouteQuestion = {
  kind: "other-server",
  origin: "http://localhost:5173",
  server: "wss://prod.acme.com/rpc",
  label: "Admin",
};
const transactions: RouteQuestion = {
  kind: "transactions",
  transactions: [{ kind: "transaction", id: "t", begunAt: 0, as: "Alice" }],
};

/** A worker that answers with these, one after the other. */
function routesWith(...answers: ({ ask?: RouteQuestion } | Error)[]) {
  const sent: { command: CommandName; params: unknown }[] = [];
  const page = createPageStore();
  const call = async (command: CommandName, params: unknown) => {
    sent.push({ command, params });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const routes = createRoutesStore({ call: call as ViewClient["call"] }, page);
  return { routes, page, sent };
}

describe("switching", () => {
  it("is one command where nothing is to be asked", async () => {
    const { routes, sent } = routesWith({});
    expect(await routes.set("bob", { scope: { kind: "page" } })).toBe(true);
    expect(sent).toEqual([
      { command: "route.set", params: { to: "bob", scope: { kind: "page" } } },
    ]);
    expect(routes.question.value).toBeUndefined();
  });

  it("asks one question after the other, and goes on with every answer given", async () => {
    const { routes, sent } = routesWith({ ask: otherServer }, { ask: transactions }, {});
    expect(await routes.set("admin")).toBe(false);
    expect(routes.question.value).toEqual({ ask: otherServer, to: "admin" });
    expect(await routes.answer({ otherServer: true })).toBe(false);
    expect(routes.question.value?.ask).toEqual(transactions);
    expect(await routes.answer({ transactions: "finish" })).toBe(true);
    expect(routes.question.value).toBeUndefined();
    expect(sent.at(-1)?.params).toEqual({
      to: "admin",
      otherServer: true,
      transactions: "finish",
    });
  });

  it("asks on the way back to the page's own session too", async () => {
    const { routes, sent } = routesWith({ ask: transactions }, {});
    await routes.clear();
    expect(routes.question.value).toEqual({ ask: transactions, to: undefined });
    expect(await routes.answer({ transactions: "cancel" })).toBe(true);
    expect(sent.at(-1)).toEqual({
      command: "route.clear",
      params: { documentId: undefined, transactions: "cancel" },
    });
  });

  it("sends nothing once the question was left, and nothing for a question of before", async () => {
    const { routes, sent } = routesWith({ ask: otherServer }, {});
    await routes.set("admin");
    routes.leaveQuestion();
    expect(routes.question.value).toBeUndefined();
    expect(await routes.answer({ otherServer: true })).toBe(false);
    await routes.set("bob");
    expect(await routes.answer({ otherServer: true })).toBe(false);
    expect(sent.map(({ params }) => params)).toEqual([{ to: "admin" }, { to: "bob" }]);
  });

  it("keeps why it came to nothing, until the next switch", async () => {
    const refused = new CommandError({ name: "Refused", message: "This page can't be routed." });
    const { routes } = routesWith(refused, {});
    expect(await routes.set("bob")).toBe(false);
    expect(routes.error.value?.message).toBe("This page can't be routed.");
    expect(routes.busy.value).toBe(false);
    expect(await routes.set("bob")).toBe(true);
    expect(routes.error.value).toBeUndefined();
  });
});

describe("what the page has loaded", () => {
  const loaded = (documentId: string) =>
    examplePage({ frames: [exampleFrame({ documentId })], sockets: [], sessions: [] });

  it("is from before a switch, until the page is loaded anew", async () => {
    const { routes, page } = routesWith({ ask: otherServer }, {}, {});
    page.replaceAll(loaded("one"));
    await routes.set("bob");
    // Only asked so far.
    expect(routes.outdated.value).toBeUndefined();
    await routes.answer({ otherServer: true });
    expect(routes.outdated.value).toEqual({ to: "bob" });
    page.replaceAll(loaded("two"));
    expect(routes.outdated.value).toBeUndefined();
    await routes.clear();
    expect(routes.outdated.value).toEqual({ to: undefined });
  });

  it("is said until the person has read it, and not of a frame's switch", async () => {
    const { routes, page } = routesWith();
    page.replaceAll(loaded("one"));
    await routes.set("bob", { scope: { kind: "default" }, documentId: "inner" });
    expect(routes.outdated.value).toBeUndefined();
    await routes.set("bob");
    routes.dismissOutdated();
    expect(routes.outdated.value).toBeUndefined();
  });

  it("is nothing where no page was there to load anything", async () => {
    const { routes } = routesWith();
    await routes.set("bob");
    expect(routes.outdated.value).toBeUndefined();
  });
});

describe("the routes of a tab", () => {
  const here = exampleRoute();
  const frame = exampleRoute({ origin: "http://widget.localhost:5173", to: "alice" });
  const away = exampleRoute({
    topOrigin: "https://acme.com",
    origin: "https://acme.com",
    state: "suspended",
    to: "carol",
  });

  it("are told apart: the page's, its frames', and those that rest", () => {
    const { routes, page } = routesWith();
    page.replaceAll(examplePage({ routes: [away, frame, here] }));
    expect(routes.current.value).toEqual(here);
    expect(routes.frames.value).toEqual([frame]);
    expect(routes.resting.value).toEqual([away]);
    expect(routes.runsAs(here.to)).toEqual(here);
    expect(routes.runsAs("alice")).toEqual(frame);
    // Nothing runs as it while the tab shows another site.
    expect(routes.runsAs("carol")).toBeUndefined();
  });

  it("come and go with the page's deltas", () => {
    const { routes, page } = routesWith();
    page.replaceAll(examplePage());
    page.apply({ routes: [here] });
    expect(routes.current.value).toEqual(here);
    page.apply({ status: "watched" });
    expect(routes.current.value).toEqual(here);
    page.apply({ routes: [] });
    expect(routes.current.value).toBeUndefined();
  });

  it("are those of a worker that came back, whose page hasn't answered yet", () => {
    const { routes, page } = routesWith();
    page.replaceAll(examplePage({ routes: [here] }));
    const again = { ...here, to: "alice" };
    page.replaceAll(
      examplePage({ status: "unknown", frames: [], sockets: [], sessions: [], routes: [again] }),
    );
    expect(routes.current.value).toEqual(again);
    page.close();
  });
});

it("what goes on although nothing is routed any more is said until it was read, and again when more comes", () => {
  const { routes, page } = routesWith();
  const left = (id: string) => ({ kind: "live" as const, id, begunAt: 0, as: "Bob" });
  page.replaceAll(examplePage({ leftovers: [left("one"), left("two")] }));
  expect(routes.leftovers.value).toHaveLength(2);
  routes.dismissLeftovers();
  expect(routes.leftovers.value).toEqual([]);
  page.apply({ leftovers: [left("two")] });
  expect(routes.leftovers.value).toEqual([]);
  page.apply({ leftovers: [left("two"), left("three")] });
  expect(routes.leftovers.value).toHaveLength(2);
});
