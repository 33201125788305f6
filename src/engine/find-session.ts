/** Which session a URL `switchyard://…` means, and how to come by it. */
import type { ApiSession } from "../messages/api-messages.ts";
import { refused } from "./engine-error.ts";
import type { SwitchyardProvider } from "./provider.ts";

/** The label or id in `switchyard://…`; empty: the only one that is granted. */
export function nameIn(url: URL): string {
  return decodeURIComponent(url.host);
}

/**
 * Finds it among the sessions that are granted, or asks for it.
 * @throws SwitchyardError where it isn't granted, or the name fits several
 */
export async function findSession(
  provider: SwitchyardProvider,
  name: string,
  reason: string | undefined,
): Promise<ApiSession> {
  const granted = await provider.request({ method: "switchyard_sessions", params: {} });
  const present = pick(granted, name);
  if (present) return present;
  const params = { more: granted.length > 0, ...(reason === undefined ? {} : { reason }) };
  const sessions = await provider.request({ method: "switchyard_requestSessions", params });
  const found = pick(sessions, name);
  if (found) return found;
  const labels = sessions.map(({ label }) => `“${label}”`).join(", ");
  throw refused("unauthorized", `“${name}” is not granted to this page, only ${labels}.`);
}

/** @throws SwitchyardError where the name fits several */
function pick(sessions: readonly ApiSession[], name: string): ApiSession | undefined {
  const byId = sessions.find(({ id }) => id === name);
  if (byId) return byId;
  const [first, ...others] = name === "" ? sessions : sessions.filter((s) => s.label === name);
  if (others.length === 0) return first;
  throw refused("params", `Several sessions fit “${name}”: connect to one by its id.`);
}
