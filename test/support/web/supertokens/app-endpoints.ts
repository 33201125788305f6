/** What the application of app-server.ts answers, which also says what each endpoint is for. */
import type { Exchange } from "./http-exchange.ts";
import { pageAt } from "./pages.ts";
import type { ServerSdk } from "./sdk-copy.ts";

const USERS = ["alice", "bob", "carol"];
/** The claims that the application gives each new session. */
const FIRST_CLAIMS = { role: "member" };

/**
 * As an application does: the SDK's middleware, then its own endpoints, then the SDK's error handler.
 * Throws what none of them knows.
 */
export async function answer(sdk: ServerSdk, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const result = await sdk.custom.middleware()(request, response);
  if ("error" in result) throw result.error;
  if (result.handled) return;
  try {
    await answerItself(sdk, exchange);
  } catch (error) {
    await sdk.custom.errorHandler()(error, request, response, (left) => {
      if (left) throw left;
    });
  }
}

async function answerItself(sdk: ServerSdk, exchange: Exchange): Promise<void> {
  const { method, path, request, response } = exchange;
  const signIn = /^\/auth(?:\/([^/]+))?\/signin$/.exec(path);
  if (method === "POST" && signIn) return signInAsRecipe(sdk, exchange, signIn[1]);
  switch (`${method} ${path}`) {
    case "POST /login":
      return logIn(sdk, exchange);
    case "POST /login-tokens":
      return logInForTokens(sdk, exchange);
    case "GET /me": {
      const session = await sdk.Session.getSession(request, response);
      return response.sendJSONResponse({
        userId: session.getUserId(),
        tenantId: session.getTenantId(),
        handle: session.getHandle(),
      });
    }
    case "POST /role": {
      const session = await sdk.Session.getSession(request, response);
      const role = String((await exchange.body()).role);
      await session.mergeIntoAccessTokenPayload({ role });
      return response.sendJSONResponse({ role });
    }
  }
  const found = method === "GET" ? await pageAt(path) : undefined;
  if (!found) {
    response.setStatusCode(404);
    return response.sendJSONResponse({ message: "Not found" });
  }
  response.sendHTMLResponse(found.body);
  response.setHeader("Content-Type", `${found.type}; charset=utf-8`, false);
  // Not "no-store": such a page is never kept for going back to.
  response.setHeader("Cache-Control", "no-cache", false);
}

async function signInAsRecipe(
  { SuperTokens, Session }: ServerSdk,
  { request, response, body }: Exchange,
  tenantId = "public",
): Promise<void> {
  const { formFields } = (await body()) as { formFields?: { id: string; value: string }[] };
  const field = (wanted: string) => formFields?.find(({ id }) => id === wanted)?.value ?? "";
  const [user = ""] = field("email").split("@");
  if (!isRight(user, field("password"))) {
    return response.sendJSONResponse({ status: "WRONG_CREDENTIALS_ERROR" });
  }
  const recipeUserId = SuperTokens.convertToRecipeUserId(user);
  await Session.createNewSession(request, response, tenantId, recipeUserId, FIRST_CLAIMS);
  response.sendJSONResponse({ status: "OK", user: { id: user, emails: [field("email")] } });
}

async function logIn(sdk: ServerSdk, { request, response, body }: Exchange): Promise<void> {
  const login = loginIn(sdk, await body());
  if (!login) return refuse(response);
  const { tenant, recipeUserId } = login;
  await sdk.Session.createNewSession(request, response, tenant, recipeUserId, FIRST_CLAIMS);
  response.sendJSONResponse({ message: "User logged in!" });
}

async function logInForTokens(sdk: ServerSdk, { response, body }: Exchange): Promise<void> {
  const login = loginIn(sdk, await body());
  if (!login) return refuse(response);
  const { tenant, recipeUserId } = login;
  const session = await sdk.Session.createNewSessionWithoutRequestResponse(
    tenant,
    recipeUserId,
    FIRST_CLAIMS,
  );
  const { accessToken, frontToken, refreshToken, antiCsrfToken } =
    session.getAllSessionTokensDangerously();
  response.setHeader("st-access-token", accessToken, false);
  response.setHeader("front-token", frontToken, false);
  if (refreshToken) response.setHeader("st-refresh-token", refreshToken, false);
  if (antiCsrfToken) response.setHeader("anti-csrf", antiCsrfToken, false);
  const message = "User logged in!";
  response.sendJSONResponse({ message, accessToken, frontToken, refreshToken, antiCsrfToken });
}

/** Undefined where the password is wrong. */
function loginIn({ SuperTokens }: ServerSdk, body: Readonly<Record<string, unknown>>) {
  const { user, password, tenant = "public" } = body;
  if (!isRight(String(user), password)) return undefined;
  const recipeUserId = SuperTokens.convertToRecipeUserId(String(user));
  return { tenant: String(tenant), recipeUserId };
}

function isRight(user: string, password: unknown): boolean {
  return USERS.includes(user) && password === `${user}-password`;
}

function refuse(response: Exchange["response"]): void {
  response.setStatusCode(401);
  response.sendJSONResponse({ message: "Wrong user or password" });
}
