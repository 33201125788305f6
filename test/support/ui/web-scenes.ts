/** What the gallery can show of web sign-ins: in the panel, in the popup, in the options. */
import type { Snapshot } from "../../../src/messages/commands.ts";
import type { WebPageView, WebSessionView } from "../../../src/web/web-model.ts";
import { exampleConnection, exampleSessions } from "./examples.ts";
import { examplePage } from "./page-examples.ts";
import { type SiteScene, siteScenes } from "./site-scenes.ts";
import {
  exampleClerk,
  exampleHolder,
  exampleNotices,
  exampleSavedOnes,
  exampleSite,
  exampleSuperTokens,
  exampleWebPage,
  WEB_ORIGIN,
} from "./web-examples.ts";

/** Of a page with a sign-in, and a SurrealDB session beside it. */
function scene(web: WebPageView, part: Partial<Snapshot> = {}): () => Snapshot {
  return () => ({
    connections: [exampleConnection()],
    sessions: exampleSessions().slice(0, 3),
    settings: { abandonAfter: 7 * 86_400_000 },
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: examplePage(),
    web,
    saved: [],
    ...part,
  });
}

/** Of a page that has a sign-in and nothing else. */
const alone = {
  connections: [],
  sessions: [],
  page: examplePage({ sockets: [], sessions: [] }),
};

const OTHER = exampleHolder("https://login.eu-central.staging.example.com:8443", {
  frameId: 12,
  top: false,
});

const clerkSite = exampleSite({
  systems: [{ kind: "clerk", state: "ready", multiSession: true, signsIn: false }],
});

const headerMode = exampleSuperTokens({
  tokens: [
    {
      name: "access",
      title: "Access token",
      place: "cookie st-access-token · path / · readable by scripts",
      present: true,
    },
    {
      name: "refresh",
      title: "Refresh token",
      place: "cookie st-refresh-token · path / · readable by scripts",
      present: true,
    },
    { name: "front", title: "Front token", place: "cookie sFrontToken · path /", present: true },
    {
      name: "anti-csrf",
      title: "Anti-CSRF token",
      place: "cookie sAntiCsrf · path /",
      present: false,
    },
  ],
  facts: [{ name: "anti-csrf", value: "NONE" }],
});

/** Nothing that scripts can't see, nothing to switch with. */
const uncovered = exampleSuperTokens({
  tokens: exampleSuperTokens().tokens.map((token) =>
    token.place.includes("httpOnly")
      ? {
          ...token,
          present: false,
          unseen: "scripts can't read it, and Switchyard may not use cookies yet.",
        }
      : token,
  ),
  operations: {
    switch: "The page runs as it already.",
    save: "Switchyard may not use cookies yet.",
    touch: true,
    end: true,
    remove: "Switchyard may not use cookies yet.",
  },
});

const danas: WebSessionView[] = [
  exampleClerk({
    actor: { sub: "user_2mSupport0000000000000000001", email: "support@acme.com" },
    warnings: [],
  }),
  exampleClerk({
    id: "sess_2nXkPendingPendingPendingPend1",
    label: "Pat of the organisation with the long name",
    userName: "pat@organisation-with-the-long-name.example",
    colour: "#f28b1d",
    current: false,
    status: "pending",
    cause: "Clerk waits for a task to be done.",
    tasks: ["choose-organization", "setup-mfa"],
    claims: undefined,
  }),
  exampleClerk({
    id: "sess_2nXkEndedEndedEndedEndedEnded",
    label: "Quinn",
    userName: "Quinn",
    colour: "#c5282f",
    current: false,
    status: "replaced",
    cause: "The page signed in as Dana Example.",
    operations: { remove: true },
  }),
];

const cookieSite = exampleSite({
  systems: [
    {
      kind: "supertokens",
      state: "ready",
      transfer: "cookie",
      signsIn: true,
      cookies: "permission",
    },
  ],
});

const troubled = exampleWebPage({
  sites: [
    exampleSite({
      systems: [
        {
          kind: "supertokens",
          state: "broken",
          words: "The front token is no JSON: the page's sign-in can't be read.",
          signsIn: false,
        },
        {
          kind: "clerk",
          state: "degraded",
          words: "Clerk answers, but its client is missing: sessions are shown as they were last.",
          signsIn: false,
        },
      ],
    }),
    exampleSite({
      holder: OTHER,
      systems: [
        {
          kind: "clerk",
          state: "loading",
          words: "Clerk is loading.",
          signsIn: false,
          cookies: "host",
        },
      ],
    }),
  ],
  sessions: [
    exampleClerk({ warnings: ["Two copies of Clerk are in the page; the first is shown."] }),
  ],
});

export const webScenes: Record<string, () => Snapshot> = {
  web: scene(exampleWebPage(), { saved: exampleSavedOnes() }),
  "web-alone": scene(exampleWebPage(), alone),
  "web-header": scene(exampleWebPage({ sessions: [headerMode] }), alone),
  "web-clerk": scene(exampleWebPage({ sites: [clerkSite], sessions: danas }), alone),
  "web-nobody": scene(exampleWebPage({ sessions: [] }), alone),
  "web-trouble": scene(troubled, alone),
  "web-cookies": scene(exampleWebPage({ sites: [cookieSite], sessions: [uncovered] }), alone),
  "web-cookies-elsewhere": scene(
    exampleWebPage({ sites: [cookieSite], sessions: [uncovered] }),
    alone,
  ),
  "web-gone": scene(
    exampleWebPage({
      sessions: [
        exampleSuperTokens({
          status: "gone",
          current: false,
          cause: "The page has it no more, and nothing says why.",
          operations: { remove: true },
        }),
      ],
    }),
    { ...alone, saved: exampleSavedOnes() },
  ),
  "web-notices": scene(exampleWebPage({ notices: exampleNotices() }), {
    saved: exampleSavedOnes(),
  }),
  "web-remembered": scene(
    exampleWebPage({
      sites: [
        exampleSite({
          signIn: {
            kind: "supertokens",
            endpoint: "/auth/{tenant}/signin",
            tenant: "acme",
            shape: "form-fields",
            fields: [
              { name: "email", value: "carol@acme.com", secret: false },
              { name: "password", secret: true },
            ],
          },
        }),
      ],
    }),
    alone,
  ),
};

function popup(web: WebPageView, part: Partial<Snapshot> = {}): SiteScene {
  const base = siteScenes.on as SiteScene;
  return {
    snapshot: { ...base.snapshot, web, saved: exampleSavedOnes(), ...part },
    host: { pageUrl: WEB_ORIGIN },
  };
}

export const webSiteScenes: Record<string, SiteScene> = {
  "web-popup": popup(
    exampleWebPage({
      sessions: [exampleSuperTokens({ savedAs: undefined }), ...danas.slice(1)],
    }),
    { page: { ...(siteScenes.empty as SiteScene).snapshot.page } as Snapshot["page"] },
  ),
  "web-popup-notices": popup(exampleWebPage({ notices: exampleNotices() })),
  "web-popup-cookies": popup(exampleWebPage({ sites: [cookieSite], sessions: [uncovered] })),
  "web-options": { ...popup(exampleWebPage()), host: { cookies: true } },
};
