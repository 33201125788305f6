/**
 * What the browser says of a tab, as far as it tells.
 *
 * Without a permission for its site a tab's address isn't told: such a page is "off" as far as the
 * worker can know, and the view asks its own surroundings what it looks at.
 */
import type { PageStatus } from "../session/page/page-model.ts";

export interface SeenTab {
  /** Absent where the browser doesn't tell. */
  url?: string;
  /** Switchyard may run on this page. */
  permitted: boolean;
  loading: boolean;
}

/** The browser's tabs; tests give their own. */
export interface Tabs {
  /** Asks the bridges of all frames to open their ports; false: there are none. */
  listen(tabId: number): Promise<boolean>;
  /** Undefined where the tab is gone. */
  look(tabId: number): Promise<SeenTab | undefined>;
  /** Rejects where the tab is gone. */
  reload(tabId: number): Promise<void>;
}

/** Why a page isn't watched, where no bridge answers. */
export function statusOfUnwatched({ url, permitted }: SeenTab): PageStatus {
  if (url === undefined) return "off";
  if (!/^(https?|file):/.test(url) || STORES.test(url)) return "forbidden";
  return permitted ? "needs-reload" : "off";
}

/** Where browsers let no extension run, whatever is granted. */
const STORES =
  /^https:\/\/(chromewebstore\.google\.com|chrome\.google\.com\/webstore|addons\.mozilla\.org)(\/|$)/;
