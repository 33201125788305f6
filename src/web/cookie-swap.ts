/**
 * Swapping the cookies of one session for those of another, whole or not at all.
 *
 * The cookies API changes one cookie at a time, so nothing here is atomic. What makes it safe: the
 * outgoing cookies are read at the moment of the swap, what was set is read back and compared, and at
 * any failure the outgoing ones are put back, which is read back and compared too.
 *
 * A cookie that has its successor at the same place is overwritten, not removed and set: between the two
 * the page would have no session, and an SDK that looks just then sends its user to the sign-in page.
 *
 * Values of cookies are secrets: no message here has one.
 */
import { messageOf } from "../session/errors.ts";
import { cookiePlace } from "./cookie-place.ts";
import { CookiesRefusedError, HalfSwappedError, RolledBackError, WebError } from "./web-error.ts";
import type { CookieJar, WebCookie } from "./web-page.ts";

export interface CookieSwap {
  /** Names of all cookies that belong to a session, of any session. All others are left alone. */
  names: ReadonlySet<string>;
  /** What there is of these names afterwards, and nothing else. They are set in this order. */
  next: readonly WebCookie[];
}

/**
 * One swap at a time for a jar: the caller sees to it.
 *
 * @throws CookiesRefusedError, WebError where nothing was touched
 * @throws RolledBackError, HalfSwappedError
 */
export async function swapCookies(jar: CookieJar, swap: CookieSwap): Promise<void> {
  if (jar.refused) throw new CookiesRefusedError(jar.refused);
  check(jar, swap);
  const before = await read(jar, swap.names);
  const failure = await write(jar, swap.names, before, swap.next);
  if (failure === undefined) return;
  const second = await putBack(jar, swap.names, before);
  if (second !== undefined) throw new HalfSwappedError(failure, second);
  throw new RolledBackError(failure);
}

/** Refuses what can't go well before anything is touched. */
function check(jar: CookieJar, { names, next }: CookieSwap): void {
  const places = new Set<string>();
  for (const cookie of next) {
    if (!names.has(cookie.name)) {
      throw new WebError(
        `${cookie.name} is no cookie of this kind of session. Nothing was changed.`,
      );
    }
    if (cookie.storeId !== jar.storeId) {
      throw new WebError(
        "The saved session is of another container than this tab. Nothing was changed.",
        "Open a tab in the container that the session was saved from.",
      );
    }
    if (cookie.expireAt !== undefined && cookie.expireAt <= Date.now()) {
      throw new WebError(
        `The saved session's cookie ${cookie.name} ended on ${new Date(cookie.expireAt).toLocaleString()}: the browser would drop it. Nothing was changed.`,
        "Sign in again to get a new session.",
      );
    }
    const place = cookiePlace(cookie);
    if (places.has(place)) {
      throw new WebError(
        `The saved session has the cookie ${cookie.name} twice at one place. Nothing was changed.`,
      );
    }
    places.add(place);
  }
}

async function read(jar: CookieJar, names: ReadonlySet<string>): Promise<WebCookie[]> {
  return (await jar.all()).filter((cookie) => names.has(cookie.name));
}

/** What failed, one sentence; undefined: the jar has `next` and nothing else. */
async function write(
  jar: CookieJar,
  names: ReadonlySet<string>,
  before: readonly WebCookie[],
  next: readonly WebCookie[],
): Promise<string | undefined> {
  for (const cookie of before) {
    if (next.some((other) => overwrites(other, cookie))) continue;
    const failure = await attempt(`Removing the cookie ${cookie.name}`, () => jar.remove(cookie));
    if (failure !== undefined) return failure;
  }
  for (const cookie of next) {
    const failure = await attempt(`Setting the cookie ${cookie.name}`, () => jar.set(cookie));
    if (failure !== undefined) return failure;
  }
  return readBack(jar, names, next);
}

/**
 * Does all of it whatever fails, since each cookie that is back is better than none; what is read back
 * in the end is what counts.
 */
async function putBack(
  jar: CookieJar,
  names: ReadonlySet<string>,
  before: readonly WebCookie[],
): Promise<string | undefined> {
  // A cookie whose time came meanwhile would be gone without us too.
  const next = before.filter(({ expireAt }) => expireAt === undefined || expireAt > Date.now());
  const failures: (string | undefined)[] = [];
  let found: readonly WebCookie[] = [];
  const reading = async () => {
    found = await read(jar, names);
  };
  failures.push(await attempt("Reading the cookies", reading));
  for (const cookie of found) {
    if (next.some((other) => overwrites(other, cookie))) continue;
    failures.push(await attempt(`Removing the cookie ${cookie.name}`, () => jar.remove(cookie)));
  }
  for (const cookie of next) {
    failures.push(await attempt(`Setting the cookie ${cookie.name}`, () => jar.set(cookie)));
  }
  const difference = await readBack(jar, names, next);
  if (difference === undefined) return undefined;
  return failures.find((failure) => failure !== undefined) ?? difference;
}

/** Compares what is there with what should be: one sentence where it differs. */
async function readBack(
  jar: CookieJar,
  names: ReadonlySet<string>,
  expected: readonly WebCookie[],
): Promise<string | undefined> {
  let difference: string | undefined;
  const failure = await attempt("Reading the cookies back", async () => {
    difference = differenceOf(await read(jar, names), expected);
  });
  return failure ?? difference;
}

function differenceOf(
  found: readonly WebCookie[],
  expected: readonly WebCookie[],
): string | undefined {
  const byPlace = new Map(found.map((cookie) => [cookiePlace(cookie), cookie]));
  for (const cookie of expected) {
    const there = byPlace.get(cookiePlace(cookie));
    if (!there) return `The browser didn't keep the cookie ${cookie.name} as it was set.`;
    if (there.value !== cookie.value)
      return `Something else wrote the cookie ${cookie.name} meanwhile.`;
    if (there.secure !== cookie.secure || there.httpOnly !== cookie.httpOnly) {
      return `The browser kept the cookie ${cookie.name} with other properties.`;
    }
    byPlace.delete(cookiePlace(cookie));
  }
  const [more] = byPlace.values();
  return more && `A cookie ${more.name} is there that wasn't set, under ${more.path}.`;
}

/**
 * One sentence where it fails. Errors of a jar say by themselves what they are about, but not which
 * cookie it was.
 */
async function attempt(what: string, step: () => Promise<void>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    return `${what} failed: ${messageOf(error)}`;
  }
}

/**
 * True where setting `next` takes the place of `old`. Not over a secure one by one that isn't: browsers
 * leave secure cookies alone when a URL without TLS sets them.
 */
function overwrites(next: WebCookie, old: WebCookie): boolean {
  return cookiePlace(next) === cookiePlace(old) && (next.secure || !old.secure);
}
