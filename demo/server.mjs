/**
 * `npm run server`: the embedded SurrealDB alone. Installs what is missing, then hands over to
 * server/main.ts.
 */
import { handOverTo } from "./hand-over.mjs";
import { ensureInstalled } from "./install.mjs";

await ensureInstalled();
handOverTo("./server/main.ts");
