/**
 * Sessions of Clerk in the real panel, with the real SDK in the page.
 *
 * Who the page is, its application's own server says, by the cookie that comes with a request; which
 * sessions there are and what they have, the stand-in of Clerk says. What the panel shows and does is
 * held against the two.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClerkTab, clerkLoaded } from "../support/browser/clerk-scene.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { WebPanel } from "../support/browser/web-scene.ts";
import type { PersonName } from "../support/web/clerk/people.ts";

const HOUR = 3_600_000;
/** So long the page is looked at without its asking anybody, in milliseconds. */
const LOOKED_AT = 4_000;

const iso = (at: number) => new Date(at).toISOString();

describeInBrowsers("sessions of Clerk", (underTest) => {
  let tab: ClerkTab;
  beforeAll(async () => {
    tab = await ClerkTab.open(underTest, (browser, page) => WebPanel.of(browser, page));
  });
  afterAll(() => tab?.close());

  /** The session of this person, of those that the application began with or got since. */
  const idOf = (person: PersonName): string => {
    const found = tab.app.api.sessions().findLast((session) => session.person === person);
    if (!found) throw new Error(`${person} has no session.`);
    return found.id;
  };
  const session = (id: string) => {
    const found = tab.app.api.sessions().find((each) => each.id === id);
    if (!found) throw new Error(`There is no session ${id}.`);
    return found;
  };

  test("shows what Clerk has of each session, and asks nobody for it", async () => {
    const ago = Date.now() - 5 * HOUR;
    const { api } = await tab.show({
      sessions: [
        {
          person: "carol",
          tasks: [{ key: "choose-organization" }],
          expire_at: Date.now() + LOOKED_AT,
        },
        {
          person: "bob",
          actor: { sub: "user_admin" },
          last_active_organization_id: "org_acme",
          factor_verification_age: [3, 7],
          created_at: ago,
          updated_at: ago + HOUR,
          last_active_at: ago + 2 * HOUR,
        },
        { person: "alice" },
      ],
    });
    const [alice, bob, carol] = [idOf("alice"), idOf("bob"), idOf("carol")];
    await tab.lists({ [alice]: "active*", [bob]: "active", [carol]: "pending" });
    const asked = api.seen.length;
    const begun = Date.now();
    for (const id of [alice, carol, bob]) {
      await tab.select(id);
      const { created_at, updated_at, last_active_at, expire_at, abandon_at, ...one } = session(id);
      const dates = {
        createdAt: created_at,
        updatedAt: updated_at,
        lastActiveAt: last_active_at,
        expireAt: expire_at,
        abandonAt: abandon_at,
      };
      for (const [field, at] of Object.entries(dates)) {
        expect(await tab.moment(field)).toBe(iso(at));
      }
      expect(await tab.text("[data-field=id]")).toContain(id);
      expect(await tab.text("[data-field=user]")).toContain(`user_${one.person}`);
      expect(await tab.text("[data-field=multi-session]")).toBe("several at once in a page");
      const [first, second] = one.factor_verification_age ?? [];
      expect(await tab.text("[data-fact=factorVerificationAge]")).toBe(
        `first factor ${first} min ago, second ${second === -1 ? "never" : `${second} min ago`}`,
      );
      // The claims of the token that it was given last.
      expect(await tab.text("[data-section=claims]")).toContain(`sid: '${id}'`);
      await tab.sees("[data-field=tokenExpireAt]");
    }
    expect(await tab.text("[data-actor]")).toBe("Impersonated: user_admin acts as Bob Baker.");
    expect(await tab.text("[data-fact=lastActiveOrganizationId]")).toBe("org_acme");
    // Of one that the page doesn't run as: asking Clerk for it would sign the page in as Bob.
    await tab.press("Show");
    const token = await tab.text("[data-token=session] code");
    expect(
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()),
    ).toMatchObject({
      sid: bob,
      sub: "user_bob",
    });
    expect((await tab.row(bob)).text).toContain("impersonated");
    await tab.select(carol);
    expect(await tab.text("[data-section=tasks] li")).toBe("choose-organization");
    expect(await tab.text("[data-fact=currentTask]")).toBe("choose-organization");
    await tab.sees("text*=Its time (expireAt) is over, but Clerk in this page still says pending.");
    // It is looked at once a second.
    expect(Date.now() - begun).toBeGreaterThan(LOOKED_AT / 2);
    expect(api.seen.slice(asked)).toEqual([]);
    await tab.isMe(alice);
  });

  test("a switch is the page's and the server's, before and after a reload, though DevTools have the focus", async () => {
    const { api } = await tab.show({ sessions: [{ person: "bob" }, { person: "alice" }] });
    const [alice, bob] = [idOf("alice"), idOf("bob")];
    await tab.lists({ [alice]: "active*", [bob]: "active" });
    await tab.isMe(alice);
    await tab.takeFocus();
    await tab.runAs(bob);
    await tab.lists({ [alice]: "active", [bob]: "active*" });
    await tab.isMe(bob);
    expect(await tab.page.text("#me")).toBe("Bob Baker");
    expect(await tab.page.evaluate("document.hasFocus()")).toBe(false);
    expect(api.of("touch").map(({ path }) => path)).toContain(`/client/sessions/${bob}/touch`);
    await tab.panel.page.click(
      '[data-web-notice][data-tone=done] >> role=button[name="Reload page"]',
    );
    await tab.panel.page.gone("[data-web-notice]");
    await clerkLoaded(tab.page);
    await tab.isMe(bob);
    await tab.lists({ [alice]: "active", [bob]: "active*" });
    await tab.runAs(alice);
    await tab.lists({ [alice]: "active*", [bob]: "active" });
    await tab.isMe(alice);
    await tab.reload();
    await tab.isMe(alice);
  });

  test("a switch to one with a task, to one that is over, to one that went meanwhile", async () => {
    const { api } = await tab.show({
      sessions: [
        { person: "carol", tasks: [{ key: "choose-organization" }] },
        { person: "bob", status: "ended" },
        { person: "bob" },
        { person: "alice" },
      ],
    });
    const [alice, bob, carol] = [idOf("alice"), idOf("bob"), idOf("carol")];
    const ended = api.sessions()[1]?.id ?? "";
    await tab.lists({
      [alice]: "active*",
      [bob]: "active",
      [ended]: "ended",
      [carol]: "pending",
    });
    await tab.select(ended);
    await tab.sees("button[disabled] >> text=Run tab as");
    await tab.runAs(carol);
    await tab.lists({ [alice]: "active", [bob]: "active", [ended]: "ended", [carol]: "pending*" });
    await tab.sees("text*=Most applications show the page as signed out until that is done.");
    await tab.isMe(401);
    await tab.runAs(alice);
    await tab.isMe(alice);
    await tab.select(bob);
    api.setStatus(bob, "removed");
    await tab.press("Run tab as");
    expect(await tab.error()).toContain("Clerk has no such session in this page any more.");
    await tab.isMe(alice);
    await tab.lists({ [alice]: "active*", [bob]: "gone", [ended]: "ended", [carol]: "pending" });
    await tab.select(carol);
    api.setStatus(carol, "abandoned");
    await tab.press("Touch");
    expect(await tab.error()).toContain("Clerk's server refused it");
    await tab.lists({ [alice]: "active*", [bob]: "gone", [ended]: "ended", [carol]: "abandoned" });
    await tab.isMe(alice);
    await tab.reload();
    await tab.isMe(alice);
  });

  test("touch, sign out and remove of another session leave the page who it is", async () => {
    const ago = Date.now() - HOUR;
    const { api } = await tab.show({
      sessions: [
        { person: "carol", last_active_at: ago },
        { person: "bob", last_active_at: ago },
        { person: "alice", last_active_at: ago },
      ],
    });
    const [alice, bob, carol] = [idOf("alice"), idOf("bob"), idOf("carol")];
    for (const id of [bob, alice]) {
      await tab.select(id);
      await tab.press("Touch");
      await expect.poll(() => session(id).last_active_at).toBeGreaterThan(ago);
      await expect.poll(() => tab.moment("lastActiveAt")).toBe(iso(session(id).last_active_at));
      await tab.isMe(alice);
    }
    await tab.select(bob);
    await tab.press("Sign out");
    await tab.lists({ [alice]: "active*", [bob]: "ended", [carol]: "active" });
    await tab.select(carol);
    await tab.menu("Remove");
    await tab.lists({ [alice]: "active*", [bob]: "ended", [carol]: "removed" });
    await tab.isMe(alice);
    expect([bob, carol].map((id) => session(id).status)).toEqual(["ended", "removed"]);
    expect(api.of("tokens")).toEqual([]);
    await tab.reload();
    await tab.isMe(alice);
  });

  test("sign out and remove of the page's own ask first, and sign the page out until a switch or a reload", async () => {
    const { api } = await tab.show({
      sessions: [{ person: "carol" }, { person: "bob" }, { person: "alice" }],
    });
    const [alice, bob, carol] = [idOf("alice"), idOf("bob"), idOf("carol")];
    await tab.select(alice);
    await tab.press("Sign out");
    await tab.answer("Keep");
    expect(api.of("end")).toEqual([]);
    await tab.press("Sign out");
    await tab.answer("Sign out");
    await tab.lists({ [alice]: "ended", [bob]: "active", [carol]: "active" });
    await tab.panel.page.see("[data-web-notice] >> text*=The page is signed out.");
    await tab.isMe(401);
    // As clerk-js chooses: the first that can be used, where none was used last.
    await tab.select(carol);
    await tab.sees(
      "text*=The page is signed out until it is reloaded; then Clerk takes this session",
    );
    await tab.press("Run tab as");
    await tab.panel.page.see("[data-web-notice] >> text*=The page runs as “Carol Cook” now.");
    await tab.isMe(carol);
    await tab.menu("Remove…");
    await tab.answer("Remove");
    await tab.lists({ [alice]: "ended", [bob]: "active", [carol]: "removed" });
    expect(session(carol).status).toBe("removed");
    await tab.panel.page.gone("[data-web-notice] >> text*=Carol Cook” now");
    await tab.isMe(401);
    await tab.page.bringToFront();
    await tab.reload();
    await tab.lists({ [alice]: "ended", [bob]: "active*", [carol]: "removed" });
    await tab.isMe(bob);
    // What is over goes off the list, and nothing is asked for it.
    await tab.select(carol);
    await tab.menu("Remove");
    await tab.lists({ [alice]: "ended", [bob]: "active*" });
  });

  test("what became of sessions elsewhere, as far as Clerk tells", async () => {
    const people = ["bob", "carol"] as const;
    const statuses = ["revoked", "expired", "abandoned", "ended", "removed", "replaced"] as const;
    const { api } = await tab.show({
      sessions: [
        ...statuses.map((_, at) => ({ person: people[at % 2] ?? "bob" })),
        { person: "alice" },
      ],
    });
    const alice = idOf("alice");
    const others = api
      .sessions()
      .slice(0, statuses.length)
      .map(({ id }) => id);
    const all = (status: (at: number) => string) =>
      Object.fromEntries(others.map((id, at) => [id, status(at)]));
    await tab.lists({ ...all(() => "active"), [alice]: "active*" });
    for (const [at, status] of statuses.entries()) api.setStatus(others[at] ?? "", status);
    const added = api.add({ person: "carol" }).id;
    // The page doesn't know of any of it before it asks Clerk's server again.
    await tab.lists({ ...all(() => "active"), [alice]: "active*" });
    await tab.reload();
    const unlisted = ["revoked", "removed"];
    await tab.lists({
      ...all((at) => (unlisted.includes(statuses[at] ?? "") ? "gone" : (statuses[at] ?? ""))),
      [added]: "active",
      [alice]: "active*",
    });
    await tab.select(others[0] ?? "");
    expect(await tab.text(".sy-head-origin")).toContain(
      "Clerk removed it from the page; whether it was ended, removed or revoked isn't told",
    );
    await tab.isMe(alice);
  });

  test("one that signs in comes into the list; where one at a time is allowed it replaces the former", async () => {
    await tab.show({});
    await tab.lists({});
    const alice = await tab.signIn("alice");
    await tab.lists({ [alice]: "active*" });
    const bob = await tab.signIn("bob");
    await tab.lists({ [alice]: "active", [bob]: "active*" });
    await tab.select(bob);
    await tab.panel.historyHas("created", "New on the page.");

    await tab.show({ singleSession: true, sessions: [{ person: "alice" }] });
    const first = idOf("alice");
    await tab.lists({ [first]: "active*" });
    const second = await tab.signIn("bob");
    await tab.lists({ [first]: "replaced", [second]: "active*" });
    await tab.isMe(second);
    await tab.select(second);
    expect(await tab.text("[data-field=multi-session]")).toBe("one at a time");
  });

  test("Clerk that loads late, in part, or twice", async () => {
    await tab.show({ loadDelayMs: 1_500, degraded: true, sessions: [{ person: "alice" }] });
    await tab.panel.page.see(
      "[data-system=clerk][data-state=loading] >> text*=is loading in this page",
    );
    await clerkLoaded(tab.page);
    const alice = idOf("alice");
    await tab.panel.page.see("[data-system=clerk][data-state=degraded] >> text*=says “degraded”");
    await tab.lists({ [alice]: "active*" });

    await tab.show({ sessions: [{ person: "bob" }, { person: "alice" }] }, "twice");
    await tab.panel.page.see("text*=The page loads Clerk's script 2 times");
    const bob = idOf("bob");
    await tab.runAs(bob);
    await tab.isMe(bob);
  });

  test("a page that only pretends to have Clerk", async () => {
    const { page, panel } = tab;
    for (const [kind, words] of [
      ["throwing", "The page has a window.Clerk that isn't Clerk's"],
      ["nonsense", "made no sense and are left out"],
      ["endless", "made no sense and are left out"],
    ]) {
      await tab.show({}, `fake?kind=${kind}`);
      await panel.page.see(`[data-system=clerk] >> text*=${words}`);
      // The page goes on, and is neither asked without an end nor changed.
      expect(await page.evaluate("document.title + window.injected")).toBe(
        "An app with Clerkundefined",
      );
    }
    expect(await panel.page.evaluate("typeof window.injected")).toBe("undefined");
    expect(await tab.browser.errors()).toEqual([]);
  });

  test("the popup switches; label and colour stay; search finds by the user's name; history tells", async () => {
    const { panel, page } = tab;
    await tab.show({ sessions: [{ person: "bob" }, { person: "alice" }] });
    const [alice, bob] = [idOf("alice"), idOf("bob")];
    await tab.isMe(alice);
    const popup = await tab.browser.openPopup(page);
    const card = 'section[aria-label="Sign-in of this page"]';
    await popup.click(`${card} li[data-session$="/${bob}"] >> role=button[name="Run tab as"]`);
    await popup.see(`${card} li[data-session$="/${bob}"][data-current=true]`);
    await tab.isMe(bob);
    await popup.close();

    await tab.select(bob);
    await tab.press("Rename");
    await panel.page.fill("label=Name of the session", "Support");
    await panel.page.press("Enter");
    await tab.press("Colour");
    await panel.page.click("[role=dialog] >> role=radio >> nth=3");
    await panel.page.press("Escape");
    await tab.reload();
    expect((await tab.row(bob)).label).toBe("Support");
    await panel.page.fill("role=searchbox", "baker");
    await tab.lists({ [bob]: "active*" });
    await panel.page.fill("role=searchbox", "");
    await tab.lists({ [alice]: "active", [bob]: "active*" });
    await panel.historyHas("note", "The page runs as this session.");
    expect(await panel.history("note")).toHaveLength(1);
    await tab.select(alice);
    await panel.historyHas("note", "The page runs as another session.");
  });
});
