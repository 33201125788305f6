/** "This tab runs as …": the page's own SDKs, unmodified, ask the server who they are. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const clients: PageWorld["clients"];
declare const kept: PageWorld["kept"];

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";

describeInBrowsers("a tab that runs as somebody else", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    tab = await scene.openRouted({ as: "alice", clients: ["sdk-2", "json", "cbor", "sdk-1"] });
  });
  afterAll(() => scene?.close());

  test("is Bob after one click, and Alice again after the next, with every client", async () => {
    expect(await tab.everyone()).toEqual([ALICE, ALICE, ALICE, ALICE]);
    await tab.runAs(scene.held.bob);
    expect(await tab.routes()).toMatchObject([{ state: "on", to: scene.held.bob }]);
    expect(await tab.everyone()).toEqual([BOB, BOB, BOB, BOB]);
    await tab.runAs(scene.held.admin);
    expect(await tab.everyone()).toEqual(Array(4).fill("root app/tenant_a"));
    await tab.runAsItself();
    expect(await tab.routes()).toEqual([]);
    expect(await tab.everyone()).toEqual([ALICE, ALICE, ALICE, ALICE]);
  });

  test("shows Bob's notes, and writes as him: each method of each client", async () => {
    await tab.runAs(scene.held.bob);
    const bySdk2 = await tab.page.evaluate(async () => {
      const id = new sdk.RecordId("note", "by_sdk_2");
      type Note = { text: string };
      const made = await db.create<Note>(id).content({ text: "made" });
      const merged = await db.update<Note>(id).merge({ text: "merged" });
      const read = await db.select<Note>(id);
      const isRecordId = read?.id instanceof sdk.RecordId;
      const [owner] = await db.query("RETURN (SELECT VALUE owner FROM ONLY $id)", { id });
      await db.delete(id);
      const gone = await db.select(id);
      const texts = await db.query("SELECT VALUE text FROM note ORDER BY text");
      return [
        made.text,
        merged.text,
        read?.text,
        isRecordId,
        String(owner),
        gone ?? null,
        texts[0],
      ];
    });
    expect(bySdk2).toEqual([
      "made",
      "merged",
      "merged",
      true,
      "user:bob",
      null,
      [
        "Tenant B: count the wagons",
        "Tenant B: repaint the buffer stop",
        "Tenant B: the yard is closed on Sunday",
      ],
    ]);
    for (const [index, id] of [
      [1, '"note:by_json"'],
      [2, 'new sdk.RecordId("note", "by_cbor")'],
    ] as const) {
      const client = `clients[${index}]`;
      const said = await tab.page.evaluate(`(async () => {
        const rpc = (...args) => ${client}.rpc(...args);
        const made = await rpc("create", [${id}, { text: "made" }]);
        const merged = await rpc("merge", [${id}, { text: "merged" }]);
        const read = await rpc("select", [${id}]);
        const info = await rpc("info");
        await rpc("delete", [${id}]);
        return [[].concat(made)[0].text, [].concat(merged)[0].text, [].concat(read)[0].text, String(read.owner), info.name];
      })()`);
      expect(said).toEqual(["made", "merged", "merged", "user:bob", "bob"]);
    }
  });

  test("hears the server's own errors, as its own server would tell them", async () => {
    for (const client of ["db", "clients[3]"]) {
      const routed = await tab.outcome(`${client}.query("SELECT FROM nothing WHERE")`);
      expect(routed.error?.message).toMatch(/[Pp]arse error/);
    }
    const failing = await tab.outcome(
      `clients[2].rpc("query", ["THROW 'mine'; RETURN 1", {}]).then((all) => all.map(({ status }) => status))`,
    );
    expect(failing.value).toEqual(["ERR", "OK"]);
    const refused = await tab.outcome(`clients[1].rpc("select", [])`);
    expect(refused.error).toMatchObject({ code: expect.any(Number) });
    expect(refused.error?.kind).not.toBe("Switchyard");
    const unknown = await tab.outcome(`clients[1].rpc("graphql", [])`);
    expect(unknown.error).toMatchObject({ code: -32083, details: { kind: "MethodNotAllowed" } });
  });

  test("keeps its own session as it makes it: true when it is itself again", async () => {
    await tab.page.evaluate(async () => {
      await db.use({ database: "tenant_b" });
      await db.set("mine", "set while routed");
      await clients[3]?.let("mine", "let while routed");
    });
    expect(await tab.who()).toBe(BOB);
    await tab.page.evaluate(async () => {
      await db.signin({ namespace: "app", username: "operator", password: "operator" });
      await db.use({ namespace: "app", database: "tenant_b" });
    });
    expect(await tab.who()).toBe(BOB);
    await tab.runAsItself();
    expect(await tab.who()).toBe("operator app/tenant_b");
    expect(await tab.who("clients[1]")).toBe(ALICE);
    const mine = `.query("RETURN $mine").then(([said]) => said)`;
    expect(await tab.page.evaluate(`db${mine}`)).toBe("set while routed");
    expect(await tab.page.evaluate(`clients[3]${mine}`)).toBe("let while routed");
  });

  test("variables: the request's, then the held session's, then the page's", async () => {
    const key = scene.held.bob;
    for (const name of ["held", "both"]) {
      await tab.link.call("session.set", { key, name, expression: "'held'" });
    }
    await tab.runAs(key);
    await tab.page.evaluate(async () => {
      for (const name of ["page", "both", "bound"]) await db.set(name, "page");
    });
    const [said] = await tab.page.evaluate(() =>
      db.query<[string[]]>("RETURN [$page, $held, $both, $bound, <string> $auth.id]", {
        bound: "request",
      }),
    );
    expect(said).toEqual(["page", "held", "held", "request", "user:bob"]);
    await tab.page.evaluate(() => db.unset("page"));
    expect(await tab.page.evaluate(`db.query("RETURN $page ?? 'unset'")`)).toEqual(["unset"]);
    for (const name of ["held", "both"]) await tab.link.call("session.unset", { key, name });
  });

  test("live queries: Bob's changes arrive, KILL ends them where they run, the page's own go on", async () => {
    await tab.runAsItself();
    await tab.page.evaluate(async () => {
      const heard = { before: [] as string[], routed: [], sdk1: [] };
      const before = await db.live(new sdk.Table("notice"));
      before.subscribe(({ action, value }) => heard.before.push(`${action} ${value?.text}`));
      Object.assign(window, { heard, before });
    });
    await tab.runAs(scene.held.bob);
    await expect
      .poll(() => tab.routes())
      .toMatchObject([{ leftovers: [{ kind: "live", as: "Page's own session" }] }]);
    await tab.page.evaluate(`(async () => {
      window.routed = await db.live(new sdk.Table("note"));
      routed.subscribe(({ action, value }) => heard.routed.push(action + " " + value.text));
      window.uuid = await clients[3].live("note", (action, value) => heard.sdk1.push(action + " " + value.text));
    })()`);
    const where = { namespace: "app", database: "tenant_b" };
    await scene.server.query("CREATE note SET text = 'for Bob', owner = user:bob", {}, where);
    await scene.server.query("CREATE note SET text = 'for Alice', owner = user:alice", {}, where);
    await scene.server.query("CREATE notice SET text = 'for all'", {}, where);
    await expect
      .poll(() => tab.page.evaluate("heard"))
      .toEqual({
        before: ["CREATE for all"],
        routed: ["CREATE for Bob"],
        sdk1: ["CREATE for Bob"],
      });
    const liveOfBob = async () =>
      (await tab.link.snapshot()).sessions.find((each) => each.key === scene.held.bob)?.liveQueries;
    expect(await liveOfBob()).toHaveLength(2);
    // Killed where they run, whoever is routed by then.
    await tab.runAs(scene.held.alice);
    await tab.page.evaluate(`Promise.all([routed.kill(), clients[3].kill(uuid)])`);
    await expect.poll(liveOfBob).toEqual([]);
    await scene.server.query("CREATE notice SET text = 'again'", {}, where);
    await expect
      .poll(() => tab.page.evaluate("heard.before"))
      .toEqual(["CREATE for all", "CREATE again"]);
    await tab.page.evaluate("before.kill()");
    await tab.runAsItself();
  });

  test("transactions: begun, filled and ended as Bob; one that is open asks before a switch", async () => {
    await tab.runAs(scene.held.bob);
    const where = { namespace: "app", database: "tenant_b" };
    const count = async () =>
      (await scene.server.query("SELECT VALUE text FROM tx ORDER BY text", {}, where))[0];
    await scene.server.query("DEFINE TABLE tx PERMISSIONS FULL", {}, where);
    await tab.page.evaluate(async () => {
      const txn = await db.beginTransaction();
      await txn.query("CREATE tx SET text = 'committed'");
      await txn.commit();
      const lost = await db.beginTransaction();
      await lost.query("CREATE tx SET text = 'cancelled'");
      await lost.cancel();
    });
    expect(await count()).toEqual(["committed"]);
    await tab.page.evaluate(async () => {
      Object.assign(window, { open: await db.beginTransaction() });
    });
    const { ask } = await tab.link.call("route.set", { to: scene.held.alice });
    expect(ask).toMatchObject({ kind: "transactions", transactions: [{ as: "Bob" }] });
    expect(await tab.who()).toBe(BOB);
    // "Finish as Bob": it goes on where it began.
    await tab.link.call("route.set", { to: scene.held.alice, transactions: "finish" });
    expect(await tab.who()).toBe(ALICE);
    await tab.page.evaluate(
      `open.query("CREATE tx SET text = 'finished'").then(() => open.commit())`,
    );
    expect(await count()).toEqual(["committed", "finished"]);
    await tab.page.evaluate(`db.beginTransaction().then((txn) => { window.open = txn; })`);
    await tab.link.call("route.clear", { transactions: "cancel" });
    const { error } = await tab.outcome(`open.query("CREATE tx SET text = 'too late'")`);
    expect(error?.message).toContain("Nothing was sent.");
    // One of the page's own is asked about, too, and stays with the page.
    await tab.page.evaluate(`db.beginTransaction().then((txn) => { window.open = txn; })`);
    await expect
      .poll(async () => (await tab.link.snapshot()).page?.sessions[0]?.transactions)
      .toHaveLength(1);
    const own = await tab.link.call("route.set", { to: scene.held.bob });
    expect(own.ask).toMatchObject({ transactions: [{ as: "Page's own session" }] });
    await tab.link.call("route.set", { to: scene.held.bob, transactions: "finish" });
    await tab.page.evaluate(`open.query("CREATE tx SET text = 'own'").then(() => open.commit())`);
    expect(await count()).toEqual(["committed", "finished", "own"]);
    await expect
      .poll(async () => (await tab.link.snapshot()).page?.sessions[0]?.transactions)
      .toEqual([]);
    await tab.runAsItself();
  });

  test("the whole page, or one of its sessions alone", async () => {
    await tab.page.evaluate(async () => {
      Object.assign(window, {
        kept: { fork: await db.forkSession(), fresh: await db.newSession() },
      });
      await kept.fresh?.signin({ username: "root", password: "root" });
      await kept.fresh?.use({ namespace: "app", database: "tenant_a" });
    });
    const three = async () => [
      await tab.who(),
      await tab.who("kept.fork"),
      await tab.who("kept.fresh"),
    ];
    const own = ["operator app/tenant_b", "operator app/tenant_b", "root app/tenant_a"];
    expect(await three()).toEqual(own);
    await tab.runAs(scene.held.bob);
    expect(await three()).toEqual([BOB, own[1], own[2]]);
    await tab.runAs(scene.held.bob, { kind: "page" });
    expect(await three()).toEqual([BOB, BOB, BOB]);
    const session = { frame: "top", url: scene.server.url, client: 1, order: 2, label: "fresh" };
    await tab.runAs(scene.held.bob, { kind: "session", session });
    expect(await three()).toEqual([own[0], own[1], BOB]);
    // A live query of a session that is closed ends with it.
    await tab.page.evaluate(
      `kept.fresh.live(new sdk.Table("note")).then(() => kept.fresh.closeSession())`,
    );
    await expect
      .poll(async () =>
        (await tab.link.snapshot()).sessions
          .filter(({ key }) => key === scene.held.bob)
          .map(({ liveQueries }) => liveQueries.length),
      )
      .toEqual([0]);
    await tab.runAsItself();
  });

  test("an answer that comes after the socket's end reaches nobody, and what it began ends", async () => {
    await tab.runAs(scene.held.bob);
    await tab.page.evaluate(() => {
      const [, , raw] = clients;
      if (!raw) throw new Error("no client");
      const late: unknown[] = [];
      Object.assign(window, { late });
      void raw.rpc("live", [new sdk.Table("note")]);
      void raw.rpc("query", ["RETURN sleep(300ms)", {}]).catch(() => undefined);
      raw.socket.addEventListener("message", () => late.push("message"));
      raw.socket.close();
    });
    await tab.page.evaluate("new Promise((resolve) => setTimeout(resolve, 600))");
    expect(await tab.page.evaluate("late")).toEqual([]);
    await expect
      .poll(async () =>
        (await tab.link.snapshot()).sessions
          .filter(({ key }) => key === scene.held.bob)
          .map(({ liveQueries }) => liveQueries.length),
      )
      .toEqual([0]);
    expect(await tab.who()).toBe(BOB);
    await tab.runAsItself();
  });

  test("answers come each in a task of its own, on the socket that asked, as messages of its own", async () => {
    await tab.runAs(scene.held.bob);
    const said = await tab.page.evaluate(async (url) => {
      const socket = new WebSocket(url, "json");
      await new Promise((resolve) => {
        socket.onopen = resolve;
      });
      const ids = new Set<number>();
      let together = 0;
      let inTask = false;
      let others = 0;
      await new Promise<void>((resolve) => {
        socket.onmessage = (event) => {
          // What a task leaves to be done runs before the next one begins.
          if (inTask) together++;
          inTask = true;
          queueMicrotask(() => {
            inTask = false;
          });
          if (event.target !== socket || event.origin !== new URL(url).origin) others++;
          ids.add(JSON.parse(event.data).id);
          if (ids.size === 200) resolve();
        };
        for (let id = 0; id < 200; id++) {
          socket.send(JSON.stringify({ id, method: "query", params: ["RETURN 1"] }));
        }
      });
      socket.close();
      return { together, others };
    }, scene.server.url);
    expect(said).toEqual({ together: 0, others: 0 });
    await tab.runAsItself();
  });

  test("two tabs at once, each as somebody else; inner frames of the same origin go with it, others don't", async () => {
    const other = await scene.openRouted({
      as: "alice",
      frames: ["same-origin", "cross-origin"],
    });
    await tab.runAs(scene.held.admin);
    await other.runAs(scene.held.bob);
    expect(await tab.who()).toBe("root app/tenant_a");
    expect(await other.who()).toBe(BOB);
    const inFrame = (index: number) =>
      other.page.evaluate<string, []>(
        `inFrame(${index}, ${JSON.stringify(`db.query("RETURN <string> $auth.id").then(([id]) => id)`)})`,
      );
    expect(await inFrame(0)).toBe("user:bob");
    expect(await inFrame(1)).toBe("user:alice");
    // A frame of another origin is chosen itself.
    const { page } = await other.link.snapshot();
    const cross = page?.frames.find(({ origin }) => origin.includes("127.0.0.1"));
    await other.link.call("route.set", {
      to: scene.held.admin,
      documentId: cross?.documentId ?? "",
    });
    expect(await inFrame(0)).toBe("user:bob");
    const admin = `db.query("RETURN <string> $token.ID").then(([id]) => id)`;
    expect(await other.page.evaluate(`inFrame(1, ${JSON.stringify(admin)})`)).toBe("root");
    await other.runAsItself();
    expect(await inFrame(0)).toBe("user:alice");
    expect(await other.page.evaluate(`inFrame(1, ${JSON.stringify(admin)})`)).toBe("root");
    await other.page.close();
    await tab.runAsItself();
  });

  test("what is recorded says what went by way of the route, and as whom", async () => {
    await tab.runAs(scene.held.bob);
    const recorded = await tab.record(scene.browser);
    // Recording has begun when the page's own frames are told.
    await expect
      .poll(async () => {
        await tab.page.evaluate(`db.set("stirs", 1)`);
        return (await recorded()).length;
      })
      .toBeGreaterThan(0);
    const before = (await recorded()).length;
    await tab.page.evaluate(async () => {
      await db.query("RETURN 1");
      await db.set("own", 1);
    });
    await expect
      .poll(async () => (await recorded()).slice(before).filter(({ relayed }) => relayed))
      .toEqual([
        { direction: "sent", relayed: true, user: "user:bob" },
        { direction: "received", relayed: true },
      ]);
    await expect
      .poll(async () => (await recorded()).slice(before).some(({ relayed }) => !relayed))
      .toBe(true);
    await tab.runAsItself();
  });

  test("sockets that can't be followed don't go on as the page: they are closed", async () => {
    await tab.runAs(scene.held.bob);
    const said = await tab.page.evaluate(async (url) => {
      const Usual = WebSocket;
      class Sending extends Usual {
        override send(data: Parameters<WebSocket["send"]>[0]) {
          super.send(data);
        }
      }
      /** How it ends, or what it is told. */
      const ask = (socket: WebSocket) =>
        new Promise<string>((resolve) => {
          socket.onclose = ({ code }) => resolve(`closed ${code}`);
          socket.onmessage = ({ data }) => resolve(String(data));
          socket.onopen = () =>
            socket.send(`{"id":1,"method":"query","params":["RETURN <string> $auth"]}`);
        });
      const answers = [await ask(new Sending(url, "json"))];
      const sockets: WebSocket[] = [];
      for (let n = 0; n < 70; n++) {
        const socket = new Usual(url, "json");
        sockets.push(socket);
        await new Promise((resolve) => {
          socket.onopen = resolve;
        });
        if (n < 66) continue;
        const answer = ask(socket);
        socket.onopen?.(new Event("open"));
        answers.push(await answer);
      }
      for (const socket of sockets) socket.close();
      return answers;
    }, scene.server.url);
    expect(said[0]).toMatch(/^closed (4001|1006)$/);
    expect(said.slice(1)).toEqual(Array(4).fill("closed 4001"));
    await tab.runAsItself();
  });

  test("frames without an origin are never routed", async () => {
    await tab.runAs(scene.held.bob, { kind: "page" });
    const script = `
      const socket = new WebSocket(${JSON.stringify(scene.server.url)}, "json");
      socket.onopen = () => socket.send('{"id":1,"method":"query","params":["RETURN <string> ($auth.id ?? 1)"]}');
      socket.onmessage = ({ data }) => parent.postMessage({ opaque: data }, "*");`;
    const markup = `<script>${script}</script>`;
    for (const make of [
      `frame.setAttribute("sandbox", "allow-scripts"); frame.srcdoc = markup;`,
      `frame.src = "data:text/html," + encodeURIComponent(markup);`,
      `frame.setAttribute("sandbox", "allow-scripts"); frame.src = URL.createObjectURL(new Blob([markup], { type: "text/html" }));`,
    ]) {
      const said = await tab.page.evaluate<string, []>(`new Promise((resolve) => {
        const markup = ${JSON.stringify(markup).replaceAll("</", "<\\/")};
        const frame = document.createElement("iframe");
        ${make}
        addEventListener("message", ({ data }) => data?.opaque && resolve(data.opaque));
        document.body.append(frame);
      })`);
      expect(said).not.toContain("bob");
      expect(said).toMatch(/"result":\[|nonymous/);
      await tab.page.evaluate(
        `document.querySelectorAll("iframe").forEach((frame) => frame.remove())`,
      );
    }
    // About the same as the page itself: of its origin, and routed as it is.
    await tab.runAsItself();
  });
});
