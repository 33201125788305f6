/** A page with the fake SDK, and the fake server behind it. */
import { superTokens } from "../../../src/web/supertokens/supertokens.ts";
import type { SeenSession, WebSignIn } from "../../../src/web/web-model.ts";
import type { Look, Snapshots } from "../../../src/web/web-system.ts";
import { FakeCookieJar } from "./fake-cookie-jar.ts";
import {
  FakeSuperTokens,
  type FakeSuperTokensOptions,
  installFakeSdk,
} from "./fake-supertokens.ts";
import { FakeWebPage } from "./fake-web-page.ts";

export interface SceneOptions extends FakeSuperTokensOptions {
  mode?: "cookie" | "header";
  hasSdk?: boolean;
  /** The status that the page's SDK takes for the end of a session. */
  expiredStatus?: number;
}

export interface SuperTokensScene {
  server: FakeSuperTokens;
  page: FakeWebPage;
  jar: FakeCookieJar;
  look(): Promise<Look | undefined>;
  /** The page's session. */
  current(): Promise<SeenSession>;
  /** The page's own user signs in, by the page's own code. */
  signIn(user: string): Promise<void>;
  /** The page's own request, with what its server answered. */
  ask(method: "GET" | "POST", path: string): Promise<{ status: number; user?: string }>;
}

export async function openScene(options: SceneOptions = {}): Promise<SuperTokensScene> {
  const { mode = "cookie", hasSdk = true, expiredStatus = 401 } = options;
  const server = new FakeSuperTokens(options);
  const jar = new FakeCookieJar("localhost");
  const page = new FakeWebPage({ jar, server: server.serve });
  const base = server.base.href.replace(/\/$/, "");
  if (hasSdk) await page.run(installFakeSdk, [base, mode, expiredStatus]);
  const askPage = async (method: string, url: string, body: string | null) =>
    JSON.parse(
      String(
        await page.inWorld(
          `fetch(${JSON.stringify(url)}, ${JSON.stringify(body === null ? { method } : { method, body })})
            .then(async (answer) => JSON.stringify({ status: answer.status, text: await answer.text() }))`,
        ),
      ),
    ) as { status: number; text: string };
  const look = () => superTokens.look(page);
  return {
    server,
    page,
    jar,
    look,
    current: async () => {
      const session = (await look())?.sessions[0];
      if (!session) throw new Error("The page has no session.");
      return session;
    },
    signIn: async (user) => {
      const formFields = [
        { id: "email", value: user },
        { id: "password", value: "right" },
      ];
      await askPage("POST", `${base}/signin`, JSON.stringify({ formFields }));
    },
    ask: async (method, path) => {
      const { status, text } = await askPage(method, new URL(path, base).href, null);
      return { status, ...JSON.parse(text) };
    },
  };
}

/** The system's snapshots: it has them. */
export function snapshots(): Snapshots {
  if (!superTokens.snapshots) throw new Error("SuperTokens' sessions can be taken.");
  return superTokens.snapshots;
}

/** The recipe's own form. */
export function recipeForm(user: string, rest: Partial<WebSignIn> = {}): WebSignIn {
  return {
    kind: "supertokens",
    endpoint: "/auth/signin",
    shape: "form-fields",
    fields: [
      { name: "email", value: user, secret: false },
      { name: "password", value: "right", secret: true },
    ],
    ...rest,
  };
}
