/**
 * `npm start`: everything at once, on a fresh clone. Installs what is missing, then hands over to
 * start/main.ts: build, embedded SurrealDB, demo application, browser with the panel.
 */
import { handOverTo } from "./hand-over.mjs";
import { ensureInstalled } from "./install.mjs";

await ensureInstalled();
handOverTo("./start/main.ts");
