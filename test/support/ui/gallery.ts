/**
 * The views with made-up sessions, to look at: every status, long values, errors, a thousand rows.
 *
 *     npx vite --config test/support/ui/vite.config.ts
 *
 * then open `gallery.html?theme=dark&scene=rich`. Scenes of the panel: those of scenes.ts,
 * request-scenes.ts, route-examples.ts and web-scenes.ts; with
 * `view=popup` or `view=options`: those of site-scenes.ts; with `view=compare`: those of compare-scenes.ts.
else  * `view=popup` or `view=options`: those of site-scenes.ts; with `view=result`: those of result-scenes.ts.
 */
import { mountOptions } from "../../../src/ui/options/options.tsx";
import { mountPanel } from "../../../src/ui/panel/panel.tsx";
import { mountPopup } from "../../../src/ui/popup/popup.tsx";
import { showComparison } from "./compare-scenes.ts";
import { createFakeClient } from "./fake-client.ts";
import { createFakeHost } from "./fake-host.ts";
import { requestScenes } from "./request-scenes.ts";
import { showResult } from "./result-scenes.ts";
import { routeScenes } from "./route-examples.ts";
import { isScene, scenes } from "./scenes.ts";
import { siteScenes } from "./site-scenes.ts";
import { webScenes, webSiteScenes } from "./web-scenes.ts";

const query = new URLSearchParams(location.search);
const theme = query.get("theme") === "dark" ? "dark" : "light";
const view = query.get("view") ?? "panel";
const wanted = query.get("scene") ?? "";
const root = document.getElementById("root");
if (!root) throw new Error("The gallery's page has no #root");

if (view === "compare") showComparison(root, query);
else if (view === "result") showResult(root, query);
else if (view === "popup" || view === "options") {
  const scene = webSiteScenes[wanted] ?? siteScenes[wanted] ?? siteScenes.on;
  if (!scene) throw new Error(`There is no scene ${wanted}.`);
  const client = createFakeClient(scene.snapshot);
  const host = createFakeHost({ ...scene.host, theme, surface: view });
  if (view === "popup") mountPopup(root, { client, host, switching: query.has("switch") });
  else mountOptions(root, { client, host, site: query.get("site") ?? undefined });
  Object.assign(window, { gallery: client });
} else {
  const requests = requestScenes[wanted];
  const routed = routeScenes[wanted];
  const snapshot =
    requests?.snapshot() ??
    routed?.() ??
    webScenes[wanted]?.() ??
    scenes[isScene(wanted) ? wanted : "rich"]();
  const client = createFakeClient(snapshot);
  const host = createFakeHost({
    theme,
    surface: query.has("tab") ? "tab" : "devtools",
    asksCookies: wanted !== "web-cookies-elsewhere",
    preferences: JSON.parse(query.get("preferences") ?? "{}"),
  });
  performance.mark("mount");
  mountPanel(root, { client, host });
  performance.mark("mounted");
  // After the snapshot, which the client tells as soon as somebody listens.
  setTimeout(() => {
    for (const records of requests?.traffic() ?? []) client.emit({ event: "traffic", records });
  });
  // For whoever drives this page: a way to let the worker say something.
  Object.assign(window, { gallery: client });
}
