import { describe, expect, it } from "vitest";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import { startingPlace, template } from "../../../../src/ui/panel/new-session/template.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";
import { examplePageSession } from "../../../support/ui/page-examples.ts";
import { Wire } from "../../session/log/log-traffic.ts";

const own = examplePageSession();

function recorded(params: unknown) {
  const log = new RequestLog();
  const as = { sessionKey: own.key };
  log.add([
    new Wire().sent(1, 1, "signin", [params], { as }),
    new Wire().sent(2, 2, "query", ["RETURN 1"], { as }),
  ]);
  return log;
}

describe("how the next person signs in", () => {
  it("is as the page does: the way, the place and the access method by its token", () => {
    expect(template([], "demo", own, new RequestLog())).toEqual({
      way: "record",
      namespace: "app",
      database: "tenant_a",
      access: "account",
      variables: {},
    });
  });

  it("has the fields of the page's own sign-in where that was recorded, and nothing of what is in them", () => {
    const log = recorded({ ns: "app", db: "tenant_a", ac: "account", email: "a@b.c", pass: "x" });
    expect(template([], "demo", own, log)?.variables).toEqual({ email: "", pass: "" });
    expect(template([], "demo", own, recorded("a token"))?.variables).toEqual({});
  });

  it("isn't known where nobody is signed in", () => {
    const auth = { level: "anonymous", renewable: false } as const;
    const guest = examplePageSession({ auth });
    expect(template([], "demo", guest, new RequestLog())).toBeUndefined();
  });

  it("is as on the same connection before, without what was typed", () => {
    const signInForm = {
      way: "record" as const,
      namespace: "app",
      database: "tenant_a",
      access: "account",
      variables: { name: "alice" },
    };
    const alice = exampleSession({ signInForm });
    expect(template([alice], "demo", alice, new RequestLog())?.variables).toEqual({ name: "" });
    expect(template([alice], "other", undefined, new RequestLog())).toBeUndefined();
  });
});

describe("where a new session begins", () => {
  it("is where the connection says, or else where the page is", () => {
    const place = { namespace: "app", database: "tenant_a" };
    expect(startingPlace(exampleConnection({ ...place, database: "b" }), own).database).toBe("b");
    const bare = exampleConnection({ namespace: undefined, database: undefined });
    expect(startingPlace(bare, own)).toEqual(place);
    expect(startingPlace(bare, exampleSession())).toEqual({});
  });
});
