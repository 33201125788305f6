/**
 * Something hostile at `window.Clerk`, by the page's `?kind=`: whoever looks at it must neither fail
 * nor hang. The page counts in `window.looks` how often a member was asked for.
 */
let looks = 0;
Object.defineProperty(window, "looks", { get: () => looks });

/** Whatever is asked for throws, and so does asking what there is. */
function throwing() {
  const refuse = () => {
    looks++;
    throw new Error("hostile on purpose");
  };
  const traps = ["get", "has", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf", "apply"];
  return new Proxy(() => undefined, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

/** All members are there, and none is what it should be; never twice the same. */
function nonsense() {
  const cyclic = { id: "sess_cyclic", status: "active" };
  cyclic.user = cyclic;
  const session = (over) => ({
    id: "sess_fake",
    status: "active",
    user: { id: "user_fake" },
    ...over,
  });
  const sessions = [
    null,
    42,
    "a session",
    Symbol("session"),
    () => undefined,
    cyclic,
    throwing(),
    session({ id: { toString: throwing() } }),
    session({ id: "<img src=x onerror='window.injected = true'>", status: "admin" }),
    session({ id: "x".repeat(5_000_000) }),
    session({ id: "sess_dates", expireAt: new Date(Number.NaN), abandonAt: "soon", updatedAt: 1n }),
    session({ id: "sess_dates_far", expireAt: new Date(8.64e15), lastActiveAt: -1 }),
    session({ id: "sess_token", lastActiveToken: { getRawString: () => "not.a.token" } }),
    session({ id: "sess_token_throws", lastActiveToken: { getRawString: throwing() } }),
    session({ id: "sess_same" }),
    session({ id: "sess_same" }),
    session({ id: "__proto__", user: { fullName: { toJSON: () => ({}) } } }),
  ];
  return {
    version: 6,
    loaded: "yes",
    status: ["ready"],
    get client() {
      looks++;
      return looks % 2 ? { sessions, lastActiveSessionId: 7, reload: "now" } : "no client";
    },
    get session() {
      looks++;
      return looks % 2 ? 12 : cyclic;
    },
    setActive: "not a function",
    addListener: () => "not a function either",
    signOut: null,
    getFapiClient: () => undefined,
  };
}

/** Nothing ever comes to an end: promises, lists, members of members. */
function endless() {
  // Each answer is another promise, a moment later: the page itself goes on living.
  // biome-ignore lint/suspicious/noThenProperty: what is wanted is a promise that isn't one.
  const later = { then: (resolve) => void setTimeout(() => resolve(later), 1) };
  const never = () => {
    looks++;
    return later;
  };
  const deep = () =>
    new Proxy(
      {},
      {
        get: (_, name) => {
          looks++;
          return name === "then" ? undefined : deep();
        },
      },
    );
  const sessions = new Proxy([], {
    get: (_, name) => {
      looks++;
      if (name === "length") return Number.POSITIVE_INFINITY;
      return typeof name === "symbol" ? Array.prototype[name] : deep();
    },
  });
  return {
    version: "6.40.0",
    loaded: true,
    status: "ready",
    client: { sessions, signedInSessions: sessions, lastActiveSessionId: "sess_0", reload: never },
    session: deep(),
    setActive: never,
    signOut: never,
    // Calls back at once, and again for ever.
    addListener: (listener) => {
      setInterval(() => listener(deep()), 1);
      return never;
    },
    getFapiClient: () => ({ request: never }),
  };
}

const kind = new URLSearchParams(location.search).get("kind") ?? "throwing";
window.Clerk = { throwing, nonsense, endless }[kind]();
document.documentElement.dataset.state = "loaded";
