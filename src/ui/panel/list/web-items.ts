/**
 * The web sign-ins in the list: one group per origin with what its systems have to say, and the sessions
 * beneath; saved ones stand among the person's own, or under Closed once they are no more.
 */
import type { WebSessionView, WebSiteView } from "../../../web/web-model.ts";
import { matchesWeb } from "../../store/matches.ts";
import { siteName } from "../../words/routes.ts";
import { isOver, systemTrouble } from "../../words/web.ts";
import type { GroupId, ListItem } from "./items.ts";

/** What of web sign-ins the list shows. */
export interface ListWeb {
  sites: readonly WebSiteView[];
  /** Of the page. */
  sessions: readonly WebSessionView[];
  saved: readonly WebSessionView[];
}

export interface WebGroup {
  id: GroupId;
  title: string;
  /** Sessions that aren't over. */
  count: number;
  items: ListItem[];
}

/** The group of an origin's sign-ins. */
export function signInGroup(origin: string): GroupId {
  return `sign-in/${origin}`;
}

export function signInGroups({ sites, sessions }: ListWeb, filter: string): WebGroup[] {
  const filtered = filter.trim() !== "";
  // Of an origin whose systems are gone there may be sessions that ended with them.
  const origins = [...sites.map(({ holder }) => holder), ...sessions].map(({ origin }) => origin);
  return [...new Set(origins)].flatMap((origin) => {
    const site = sites.find(({ holder }) => holder.origin === origin);
    const id = signInGroup(origin);
    const hits = sessions.filter((each) => each.origin === origin && matchesWeb(each, filter));
    if (filtered && hits.length === 0) return [];
    const living = hits.filter(({ status }) => !isOver(status));
    const over = hits.filter(({ status }) => isOver(status));
    const said = filtered || !site ? [] : saidOf(site);
    const rows = [...living, ...over].map(
      ({ key }): ListItem => ({ kind: "session", key, row: "web" }),
    );
    const silent = rows.length === 0 && said.length === 0;
    return [
      {
        id,
        title: `Sign-in: ${siteName(origin)}`,
        count: living.length,
        items: silent ? [{ kind: "none", group: id }] : [...said, ...rows],
      },
    ];
  });
}

/** What is to be known of a site's systems before their sessions: a line each. */
function saidOf({ holder: { origin }, systems }: WebSiteView): ListItem[] {
  const troubles = systems
    .filter((system) => systemTrouble(system) !== undefined)
    .map((system): ListItem => ({ kind: "system", origin, system: system.kind }));
  const refusal = systems.find(({ cookies }) => cookies !== undefined)?.cookies;
  return refusal === undefined ? troubles : [...troubles, { kind: "cookies", origin, refusal }];
}

/** Of one that ended at the server nothing is left to switch to. */
export function isClosedWeb({ status }: Pick<WebSessionView, "status">): boolean {
  return ["ended", "removed", "replaced", "gone"].includes(status);
}

/** Saved ones that the filter means, by where they stand. */
export function savedItems(
  { saved }: ListWeb,
  filter: string,
): { mine: ListItem[]; closed: ListItem[] } {
  const hits = saved.filter((session) => matchesWeb(session, filter));
  const row = (row: "web" | "closed-web") => (each: WebSessionView) =>
    ({ kind: "session", key: each.key, row }) as const;
  return {
    mine: hits.filter((each) => !isClosedWeb(each)).map(row("web")),
    closed: hits.filter(isClosedWeb).map(row("closed-web")),
  };
}
