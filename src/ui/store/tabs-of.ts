/** Which tabs run as a session: what would cut them asks first, and names them. */
import type { SessionKey } from "../../session/model.ts";
import { siteName } from "../words/routes.ts";
import type { PanelStore } from "./store.ts";

/**
 * "this tab (localhost:5173)", "another tab (localhost:3000)", this one first. Reading it subscribes.
 * What the view knows of its own tab goes before what it was told of all.
 */
export function tabsOf(
  { host, routes, routed }: Pick<PanelStore, "host" | "routes" | "routed">,
  isMeant: (key: SessionKey) => boolean,
): string[] {
  const own = [routes.current.value, ...routes.frames.value].flatMap((route) =>
    route && isMeant(route.to) ? [`this tab (${siteName(route.origin)})`] : [],
  );
  const others = routed.value
    .filter(({ tabId, to }) => tabId !== host.tabId && isMeant(to))
    .map(({ origin }) => `another tab (${siteName(origin)})`);
  return [...new Set([...own, ...others])];
}

/** "this tab (…) and another tab (…)". */
export function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
