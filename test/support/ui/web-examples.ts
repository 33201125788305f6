/** Made-up web sign-ins: every system, status and trouble, with values as long as real ones. */
import type { HistoryEntry } from "../../../src/session/model.ts";
import {
  savedSessionKey,
  type WebHolder,
  type WebNotice,
  type WebPageView,
  type WebSessionView,
  type WebSiteView,
  webSessionKey,
} from "../../../src/web/web-model.ts";
import { TAB } from "./page-examples.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const WEB_ORIGIN = "http://localhost:5173";

export function exampleHolder(origin = WEB_ORIGIN, part: Partial<WebHolder> = {}): WebHolder {
  return {
    tabId: TAB,
    frameId: 0,
    documentId: `document of ${origin}`,
    origin,
    top: true,
    ...part,
  };
}

export function exampleSite(part: Partial<WebSiteView> = {}): WebSiteView {
  return {
    holder: exampleHolder(),
    systems: [{ kind: "supertokens", state: "ready", transfer: "cookie", signsIn: true }],
    ...part,
  };
}

/** A SuperTokens session of the page, current, in cookie mode. */
export function exampleSuperTokens(part: Partial<WebSessionView> = {}): WebSessionView {
  const now = Date.now();
  const id = part.id ?? "4f1c2b7a-9e0d-4c3b-8a51-77e0c1a2d3f4_acme";
  const holder = part.holder ?? exampleHolder();
  const base: WebSessionView = {
    key: holder === "extension" ? "" : webSessionKey(holder, "supertokens", id),
    holder,
    origin: holder === "extension" ? WEB_ORIGIN : holder.origin,
    kind: "supertokens",
    id,
    label: "carol@acme.com",
    colour: "#0b7a84",
    user: "a2b7c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d",
    userName: "carol@acme.com",
    tenant: "acme",
    current: true,
    status: "active",
    cause: "The page is signed in.",
    statusSince: now - 12 * MINUTE,
    createdAt: now - 2 * HOUR,
    updatedAt: now - 12 * MINUTE,
    lastActiveAt: now - 40_000,
    expireAt: now + 99 * DAY,
    tokenExpireAt: now + 48 * MINUTE,
    claims: {
      sub: "a2b7c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d",
      tId: "acme",
      iss: "http://localhost:3001/auth",
      iat: Math.floor((now - 12 * MINUTE) / 1000),
      exp: Math.floor((now + 48 * MINUTE) / 1000),
      "st-role": { v: ["editor", "billing"], t: now - 12 * MINUTE },
      "st-ev": { v: true, t: now - 12 * MINUTE },
    },
    facts: [
      { name: "anti-csrf", value: "VIA_TOKEN" },
      { name: "rsub", value: "a2b7c9d0-1e2f-4a3b-9c4d-5e6f7a8b9c0d" },
      { name: "st-last-access-token-update", value: now - 12 * MINUTE, isTime: true },
    ],
    tokens: [
      {
        name: "access",
        title: "Access token",
        place: "cookie sAccessToken · path / · httpOnly",
        present: true,
      },
      {
        name: "refresh",
        title: "Refresh token",
        place: "cookie sRefreshToken · path /auth/session/refresh · httpOnly",
        present: true,
      },
      { name: "front", title: "Front token", place: "cookie sFrontToken · path /", present: true },
      {
        name: "anti-csrf",
        title: "Anti-CSRF token",
        place: "cookie sAntiCsrf · path /",
        present: true,
      },
    ],
    warnings: [],
    operations: {
      switch: "The page runs as it already.",
      save: true,
      touch: true,
      end: true,
      remove: true,
    },
  };
  return { ...base, ...part };
}

/** One that was saved, of the page's origin unless said otherwise. */
export function exampleSaved(name: string, part: Partial<WebSessionView> = {}): WebSessionView {
  const { tokens, ...of } = exampleSuperTokens({ holder: "extension" });
  return {
    ...of,
    key: savedSessionKey(`saved-${name}`),
    id: `7d0e5f6a-1b2c-4d3e-9f40-${String(name.length).padStart(12, "0")}`,
    label: name,
    userName: `${name.toLowerCase()}@acme.com`,
    colour: "#c5282f",
    current: false,
    cause: "Saved by you.",
    storeId: "0",
    tokens: tokens.map((token) => ({
      ...token,
      place: token.place.replace("cookie", "saved: cookie"),
    })),
    operations: { switch: true, touch: true, end: true, remove: true },
    ...part,
  };
}

/** A Clerk session of the page, current. */
export function exampleClerk(part: Partial<WebSessionView> = {}): WebSessionView {
  const now = Date.now();
  const id = part.id ?? "sess_2nXh8vQ0b3ZkYtLrW5cPsD1eFaM";
  const holder = part.holder ?? exampleHolder();
  const operations = { switch: true, touch: true, end: true, remove: true } as const;
  return {
    key: holder === "extension" ? "" : webSessionKey(holder, "clerk", id),
    holder,
    origin: holder === "extension" ? WEB_ORIGIN : holder.origin,
    kind: "clerk",
    id,
    label: "Dana Example",
    colour: "#8b3fd9",
    user: "user_2nXh7uP9a2YjXsKqV4bOrC0dEzL",
    userName: "Dana Example",
    current: true,
    status: "active",
    cause: "Clerk says so.",
    statusSince: now - HOUR,
    createdAt: now - 3 * DAY,
    updatedAt: now - 5 * MINUTE,
    lastActiveAt: now - 30_000,
    expireAt: now + 4 * DAY,
    abandonAt: now + 27 * DAY,
    tokenExpireAt: now + 41_000,
    claims: {
      azp: WEB_ORIGIN,
      exp: Math.floor((now + 41_000) / 1000),
      fva: [12, -1],
      iss: "https://clerk.localhost",
      sid: id,
      sub: "user_2nXh7uP9a2YjXsKqV4bOrC0dEzL",
    },
    facts: [
      { name: "lastActiveOrganizationId", value: "org_2nXhB1dS7c4ZmYvT0eRuF3gHxQ" },
      { name: "factorVerificationAge", value: "12 min, never" },
    ],
    tokens: [
      {
        name: "session",
        title: "Session token",
        place: "cookie __session · path /",
        present: true,
      },
    ],
    warnings: [],
    operations,
    ...part,
  };
}

export const ADMIN_KEY = savedSessionKey("saved-Admin");

/** Saved ones in list order: that fit, that belong elsewhere, that are over. */
export function exampleSavedOnes(): WebSessionView[] {
  const now = Date.now();
  const elsewhere = "Fits https://staging.eu-central.acme.com only.";
  return [
    exampleSaved("Admin", { key: ADMIN_KEY, tenant: undefined }),
    exampleSaved("Erin of staging, who has a long name and a longer address", {
      key: savedSessionKey("saved-erin"),
      origin: "https://staging.eu-central.acme.com",
      colour: "#f28b1d",
      userName: "erin.of.the.very.long.name@staging.eu-central.acme.com",
      tokenExpireAt: now - HOUR,
      operations: { switch: elsewhere, touch: true, end: true, remove: true },
    }),
    exampleSaved("Frank", {
      status: "expired",
      colour: "#cf2a83",
      cause: "Its tokens were in memory only, and the browser was closed.",
      tokens: [],
      operations: { switch: "Its tokens are gone: sign in again.", remove: true },
    }),
    exampleSaved("Old Grace", {
      status: "ended",
      cause: "You signed it out.",
      statusSince: now - 2 * HOUR,
      tokens: [],
      operations: { remove: true },
    }),
  ];
}

export function exampleWebPage(part: Partial<WebPageView> = {}): WebPageView {
  return { sites: [exampleSite()], sessions: [exampleSuperTokens()], notices: [], ...part };
}

/** What a switch has to tell afterwards. */
export function exampleNotices(): WebNotice[] {
  return [
    {
      id: "done",
      origin: WEB_ORIGIN,
      tone: "done",
      text: "The page runs as Admin. What it has loaded already is from before.",
      offer: "reload",
    },
    {
      id: "again",
      origin: WEB_ORIGIN,
      tone: "warning",
      text: "A renewal that was under way wrote the session of carol@acme.com back over Admin's, 3 s after the switch.",
      offer: "again",
      key: ADMIN_KEY,
    },
    {
      id: "gone",
      origin: WEB_ORIGIN,
      tone: "warning",
      text: "The page signed out by itself.",
    },
  ];
}

export function exampleWebHistory(): HistoryEntry[] {
  const now = Date.now();
  return [
    { at: now - 2 * HOUR, event: "created", by: "page", text: "The page signed in." },
    { at: now - 12 * MINUTE, event: "auth", by: "page", text: "The page renewed its tokens." },
    {
      at: now - 40_000,
      event: "status",
      by: "you",
      before: "Admin",
      after: "carol@acme.com",
      text: "You switched the page to it.",
    },
  ];
}
