/** Taking the session out of a page, putting it back, and watching whether it stays. */
import { swapCookies } from "../cookie-swap.ts";
import { CookiesRefusedError, WebError } from "../web-error.ts";
import type { WebCookie, WebPage } from "../web-page.ts";
import type { Snapshot, Taken } from "../web-system.ts";
import { COOKIE_NAMES, inWriteOrder } from "./cookies.ts";
import { whyNotSaved } from "./look.ts";
import { clearPage } from "./page-acts.ts";
import { type Reading, readJar, readSite } from "./reading.ts";
import { savedSession, WARNING } from "./saved.ts";
import { handlesOf, type SessionState } from "./state.ts";

/** A renewal writes the server's cookies first and the SDK's a moment later. */
const BETWEEN_WRITES_MS = 200;
const LOOKS = 6;

const WATCHED_MS = 10_000;

/** By cookie store and origin: which session was there before the last `put`, until that was watched. */
const former = new Map<string, ReadonlySet<string>>();

function placeOf({ cookies, holder }: WebPage): string {
  return `${cookies.storeId} ${holder.origin}`;
}

export async function takeSnapshot(page: WebPage): Promise<Taken> {
  if (page.cookies.refused) throw new CookiesRefusedError(page.cookies.refused);
  let reading = await readSite(page);
  for (let look = 1; look < LOOKS && isBetweenWrites(reading.state); look++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_WRITES_MS));
    reading = await readSite(page);
  }
  const { state, base, origin } = reading;
  if (!state.facts) throw new WebError("The page has no SuperTokens session to save.");
  const why = whyNotSaved(reading);
  if (why) throw new WebError(`${why} Nothing was saved.`);
  const snapshot: Snapshot = {
    kind: "supertokens",
    origin,
    takenAt: Date.now(),
    cookies: cookiesOf(reading),
    base: base.url,
  };
  if (base.guess) snapshot.more = { [`${WARNING}base`]: base.guess };
  return taken(snapshot);
}

/** What is shown of a snapshot, with it. @throws WebError where it is no session */
export function taken(snapshot: Snapshot): Taken {
  const seen = savedSession(snapshot);
  if (!seen) throw new WebError("The tokens of the session can't be read. Nothing was saved.");
  return { seen, snapshot };
}

/** Server's and SDK's tokens are of two renewals of one session. */
function isBetweenWrites({ accessFacts, frontFacts }: SessionState): boolean {
  if (!accessFacts || !frontFacts) return false;
  const mark = "refreshTokenHash1";
  return accessFacts.id !== frontFacts.id || accessFacts.claims[mark] !== frontFacts.claims[mark];
}

function cookiesOf({ state }: Reading): WebCookie[] {
  const { refresh, access, exposed, antiCsrf, front, updated } = state;
  const cookies: WebCookie[] = [];
  for (const cookie of [refresh, access, exposed, antiCsrf, front, updated]) {
    if (cookie?.whole) cookies.push(cookie.whole);
  }
  return inWriteOrder(cookies);
}

export async function putSnapshot(page: WebPage, snapshot: Snapshot | undefined): Promise<void> {
  const { cookies, holder } = page;
  if (cookies.refused) throw new CookiesRefusedError(cookies.refused);
  if (snapshot && (snapshot.kind !== "supertokens" || snapshot.origin !== holder.origin)) {
    throw new WebError(
      `The saved session is one of ${snapshot.origin}, and this page is ${holder.origin}. Nothing was changed.`,
    );
  }
  const before = handlesOf(await readJar(cookies));
  if (snapshot) {
    await swapCookies(cookies, { names: COOKIE_NAMES, next: inWriteOrder(snapshot.cookies) });
  } else {
    await clearPage(page);
  }
  former.set(placeOf(page), before);
}

export async function watchPage(
  page: WebPage,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<"stayed" | "overwritten" | "changed"> {
  const { cookies } = page;
  if (cookies.refused) throw new CookiesRefusedError(cookies.refused);
  const id = savedSession(snapshot)?.id;
  const others = former.get(placeOf(page)) ?? new Set<string>();
  const judge = async () => {
    const handles = handlesOf(await readJar(cookies));
    if (handles.size === 1 && id !== undefined && handles.has(id)) return "stayed";
    const isFormer = [...handles].some((handle) => handle !== id && others.has(handle));
    return isFormer ? "overwritten" : "changed";
  };
  return new Promise((resolve, reject) => {
    let settling: ReturnType<typeof setTimeout> | undefined;
    const finish = (end: () => void) => {
      stopListening();
      // Unless another switch has come meanwhile, which has its own.
      if (former.get(placeOf(page)) === others) former.delete(placeOf(page));
      clearTimeout(settling);
      clearTimeout(over);
      signal.removeEventListener("abort", stop);
      end();
    };
    const look = (isLast: boolean) => {
      judge().then(
        (verdict) => {
          if (isLast || verdict !== "stayed") finish(() => resolve(verdict));
        },
        (error) => finish(() => reject(error)),
      );
    };
    const stop = () => finish(() => resolve("stayed"));
    const over = setTimeout(() => look(true), WATCHED_MS);
    // Several cookies are written for one renewal: what counts is what is there after the last.
    const stopListening = cookies.onChanged(({ cookie }) => {
      if (!COOKIE_NAMES.has(cookie.name)) return;
      clearTimeout(settling);
      settling = setTimeout(() => look(false), BETWEEN_WRITES_MS);
    });
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}
