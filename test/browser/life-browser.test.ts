/**
 * The browser is installed into, closed and started again: what the person had is there again, and
 * sign-ins exactly as far as the person let them be kept.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { PANEL_PAGE, WELCOME_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { Panel } from "../support/browser/panel.ts";
import { attachedAt, attachedExactly, eventually, rowHas } from "../support/browser/restored.ts";
import { whoIs } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

describeInBrowsers("browser restart", ({ launch, newProfileDir }) => {
  let server: DemoServer;
  let profileDir: string;
  let browser: ExtensionBrowser;
  let panel: Panel;
  const keys = { kept: "", forgotten: "", anonymous: "" };

  /** Starts the browser with the profile, and opens the panel. */
  async function start(): Promise<void> {
    browser = await launch({ profileDir });
    const page = await browser.openPage(server.url.replace("ws:", "http:").replace("/rpc", "/"));
    panel = new Panel(await browser.openPanel(page, { width: 1100, height: 900 }));
  }

  async function openLink(): Promise<WorkerLink> {
    const link = new WorkerLink(await browser.openExtensionPage(PANEL_PAGE.slice(1)));
    await link.open();
    return link;
  }

  beforeAll(async () => {
    [server, profileDir] = await Promise.all([startServer({ port: 0 }), newProfileDir()]);
    await start();
  });
  afterAll(() => server?.close());

  test("at installation one page says where the panel is", async () => {
    const welcome = await browser.findPage(`${browser.extensionOrigin}${WELCOME_PAGE}`);
    await welcome.see('role=heading[name="Switchyard is on for localhost."]');
    await welcome.see("text*=choose the tab Switchyard");
    await welcome.close();
  });

  test("sessions are made: one remembered, one not, one anonymous", async () => {
    await panel.connect(server.url);
    await panel.openNewSession({ name: "Kept", signIn: SIGN_INS.alice });
    await panel.page.click("[data-page=new-session] >> label*=Remember on this computer");
    await panel.submitNewSession();
    keys.kept = await panel.shownKey();
    keys.forgotten = await panel.newSession({ name: "Forgotten", signIn: SIGN_INS.bob });
    await panel.confirms("user:bob, app/tenant_b");
    keys.anonymous = await panel.newSession({ name: "Anonymous", signIn: { way: "anonymous" } });
    await attachedExactly(server, Object.values(keys));
    expect(await (await openLink()).snapshot()).toMatchObject({
      sessions: [{ remembered: true }, { remembered: false }, { remembered: false }],
    });
  });

  test("after the restart the remembered one is signed in, the other waits for a password", async () => {
    await browser.close();
    await eventually(() => server.stats().openSockets).toBe(0);
    const signIns = server.stats().requests.signin;
    await start();

    await attachedExactly(server, [keys.kept, keys.anonymous]);
    await rowHas(panel, keys.kept, "active");
    await panel.select("Kept");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.select("Anonymous");
    await panel.status("active");
    await panel.confirms("anonymous, no namespace");
    const link = await openLink();
    expect(await whoIs(link, keys.kept)).toBe("user:alice, app/tenant_a");
    expect(await whoIs(link, keys.anonymous)).toBe("anonymous");
    // With the token that was kept, not with the password anew.
    expect(server.stats().requests.signin).toBe(signIns);

    await panel.page.see('[data-group=sign-in-again][aria-label="Sign in again, 1"]');
    await panel.select("Forgotten");
    await panel.status("expired");
    await panel.page.see("text*=Sign in again: Sign-in not kept.");
    expect(await link.call("session.tokens", { key: keys.forgotten })).toEqual({});
    expect(attachedAt(server)).not.toContain(keys.forgotten);
  });

  test("its form is prefilled but for the password, and brings it back under the same UUID", async () => {
    await panel.page.click('[data-group=sign-in-again] >> role=button[name="Sign in…"]');
    const form = `[data-page=sign-in-again] [data-session-form="${keys.forgotten}"]`;
    await panel.page.see(`${form} >> text*=Expired · Sign-in not kept.`);
    const field = (label: string) => `${form} >> label=${label}`;
    for (const [label, value] of [
      ["Sign in as", "record"],
      ["Namespace", "app"],
      ["Database", "tenant_b"],
      ["Access method", "account"],
      ["Value of $name", "bob"],
      ["Value of $password", ""],
    ] as const)
      expect(await panel.page.value(field(label)), label).toBe(value);
    await panel.page.fill(field("Value of $password"), "bob");
    await panel.page.click(`${form} button[type=submit]`);
    await panel.page.see("text=All sessions are signed in.");

    await panel.page.gone("[data-group=sign-in-again]");
    await panel.select("Forgotten");
    await panel.status("active");
    await panel.confirms("user:bob, app/tenant_b");
    await attachedExactly(server, Object.values(keys));
    expect(await browser.errors()).toEqual([]);
  });
});
