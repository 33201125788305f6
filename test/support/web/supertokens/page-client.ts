/** The application in the page: signs in and out through the real supertokens-website SDK. */
import { init, signOut } from "supertokens-website";

export interface Me {
  readonly userId: string;
  readonly tenantId: string;
  readonly handle: string;
}

/**
 * `window.app`: what tests do in the page. Each call shows afterwards who is signed in, in `#me`: the user
 * or "nobody"; it is empty until the page has first asked. A test says `declare const app: PageApp`.
 */
export interface PageApp {
  /** As `<user>-password`, in the tenant `public` if none is given. Throws where that is refused. */
  signIn(user: string, tenant?: string): Promise<Me | undefined>;
  /** By the SDK. */
  signOut(): Promise<void>;
  /** Who the server says that the page is, nobody if undefined. */
  me(): Promise<Me | undefined>;
  /** Changes the claim `role` of the session; a POST, which anti-CSRF tokens are checked at. */
  setRole(role: string): Promise<boolean>;
}

const isHeaderMode = new URLSearchParams(location.search).get("mode") === "header";
init({
  apiDomain: location.origin,
  apiBasePath: "/auth",
  tokenTransferMethod: isHeaderMode ? "header" : "cookie",
});

const app: PageApp = {
  signIn: async (user, tenant) => {
    const path = tenant === undefined ? "/auth/signin" : `/auth/${tenant}/signin`;
    const formFields = [
      { id: "email", value: `${user}@example.com` },
      { id: "password", value: `${user}-password` },
    ];
    const { status } = await (await post(path, { formFields })).json();
    const me = await who();
    if (status !== "OK") throw new Error(status);
    return me;
  },
  signOut: async () => {
    await signOut();
    await who();
  },
  me: who,
  setRole: async (role) => {
    const { ok } = await post("/role", { role });
    await who();
    return ok;
  },
};
Object.assign(window, { app });
void who();

function post(path: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function who(): Promise<Me | undefined> {
  const response = await fetch("/me");
  const me: Me | undefined = response.ok ? await response.json() : undefined;
  const place = document.querySelector("#me");
  if (place) place.textContent = me?.userId ?? "nobody";
  return me;
}
