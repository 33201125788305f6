/**
 * The worker's real sleep: nobody stops it here, the browser does.
 *
 * While a panel is open it stays awake, beyond the 30 s after which either browser would stop it.
 * When nobody looks any more it is stopped, its socket closes, and the next panel finds everything
 * where it was. Both browsers wait at the same time, and beside the other tests.
 */
import { describe, expect, test } from "vitest";
import { sleep, until } from "../../demo/browser/wait.ts";
import { describeInBrowsers, withItsOwn } from "../support/browser/describe.ts";
import { Panel } from "../support/browser/panel.ts";
import { attachedExactly, rowHas } from "../support/browser/restored.ts";
import { openScene } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

describe.concurrent("idle", () => {
  describeInBrowsers("the worker", (underTest) => {
    test("is awake while a panel is open, sleeps when none is, and wakes up whole", async () => {
      const scene = await openScene(withItsOwn(underTest));
      const { browser, inspected, link, ownTab, panel, server, close } = scene;
      try {
        const { id } = await link.call("connection.add", { url: server.url });
        const made = { connectionId: id };
        const alice = await link.call("session.new", { ...made, signIn: SIGN_INS.alice });
        const bob = await link.call("session.new", { ...made, signIn: SIGN_INS.bob });
        const nobody = await link.call("session.new", made);
        const keys = [alice.key, bob.key, nobody.key];
        await ownTab.close();

        for (let second = 0; second < 35; second += 5) {
          await sleep(5_000);
          expect(await browser.worker.isRunning()).toBe(true);
        }
        expect(server.stats()).toMatchObject({ openSockets: 1, acceptedSockets: 1 });
        for (const key of keys) await rowHas(panel, key, "active");

        await panel.page.close();
        const left = Date.now();
        await until(
          async () => !(await browser.worker.isRunning()),
          60_000,
          () => "The worker didn't go to sleep.",
        );
        // Not at once, for what is left for a moment is not left.
        expect(Date.now() - left).toBeGreaterThan(5_000);
        await attachedExactly(server, [], 0);

        const again = new Panel(await browser.openPanel(inspected));
        await attachedExactly(server, keys);
        for (const key of keys) await rowHas(again, key, "active");
        await again.select("bob");
        await again.confirms("user:bob, app/tenant_b");
        expect(server.stats().acceptedSockets).toBe(2);
        // With the tokens that it had: nobody signed in a second time.
        expect(server.stats().requests.signin).toBe(2);
      } finally {
        await close();
      }
    }, 240_000);
  });
});
