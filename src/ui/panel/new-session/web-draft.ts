/**
 * A sign-in through the application while it is being filled in, and the check that makes a form of it
 * that can be sent.
 */
import type { WebKind, WebSignIn, WebSignInField } from "../../../web/web-model.ts";

export interface WebFieldDraft {
  /** Tells rows apart while their names change. */
  row: number;
  name: string;
  text: string;
  secret: boolean;
  /** It was filled in before, and is used again where nothing is written. */
  remembered: boolean;
}

export interface WebDraft {
  kind: WebKind;
  endpoint: string;
  tenant: string;
  fields: readonly WebFieldDraft[];
  shape: WebSignIn["shape"];
}

/** By what is wrong: `endpoint`, `tenant`, `fields`, `field-<row>`; one sentence each. */
export type WebDraftErrors = Partial<Record<string, string>>;

let lastRow = 0;

export function fieldDraft(part: Partial<Omit<WebFieldDraft, "row">> = {}): WebFieldDraft {
  return { row: ++lastRow, name: "", text: "", secret: false, remembered: false, ...part };
}

/** What SuperTokens' own recipe for addresses and passwords asks for. */
const USUAL: Record<WebKind, Pick<WebSignIn, "endpoint" | "fields" | "shape">> = {
  supertokens: {
    endpoint: "/auth/signin",
    fields: [
      { name: "email", value: "", secret: false },
      { name: "password", value: "", secret: true },
    ],
    shape: "form-fields",
  },
  clerk: { endpoint: "", fields: [], shape: "flat" },
};

/**
 * @param last as it was filled in last for this origin
 * @param tenant of the page's own session
 */
export function webDraft(
  kind: WebKind,
  last: WebSignIn | undefined,
  tenant: string | undefined,
): WebDraft {
  const before = last?.kind === kind ? last : undefined;
  const { endpoint, fields, shape } = before ?? USUAL[kind];
  return {
    kind,
    endpoint,
    shape,
    tenant: before?.tenant ?? tenant ?? "",
    fields: fields.map(({ name, value, secret }) =>
      fieldDraft({ name, secret, text: value ?? "", remembered: secret && value === undefined }),
    ),
  };
}

/** A field of another name, or one that is no secret, is not what was remembered. */
export function changedField(
  field: WebFieldDraft,
  change: Partial<Omit<WebFieldDraft, "row" | "remembered">>,
): WebFieldDraft {
  const other = change.name !== undefined || change.secret === false;
  return { ...field, ...change, remembered: field.remembered && !other };
}

const TENANT = "{tenant}";

function endpointError(endpoint: string): string | undefined {
  if (endpoint === "") return "Where does the application sign in? A path such as /auth/signin.";
  if (endpoint.startsWith("/")) return undefined;
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : undefined;
  return protocol === "http:" || protocol === "https:"
    ? undefined
    : "A path on the page's origin, beginning with /, or an http(s) address.";
}

export type ReadWebDraft = { ok: true; form: WebSignIn } | { ok: false; errors: WebDraftErrors };

export function readWebDraft(draft: WebDraft): ReadWebDraft {
  const errors: WebDraftErrors = {};
  const endpoint = draft.endpoint.trim();
  const tenant = draft.tenant.trim();
  const wrong = endpointError(endpoint);
  if (wrong !== undefined) errors.endpoint = wrong;

  const fields: WebSignInField[] = [];
  for (const { row, name: written, text, secret, remembered } of draft.fields) {
    const name = written.trim();
    if (name === "" && text === "") continue;
    if (name === "") errors[`field-${row}`] = "A field needs a name.";
    else if (fields.some((field) => field.name === name)) {
      errors[`field-${row}`] = `There is a field ${name} already.`;
    }
    const again = remembered && text === "";
    fields.push({ name, secret, ...(!again && { value: text }) });
  }
  if (fields.length === 0) errors.fields = "Say at least one field that the endpoint asks for.";
  const texts = [endpoint, ...fields.map(({ value = "" }) => value)];
  if (tenant === "" && texts.some((text) => text.includes(TENANT))) {
    errors.tenant = `Name the tenant that ${TENANT} stands for.`;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const { kind, shape } = draft;
  return { ok: true, form: { kind, endpoint, fields, shape, ...(tenant !== "" && { tenant }) } };
}
