/** The request that a filled-in sign-in form stands for. */
import { WebError } from "../web-error.ts";
import type { WebSignIn } from "../web-model.ts";

export interface SignInRequest {
  /** Absolute. */
  url: string;
  /** JSON text. */
  body: string;
}

export const SIGN_IN_HEADERS = { "content-type": "application/json; charset=utf-8" };

const TENANT = "{tenant}";

/**
 * @param isAllowed says whether credentials may go to a server: the page's own, or its API
 * @throws WebError where something is missing, or goes elsewhere; nothing was sent
 */
export function signInRequest(
  form: WebSignIn,
  origin: string,
  isAllowed: (url: URL) => boolean,
): SignInRequest {
  const tenant = form.tenant?.trim() || undefined;
  const endpoint = withTenant(form.endpoint.trim(), tenant && encodeURIComponent(tenant));
  if (endpoint === "" || !URL.canParse(endpoint, origin)) {
    throw new WebError(
      `“${form.endpoint}” is no URL and no path. Nothing was sent.`,
      "Fill in the application's own sign-in endpoint, like /auth/signin.",
    );
  }
  const url = new URL(endpoint, origin);
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username || url.password) {
    throw new WebError("The sign-in endpoint must be an http or https URL. Nothing was sent.");
  }
  if (!isAllowed(url)) {
    throw new WebError(
      `${url.host} is neither this page's own server nor one that it uses. Nothing was sent.`,
      "Fill in the application's own sign-in endpoint.",
    );
  }
  return { url: url.href, body: JSON.stringify(bodyOf(form, tenant)) };
}

function bodyOf({ fields, shape }: WebSignIn, tenant: string | undefined): unknown {
  const filled = fields.map(({ name, value }) => {
    if (name === "") throw new WebError("A field of the sign-in has no name. Nothing was sent.");
    if (value === undefined) {
      throw new WebError(`The field ${name} of the sign-in has no value. Nothing was sent.`);
    }
    return [name, withTenant(value, tenant)] as const;
  });
  if (shape === "flat") return Object.fromEntries(filled);
  return { formFields: filled.map(([id, value]) => ({ id, value })) };
}

function withTenant(text: string, tenant: string | undefined): string {
  if (!text.includes(TENANT)) return text;
  if (tenant === undefined) {
    throw new WebError(
      "The sign-in has a place for a tenant, and no tenant is filled in. Nothing was sent.",
      "Fill in the tenant; SuperTokens' default one is public.",
    );
  }
  return text.replaceAll(TENANT, tenant);
}
