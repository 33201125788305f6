/**
 * Routes as they are read back: each that isn't whole is left out, so that nothing is routed by half
 * of a record. Also what an imported file may say of always-routes.
 */
import {
  type AgreedServer,
  isRoutable,
  type KeptRoutes,
  type Route,
  type TabRoutes,
} from "../session/relay/route-book.ts";
import type { AlwaysRoute, RouteNotice, RouteScope } from "../session/relay/route-model.ts";
import { type Check, listOf, number, oneOf, optional, shape, text } from "./stored-data.ts";

const origin: Check = (value) => typeof value === "string" && isRoutable(value);
const whole: Check = (value) => Number.isSafeInteger(value);

const isPlace = shape<Extract<RouteScope, { kind: "session" }>["session"]>({
  frame: text,
  url: text,
  client: whole,
  order: whole,
  label: text,
});

const isScope: Check = (value) =>
  shape<RouteScope>({ kind: oneOf("default", "page", "session") })(value) &&
  (value.kind !== "session" || isPlace(value.session));

const NOTICES: readonly RouteNotice["kind"][] = [
  "needs-reload",
  "cannot-serve",
  "page-selected",
  "page-signed-in",
  "variables",
  "unreadable-socket",
  "choose-again",
  "workers",
  "reload-advised",
];

const isBaseline = shape<Route["baseline"][string]>({
  namespace: optional(text),
  database: optional(text),
  user: optional(text),
});

const isRoute = shape<Route>({
  tabId: whole,
  topOrigin: origin,
  origin,
  to: text,
  scope: isScope,
  since: number,
  dismissed: listOf(oneOf(...NOTICES)),
  baseline: (value) =>
    typeof value === "object" && value !== null && Object.values(value).every(isBaseline),
});

const isDeclined = shape<TabRoutes["declined"][number]>({ tabId: whole, origin });

const isAlways = shape<AlwaysRoute>({ origin, to: text, scope: isScope });

const isAgreed = shape<AgreedServer>({ origin, server: text });

export function readTabRoutes(stored: unknown): TabRoutes {
  return {
    routes: membersOf(stored, "routes").filter(isRoute),
    declined: membersOf(stored, "declined").filter(isDeclined),
  };
}

export function readKeptRoutes(stored: unknown): KeptRoutes {
  return {
    always: membersOf(stored, "always").filter(isAlways),
    agreed: membersOf(stored, "agreed").filter(isAgreed),
  };
}

function membersOf(stored: unknown, name: string): unknown[] {
  if (typeof stored !== "object" || stored === null) return [];
  const list = (stored as Record<string, unknown>)[name];
  return Array.isArray(list) ? Array.from(list) : [];
}
