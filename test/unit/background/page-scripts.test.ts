/** What is registered with the browser is always what should run: on sites, and while views are open. */
import { describe, expect, it } from "vitest";
import type { Scripting } from "webextension-polyfill";
import { PageScripts, type ScriptRegistry } from "../../../src/background/page-scripts.ts";
import { Sites } from "../../../src/background/sites.ts";
import { LOCAL_SITES } from "../../../src/messages/site-pattern.ts";
import { until } from "../../support/registry.ts";

type Script = Scripting.RegisteredContentScript;

/** `browser.scripting`, as strict as the browsers are about ids. */
class FakeScripting {
  scripts = new Map<string, Script>();
  refuses = false;

  async getRegisteredContentScripts(): Promise<Script[]> {
    return [...this.scripts.values()].map((script) => structuredClone(script));
  }
  async registerContentScripts(scripts: Script[]): Promise<void> {
    if (this.refuses) throw new Error("Not permitted");
    for (const script of scripts) {
      if (this.scripts.has(script.id)) throw new Error(`Duplicate script ID ${script.id}`);
      this.scripts.set(script.id, script);
    }
  }
  async updateContentScripts(scripts: Script[]): Promise<void> {
    for (const script of scripts) {
      if (!this.scripts.has(script.id)) throw new Error(`No script ${script.id}`);
      this.scripts.set(script.id, script);
    }
  }
  async unregisterContentScripts({ ids = [] }: { ids?: string[] } = {}): Promise<void> {
    for (const id of ids) {
      if (!this.scripts.delete(id)) throw new Error(`No script ${id}`);
    }
  }
}

const ACME = "*://staging.acme.com/*";
const DECLARED: ConstructorParameters<typeof PageScripts>[0]["declared"] = [
  { matches: [...LOCAL_SITES], js: ["bridge.js"] },
  { matches: [...LOCAL_SITES], js: ["moz-extension://1-2/hook.js"], world: "MAIN" },
];

function stage(scripting = new FakeScripting()) {
  const failures: unknown[] = [];
  const scripts = new PageScripts({
    scripting: scripting as ScriptRegistry,
    declared: DECLARED,
    marker: "/listen.js",
    routeMarker: "/route-marker.js",
    apiMarker: "assets/api-marker.js",
    failed: (error) => failures.push(error),
  });
  return { scripting, scripts, failures };
}

describe("the marker", () => {
  it("is registered while a view is open, on all enabled sites, and not over browser starts", async () => {
    const { scripting, scripts } = stage();
    await scripts.setSites([ACME]);
    scripts.setMarker(true);
    await until(() => scripting.scripts.has("switchyard-marker"));
    expect(scripting.scripts.get("switchyard-marker")).toMatchObject({
      js: ["/listen.js"],
      matches: [...LOCAL_SITES, ACME],
      runAt: "document_start",
      allFrames: true,
      world: "ISOLATED",
      persistAcrossSessions: false,
    });
    scripts.setMarker(false);
    await until(() => !scripting.scripts.has("switchyard-marker"));
  });

  it("of a worker that died is taken away by the next one", async () => {
    const { scripting, scripts } = stage();
    scripts.setMarker(true);
    await until(() => scripting.scripts.size === 1);
    const next = stage(scripting);
    next.scripts.setMarker(false);
    await until(() => scripting.scripts.size === 0);
  });

  it("that the browser refuses is told", async () => {
    const { scripting, scripts, failures } = stage();
    scripting.refuses = true;
    scripts.setMarker(true);
    await until(() => failures.length === 1);
    scripting.refuses = false;
    scripts.setMarker(true);
    await until(() => scripting.scripts.size === 1);
  });
});

describe("the route marker", () => {
  const LOCAL = "*://localhost/*";

  it("is registered on the hosts where something is routed, over browser starts where always", async () => {
    const { scripting, scripts } = stage();
    await scripts.setRouted({ tabs: [LOCAL, ACME], always: [ACME] });
    expect(scripting.scripts.get("switchyard-route-marker")).toMatchObject({
      js: ["/route-marker.js"],
      matches: [LOCAL],
      runAt: "document_start",
      allFrames: true,
      world: "ISOLATED",
      persistAcrossSessions: false,
    });
    expect(scripting.scripts.get("switchyard-always-marker")).toMatchObject({
      matches: [ACME],
      persistAcrossSessions: true,
    });
    await scripts.setRouted({ tabs: [], always: [] });
    expect(scripting.scripts.size).toBe(0);
  });

  it("stays while a new worker hasn't read the routes yet", async () => {
    const { scripting, scripts } = stage();
    await scripts.setRouted({ tabs: [LOCAL], always: [ACME] });
    const next = stage(scripting);
    await next.scripts.setSites([]);
    expect(scripting.scripts.size).toBe(2);
    await next.scripts.setRouted({ tabs: [], always: [ACME] });
    expect([...scripting.scripts.keys()]).toEqual(["switchyard-always-marker"]);
  });

  it("that the browser refuses fails whoever wants it", async () => {
    const { scripting, scripts } = stage();
    scripting.refuses = true;
    await expect(scripts.setRouted({ tabs: [LOCAL], always: [] })).rejects.toThrow("Not permitted");
  });
});

describe("enabled sites", () => {
  function sitesOf(granted: Set<string>) {
    const { scripting, scripts } = stage();
    let changes = 0;
    const sites = new Sites(
      {
        granted: async () => [...LOCAL_SITES, ...granted],
        remove: async (pattern) => granted.delete(pattern),
        register: (patterns) => scripts.setSites(patterns),
      },
      () => {
        changes += 1;
      },
    );
    return { scripting, sites, changes: () => changes };
  }

  it("follow what is granted: bridge and hook run there, in their worlds, and no longer when it is taken back", async () => {
    const granted = new Set<string>();
    const { scripting, sites, changes } = sitesOf(granted);
    await sites.refresh();
    expect(sites.all).toEqual([]);
    expect(scripting.scripts.size).toBe(0);

    granted.add(ACME);
    await sites.refresh();
    expect(sites.all).toEqual([{ pattern: ACME, host: "staging.acme.com" }]);
    expect([...scripting.scripts.values()]).toMatchObject([
      { js: ["bridge.js"], world: "ISOLATED", matches: [ACME], persistAcrossSessions: true },
      { js: ["hook.js"], world: "MAIN", matches: [ACME], excludeMatches: [...LOCAL_SITES] },
    ]);
    granted.add("*://b.example/*");
    await Promise.all([sites.refresh(), sites.refresh()]);
    expect(scripting.scripts.get("switchyard-site-0")?.matches).toHaveLength(2);

    await sites.disable(ACME);
    expect(sites.all.map(({ host }) => host)).toEqual(["b.example"]);
    granted.clear();
    await sites.refresh();
    expect(scripting.scripts.size).toBe(0);
    expect(changes()).toBe(4);
  });

  it("may be all of them, which the local ones stay out of", async () => {
    const { scripting, sites } = sitesOf(new Set(["<all_urls>"]));
    await sites.refresh();
    expect(sites.all).toEqual([{ pattern: "<all_urls>", host: "all sites" }]);
    expect(scripting.scripts.get("switchyard-site-1")?.excludeMatches).toEqual([...LOCAL_SITES]);
  });

  it("on which the browser refuses to run scripts are listed even so, and can be taken back", async () => {
    const granted = new Set([ACME]);
    const { scripting, sites } = sitesOf(granted);
    scripting.refuses = true;
    await expect(sites.refresh()).rejects.toThrow("Not permitted");
    expect(sites.all).toHaveLength(1);
    await sites.disable(ACME);
    expect(sites.all).toEqual([]);
  });

  it("that the browser doesn't give back are said to stay", async () => {
    const scripts = stage().scripts;
    const sites = new Sites(
      {
        granted: async () => [ACME],
        remove: async () => false,
        register: (patterns) => scripts.setSites(patterns),
      },
      () => undefined,
    );
    await sites.refresh();
    await expect(sites.disable(ACME)).rejects.toThrow("didn't take back the permission");
    expect(sites.all).toHaveLength(1);
  });
});
