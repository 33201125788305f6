/** A web session as text to be handed on: all that is shown of it, times as ISO 8601, no token's value. */
import type { WebSessionView } from "../../../web/web-model.ts";

/** A time that no calendar has, which a page may well tell, stays the number that it is. */
function iso(at: number | undefined): string | number | undefined {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? at : date.toISOString();
}

/** JSON with two spaces of indentation. */
export function webSessionJson(session: WebSessionView): string {
  const { kind, id, user, userName, tenant, origin, label, current, status, cause } = session;
  const { claims, actor, tasks, facts, tokens, warnings, holder } = session;
  return JSON.stringify(
    {
      ...{ kind, id, label, user, userName, tenant, origin },
      saved: holder === "extension",
      ...{ current, status, cause },
      statusSince: iso(session.statusSince),
      createdAt: iso(session.createdAt),
      updatedAt: iso(session.updatedAt),
      lastActiveAt: iso(session.lastActiveAt),
      tokenExpireAt: iso(session.tokenExpireAt),
      expireAt: iso(session.expireAt),
      abandonAt: iso(session.abandonAt),
      ...{ claims, actor, tasks, warnings },
      facts: Object.fromEntries(
        facts.map(({ name, value, isTime }) => [
          name,
          isTime && typeof value === "number" ? iso(value) : value,
        ]),
      ),
      tokens: tokens.map(({ name, place, present, unseen }) => ({ name, place, present, unseen })),
    },
    null,
    2,
  );
}
