/**
 * The panel with made-up sessions, to look at: every status, long values, errors, a thousand rows.
 *
 *     npx vite --config test/support/ui/vite.config.ts
 *
 * then open `gallery.html?theme=dark&scene=rich`. Scenes: `rich`, `empty`, `thousand`, `trouble`.
 */
import { mountPanel } from "../../../src/ui/panel/panel.tsx";
import { createFakeClient } from "./fake-client.ts";
import { createFakeHost } from "./fake-host.ts";
import { isScene, scenes } from "./scenes.ts";

const query = new URLSearchParams(location.search);
const wanted = query.get("scene") ?? "rich";
const scene = isScene(wanted) ? wanted : "rich";
const theme = query.get("theme") === "dark" ? "dark" : "light";
const root = document.getElementById("root");
if (!root) throw new Error("The gallery's page has no #root");

const client = createFakeClient(scenes[scene]());
const host = createFakeHost({ theme, surface: query.has("tab") ? "tab" : "devtools" });
performance.mark("mount");
mountPanel(root, { client, host });
performance.mark("mounted");
// For whoever drives this page: a way to let the worker say something.
Object.assign(window, { gallery: client });
