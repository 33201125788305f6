import { describe, expect, it } from "vitest";
import {
  changedField,
  fieldDraft,
  readWebDraft,
  type WebDraft,
  webDraft,
} from "../../../../src/ui/panel/new-session/web-draft.ts";
import type { WebSignIn } from "../../../../src/web/web-model.ts";

const last: WebSignIn = {
  kind: "supertokens",
  endpoint: "/auth/{tenant}/signin",
  tenant: "acme",
  shape: "flat",
  fields: [
    { name: "email", value: "carol@acme.com", secret: false },
    { name: "password", secret: true },
  ],
};

const draft = (part: Partial<WebDraft> = {}): WebDraft => ({
  ...webDraft("supertokens", last, undefined),
  ...part,
});
const errors = (part: Partial<WebDraft>) => {
  const read = readWebDraft(draft(part));
  return read.ok ? {} : read.errors;
};

describe("the form of a sign-in through the application", () => {
  it("begins as SuperTokens' own recipe, for the page's tenant", () => {
    const { endpoint, tenant, shape, fields } = webDraft("supertokens", undefined, "acme");
    expect({ endpoint, tenant, shape }).toEqual({
      endpoint: "/auth/signin",
      tenant: "acme",
      shape: "form-fields",
    });
    expect(fields.map(({ name, secret, remembered }) => [name, secret, remembered])).toEqual([
      ["email", false, false],
      ["password", true, false],
    ]);
  });

  it("begins as it was filled in last, and uses a remembered secret again", () => {
    expect(readWebDraft(draft())).toEqual({ ok: true, form: last });
  });

  it("sends what was written over a remembered secret", () => {
    const [email, password] = draft().fields;
    if (!email || !password) throw new Error("The draft has two fields.");
    const read = readWebDraft(draft({ fields: [email, changedField(password, { text: "new" })] }));
    expect(read.ok && read.form.fields[1]).toEqual({
      name: "password",
      value: "new",
      secret: true,
    });
  });

  it.each([{ name: "pin" }, { secret: false }])("takes %j for another field", (change) => {
    const remembered = fieldDraft({ name: "password", secret: true, remembered: true });
    expect(changedField(remembered, change).remembered).toBe(false);
    expect(changedField(remembered, { text: "" }).remembered).toBe(true);
  });

  it("leaves out rows in which nothing stands, and a tenant that is none", () => {
    const read = readWebDraft(
      draft({
        endpoint: "https://login.acme.com/signin",
        tenant: " ",
        fields: [fieldDraft(), fieldDraft({ name: "user", text: "" })],
      }),
    );
    expect(read).toEqual({
      ok: true,
      form: {
        kind: "supertokens",
        endpoint: "https://login.acme.com/signin",
        shape: "flat",
        fields: [{ name: "user", value: "", secret: false }],
      },
    });
  });

  it.each(["", "signin", "ftp://acme.com/signin", "javascript:alert(1)"])(
    "has no endpoint in “%s”",
    (endpoint) => {
      expect(Object.keys(errors({ endpoint }))).toEqual(["endpoint"]);
    },
  );

  it("asks for the tenant that {tenant} stands for, in the endpoint or in a field", () => {
    expect(errors({ tenant: "" }).tenant).toContain("{tenant}");
    const fields = [fieldDraft({ name: "org", text: "{tenant}" })];
    expect(errors({ endpoint: "/signin", tenant: "", fields }).tenant).toContain("{tenant}");
  });

  it("says at its row what is wrong with a field, and that there is none", () => {
    const nameless = fieldDraft({ text: "x" });
    const one = fieldDraft({ name: "email" });
    const two = fieldDraft({ name: " email " });
    expect(Object.keys(errors({ fields: [nameless, one, two] }))).toEqual([
      `field-${nameless.row}`,
      `field-${two.row}`,
    ]);
    expect(Object.keys(errors({ fields: [] }))).toEqual(["fields"]);
  });
});
