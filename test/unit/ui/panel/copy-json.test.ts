import { describe, expect, it } from "vitest";
import { webSessionJson } from "../../../../src/ui/panel/web/copy-json.ts";
import { exampleClerk, exampleSuperTokens } from "../../../support/ui/web-examples.ts";

describe("a web session as JSON", () => {
  it("has what is shown, times as text, and where tokens are", () => {
    const session = exampleSuperTokens({ expireAt: 0, abandonAt: undefined });
    const json = JSON.parse(webSessionJson(session));
    expect(json).toMatchObject({
      kind: "supertokens",
      tenant: "acme",
      status: "active",
      saved: false,
      expireAt: "1970-01-01T00:00:00.000Z",
      claims: { tId: "acme" },
      facts: { "anti-csrf": "VIA_TOKEN" },
    });
    expect(json.facts["st-last-access-token-update"]).toMatch(/^\d{4}-.*Z$/);
    expect(json.tokens[0]).toEqual({
      name: "access",
      place: "cookie sAccessToken · path / · httpOnly",
      present: true,
    });
    expect("abandonAt" in json).toBe(false);
  });

  it("is written whatever times a page tells", () => {
    const json = JSON.parse(webSessionJson(exampleClerk({ expireAt: 1e300 })));
    expect(json.expireAt).toBe(1e300);
  });
});
