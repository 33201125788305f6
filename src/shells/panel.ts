/** The panel's page, in DevTools and in a tab of its own. */
import { startView } from "./start.ts";
import { createViewHost, panelPlace } from "./view-host.ts";

startView({
  host: () => createViewHost(panelPlace()),
  view: async () => (await import("../ui/panel/panel.tsx")).mountPanel,
  record: true,
  advice: "Close DevTools and open it again.",
});
