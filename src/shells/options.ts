/** The options, in a tab of their own. `?site=…` asks whether to enable that site. */
import { siteOfAddress } from "../messages/pages.ts";
import { type Mount, startView } from "./start.ts";
import { createViewHost } from "./view-host.ts";

startView({
  host: () => createViewHost({ surface: "options" }),
  view: async (): Promise<Mount> => {
    const { mountOptions } = await import("../ui/options/options.tsx");
    return (root, parts) => mountOptions(root, { ...parts, site: siteOfAddress(location.search) });
  },
  advice: "Load this page again.",
});
