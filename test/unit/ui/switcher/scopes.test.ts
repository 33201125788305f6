import { describe, expect, it } from "vitest";
import type { RouteScope, RouteView } from "../../../../src/session/relay/route-model.ts";
import {
  optionOf,
  routedPlace,
  routeTaking,
  scopeOptions,
} from "../../../../src/ui/switcher/scopes.ts";
import {
  exampleFrame,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";
import { exampleRoute } from "../../../support/ui/route-examples.ts";

const top = exampleFrame();
const main = exampleSocket();
const widget = exampleFrame({
  documentId: "77A1F0B2",
  frameId: 41,
  origin: "http://widget.localhost:5173",
  url: "http://widget.localhost:5173/a/b",
  top: false,
});
const inner = exampleSocket({ key: "77A1F0B2/1", documentId: widget.documentId, frameId: 41 });
const own = examplePageSession();
const second = examplePageSession({ id: "018f3a52-77aa-7bbb-8ccc-012345670b05" });
const framed = examplePageSession({}, inner, widget);
const page = {
  frames: [top, widget],
  sockets: [main, inner],
  sessions: [own, second, framed],
  current: undefined,
};

describe("which part of a page is meant", () => {
  it("is its default sessions, all of them, or one alone", () => {
    const options = scopeOptions({
      ...page,
      frames: [top],
      sockets: [main],
      sessions: [own, second],
    });
    expect(options.map(({ target }) => target)).toEqual([
      { scope: { kind: "default" } },
      { scope: { kind: "page" } },
      { scope: { kind: "session", session: routedPlace(own) } },
      { scope: { kind: "session", session: routedPlace(second) } },
    ]);
    expect(options.map(({ text }) => text)[3]).toBe("018f…0b05 · user:alice · app/tenant_a");
  });

  it("names a session by what is the same after a reload", () => {
    expect(routedPlace(second)).toEqual({
      frame: "top",
      url: "ws://localhost:8000/rpc",
      client: 1,
      order: 5,
      label: second.label,
    });
    expect(routedPlace(framed)).toMatchObject({ frame: widget.url, client: 1, order: 0 });
  });

  it("has a frame of another origin apart, under its document", () => {
    const apart = scopeOptions(page).filter(({ target }) => target.documentId !== undefined);
    expect(apart.map(({ text, group }) => `${group}: ${text}`)).toEqual([
      "Frame widget.localhost:5173/a/b: Default sessions of this frame",
      "Frame widget.localhost:5173/a/b: All sessions of this frame",
      "Frame widget.localhost:5173/a/b: Default session · user:alice · app/tenant_a",
    ]);
    expect(new Set(apart.map(({ target }) => target.documentId))).toEqual(
      new Set([widget.documentId]),
    );
  });

  it("offers no frame without an origin, and none that opened no socket", () => {
    const sandboxed = { ...widget, origin: "null" };
    const silent = { ...page, sockets: [main], sessions: [own] };
    for (const each of [{ ...page, frames: [top, sandboxed] }, silent]) {
      expect(scopeOptions(each).some(({ target }) => target.documentId)).toBe(false);
    }
  });

  it("offers no session that is over, or whose socket can't be read", () => {
    const options = scopeOptions({
      ...page,
      frames: [top],
      sockets: [main, exampleSocket({ key: "5D0C0A1E/3", unreadable: "flatbuffers" })],
      sessions: [
        examplePageSession({ status: "removed" }),
        examplePageSession({}, exampleSocket({ key: "5D0C0A1E/3" })),
      ],
    });
    expect(options.map(({ value }) => value)).toEqual(["default", "page"]);
  });

  it("finds where a route stands, in its own origin only", () => {
    const options = scopeOptions(page);
    const { origin } = widget;
    expect(optionOf(options, { origin, scope: { kind: "page" } })?.target.documentId).toBe(
      widget.documentId,
    );
    expect(optionOf(options, { origin: top.origin, scope: { kind: "page" } })?.value).toBe("page");
    const place = routedPlace(second);
    if (!place) throw new Error("The second session has no place");
    const lost = { kind: "session" as const, session: { ...place, order: 9 } };
    expect(optionOf(options, { origin: top.origin, scope: lost })).toBeUndefined();
    // What runs now is never shown as something else.
    const current = exampleRoute({ origin: top.origin, scope: lost });
    expect(optionOf(scopeOptions({ ...page, current }), current)?.text).toBe(
      "018f…0b05 (not found now)",
    );
  });
});

describe("a session of the page", () => {
  const taken = (scope: RouteScope, part: Partial<RouteView> = {}) =>
    page.sessions.map(
      (session) => routeTaking(session, [exampleRoute({ scope, ...part })]) !== undefined,
    );

  it("is taken by a route of its own origin, as far as that goes", () => {
    expect(taken({ kind: "default" })).toEqual([true, false, false]);
    expect(taken({ kind: "page" })).toEqual([true, true, false]);
    expect(taken({ kind: "page" }, { origin: widget.origin })).toEqual([false, false, true]);
    const place = routedPlace(second);
    if (!place) throw new Error("The second session has no place");
    expect(taken({ kind: "session", session: place })).toEqual([false, true, false]);
    const elsewhere = { ...place, url: "ws://localhost:9000/rpc" };
    expect(taken({ kind: "session", session: elsewhere })).toEqual([false, false, false]);
  });

  it("is its own while the route rests, and once it is over", () => {
    expect(taken({ kind: "page" }, { state: "suspended" })).toEqual([false, false, false]);
    const over = examplePageSession({ status: "removed" });
    expect(routeTaking(over, [exampleRoute({ scope: { kind: "page" } })])).toBeUndefined();
  });
});
