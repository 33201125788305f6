/**
 * What is read of `window.Clerk`, in the page's own world.
 *
 * The function is sent as source: nothing outside it may be named in it. It calls nothing that asks a
 * server or writes a cookie: `getToken()` and `touch()` of a session that isn't the active one would
 * write that user's cookie into the page. The page may have made `Clerk` up: any getter may throw, any
 * text be endless, any list be huge or contain itself. So each access is guarded, and what leaves is
 * JSON data of a bounded size.
 */

/** What was found, as plain data; `look-answer.ts` reads it. Absent fields weren't there, or threw. */
export function lookInPage(): unknown {
  const MOST_SESSIONS = 50;
  const MOST_ITEMS = 20;
  const MOST_SCRIPTS = 500;
  const LONGEST_NAME = 300;
  const LONGEST_TOKEN = 4096;
  // Characters that one session may still tell.
  const MOST_OF_ONE = 16_000;
  let left = MOST_OF_ONE;
  let threw: string | undefined;

  const read = (from: unknown, name: string): unknown => {
    if ((typeof from !== "object" || from === null) && typeof from !== "function") return undefined;
    try {
      return (from as Record<string, unknown>)[name];
    } catch {
      threw ??= name;
      return undefined;
    }
  };
  const call = (from: unknown, name: string): unknown => {
    const method = read(from, name);
    if (typeof method !== "function") return undefined;
    try {
      return method.call(from);
    } catch {
      threw ??= name;
      return undefined;
    }
  };
  const text = (value: unknown): string | undefined => {
    if (typeof value !== "string" || left <= 0) return undefined;
    // One more than a name may have: an id that was cut is no id.
    const cut = value.slice(0, LONGEST_NAME + 1);
    left -= cut.length;
    return cut;
  };
  const isList = (value: unknown): boolean => {
    try {
      return Array.isArray(value);
    } catch {
      // A revoked Proxy.
      return false;
    }
  };
  const lengthOf = (list: unknown): number => {
    const length = isList(list) ? read(list, "length") : 0;
    return typeof length === "number" && length > 0 ? length : 0;
  };
  const items = (list: unknown, most: number): unknown[] => {
    const found: unknown[] = [];
    const end = Math.min(lengthOf(list), most);
    for (let at = 0; at < end; at++) found[at] = read(list, String(at));
    return found;
  };
  const time = (value: unknown): number | undefined => {
    const ms = typeof value === "number" ? value : call(value, "getTime");
    return typeof ms === "number" ? ms : undefined;
  };
  const plain = (value: unknown, depth: number): unknown => {
    left -= 8;
    if (left <= 0) return undefined;
    if (typeof value === "string") return text(value);
    if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
    if (typeof value !== "object" || depth === 0) return undefined;
    if (isList(value))
      return items(value, MOST_ITEMS).map((item) => plain(item, depth - 1) ?? null);
    const copy: Record<string, unknown> = {};
    let names: string[] = [];
    try {
      names = Object.keys(value);
    } catch {
      threw ??= "keys";
    }
    for (const name of names.slice(0, MOST_ITEMS)) {
      const key = text(name);
      // Assigning `__proto__` would set a prototype.
      if (key !== undefined && key !== "__proto__") copy[key] = plain(read(value, name), depth - 1);
    }
    return copy;
  };

  const session = (from: unknown, listed: boolean) => {
    left = MOST_OF_ONE;
    const user = read(from, "user");
    const token = call(read(from, "lastActiveToken"), "getRawString");
    return {
      listed,
      id: text(read(from, "id")),
      status: text(read(from, "status")),
      createdAt: time(read(from, "createdAt")),
      updatedAt: time(read(from, "updatedAt")),
      lastActiveAt: time(read(from, "lastActiveAt")),
      expireAt: time(read(from, "expireAt")),
      abandonAt: time(read(from, "abandonAt")),
      user: {
        id: text(read(user, "id")),
        fullName: text(read(user, "fullName")),
        username: text(read(user, "username")),
        email: text(read(read(user, "primaryEmailAddress"), "emailAddress")),
      },
      publicUserData: plain(read(from, "publicUserData"), 1),
      organization: text(read(from, "lastActiveOrganizationId")),
      actor: plain(read(from, "actor"), 4),
      factorAges: plain(read(from, "factorVerificationAge"), 1),
      tasks: items(read(from, "tasks"), MOST_ITEMS).map((task) => text(read(task, "key")) ?? null),
      currentTask: text(read(read(from, "currentTask"), "key")),
      // A cut token would be another token.
      token: typeof token === "string" && token.length <= LONGEST_TOKEN ? token : undefined,
      tokenIsTooLong: typeof token === "string" && token.length > LONGEST_TOKEN,
    };
  };

  /** Scripts that load clerk-js; the one of Clerk's components carries the same attributes. */
  const countScripts = (): number => {
    let count = 0;
    try {
      const scripts = document.querySelectorAll("script[src]");
      for (let at = 0; at < Math.min(scripts.length, MOST_SCRIPTS); at++) {
        const script = scripts[at] as HTMLScriptElement;
        if (script.hasAttribute("data-clerk-ui-script")) continue;
        const file = script.src.slice(0, LONGEST_TOKEN).split(/[?#]/)[0] ?? "";
        if (
          script.hasAttribute("data-clerk-js-script") ||
          /\/clerk(\.legacy|\.headless)?\.browser\.js$/.test(file)
        ) {
          count++;
        }
      }
    } catch {
      threw ??= "scripts";
    }
    return count;
  };

  const clerk = read(window, "Clerk");
  // An element with the id "Clerk" is reached by that name too.
  if (clerk === undefined || clerk === null || typeof read(clerk, "nodeType") === "number") {
    return { there: threw !== undefined, threw };
  }
  if (typeof read(clerk, "setActive") !== "function") return { there: true, isClerk: false, threw };
  const client = read(clerk, "client");
  const listed = read(client, "sessions");
  const current = read(clerk, "session");
  const currentId = read(current, "id");
  const environment =
    // Earlier versions have it under the second name.
    read(clerk, "__internal_environment") ?? read(clerk, "__unstable__environment");
  const sessions = items(listed, MOST_SESSIONS);
  const isListed = sessions.some((each) => read(each, "id") === currentId);
  const all = sessions.map((each) => session(each, true));
  if (typeof currentId === "string" && !isListed) {
    // Either Clerk doesn't list it any more, or it is beyond those that are shown.
    all.unshift(session(current, lengthOf(listed) > MOST_SESSIONS));
  }
  left = MOST_OF_ONE;
  return {
    there: true,
    isClerk: true,
    version: text(read(clerk, "version")),
    loaded: read(clerk, "loaded") === true,
    status: text(read(clerk, "status")),
    singleSession: plain(read(read(environment, "authConfig"), "singleSessionMode"), 0),
    scripts: countScripts(),
    hasList: isList(listed),
    listLength: lengthOf(listed),
    sessions: all,
    current: text(currentId),
    lastActive: text(read(client, "lastActiveSessionId")),
    threw,
  };
}
