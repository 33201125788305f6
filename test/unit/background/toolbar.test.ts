/** What a person sees on the toolbar button of each tab. */
import { describe, expect, it } from "vitest";
import { Toolbar, type ToolbarAction } from "../../../src/background/toolbar.ts";

/** The browser's buttons; a navigation forgets what a tab's showed. */
class Buttons implements ToolbarAction {
  readonly tabs = new Map<number, { text: string; color: string; title: string }>();
  calls = 0;
  gone = false;

  #at(tabId: number) {
    if (this.gone) throw new Error(`No tab with id: ${tabId}.`);
    this.calls += 1;
    const known = this.tabs.get(tabId) ?? { text: "", color: "", title: "" };
    this.tabs.set(tabId, known);
    return known;
  }
  async setBadgeText({ tabId, text }: { tabId: number; text: string }) {
    this.#at(tabId).text = text;
  }
  async setBadgeBackgroundColor({ tabId, color }: { tabId: number; color: string }) {
    this.#at(tabId).color = color;
  }
  async setTitle({ tabId, title }: { tabId: number; title: string }) {
    this.#at(tabId).title = title;
  }
}

const BOB = { label: "bob", identity: "user:bob, app/tenant_b", colour: "#1a7f37" };

function stage() {
  const buttons = new Buttons();
  return { buttons, toolbar: new Toolbar(buttons), at: (tabId: number) => buttons.tabs.get(tabId) };
}

describe("the toolbar button", () => {
  it("shows the session's letter in its colour, and says who that is; off again without a route", () => {
    const { toolbar, at } = stage();
    toolbar.setRoute(7, BOB);
    expect(at(7)).toEqual({
      text: "B",
      color: "#1a7f37",
      title: "Switchyard: this tab runs as bob (user:bob, app/tenant_b)",
    });
    expect(at(8)).toBeUndefined();
    toolbar.setRoute(7, undefined);
    expect(at(7)).toMatchObject({ text: "", title: "Switchyard" });
  });

  it("shows in red that it isn't quite so, with the reason", () => {
    const { toolbar, at } = stage();
    toolbar.setRoute(7, {
      ...BOB,
      trouble: "Its requests fail. “bob” is expired: its time is over.",
    });
    expect(at(7)?.text).toBe("!");
    expect(at(7)?.title).toContain("Its requests fail. “bob” is expired");
    toolbar.setRoute(7, BOB);
    expect(at(7)).toMatchObject({ text: "B", title: expect.not.stringContaining("fail") });
  });

  it("calls while a page asks, whatever runs in the tab", () => {
    const { toolbar, at } = stage();
    toolbar.setCalling(7, true);
    expect(at(7)?.text).toBe("?");
    toolbar.setRoute(7, BOB);
    expect(at(7)).toMatchObject({ text: "?", title: expect.stringContaining("runs as bob") });
    toolbar.setCalling(7, false);
    expect(at(7)?.text).toBe("B");
  });

  it("is set again after a navigation, and not told what it shows already", () => {
    const { toolbar, buttons, at } = stage();
    toolbar.setRoute(7, BOB);
    const { calls } = buttons;
    toolbar.setRoute(7, { ...BOB });
    expect(buttons.calls).toBe(calls);
    buttons.tabs.clear();
    toolbar.forgotten(7);
    toolbar.forgotten(8);
    expect(at(7)?.text).toBe("B");
    expect(at(8)).toBeUndefined();
  });

  it("counts letters as people do, and does without one", () => {
    const { toolbar, at } = stage();
    toolbar.setRoute(7, { ...BOB, label: " 🦊 fox" });
    expect(at(7)?.text).toBe("🦊");
    toolbar.setRoute(7, { ...BOB, label: "  " });
    expect(at(7)?.text).toBe("·");
  });

  it("of a tab that was closed meanwhile is nobody's trouble", async () => {
    const { toolbar, buttons } = stage();
    buttons.gone = true;
    toolbar.setRoute(7, BOB);
    await Promise.resolve();
    toolbar.tabClosed(7);
    expect(toolbar.marks(7)).toBe(false);
  });
});
