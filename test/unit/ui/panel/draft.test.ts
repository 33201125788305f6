import { describe, expect, it } from "vitest";
import {
  draftFrom,
  isMasked,
  readDraft,
  type SignInDraft,
  variableDraft,
  WAYS,
} from "../../../../src/ui/panel/sign-in/draft.ts";

const filled: SignInDraft = {
  way: "record",
  signUp: false,
  namespace: " app ",
  database: "tenant_a",
  access: "account",
  username: "root",
  password: " secret ",
  variables: [variableDraft("name", "bob"), variableDraft("$age", 42)],
  key: "key-1\n",
  accessToken: " token ",
  refreshToken: "refresh",
  keepRefreshToken: true,
};

describe("a sign-in that is filled in", () => {
  it.each([
    ["anonymous", { way: "anonymous" }],
    ["root", { way: "root", username: "root", password: " secret " }],
    ["namespace", { way: "namespace", namespace: "app", username: "root", password: " secret " }],
    [
      "database",
      {
        way: "database",
        namespace: "app",
        database: "tenant_a",
        username: "root",
        password: " secret ",
      },
    ],
    [
      "record",
      {
        way: "record",
        namespace: "app",
        database: "tenant_a",
        access: "account",
        variables: { name: "bob", age: 42 },
      },
    ],
    [
      "bearer",
      { way: "bearer", namespace: "app", database: "tenant_a", access: "account", key: "key-1" },
    ],
    ["token", { way: "token", access: "token" }],
    ["tokens", { way: "tokens", access: "token", refresh: "refresh" }],
  ] as const)("as %s", (way, signIn) => {
    const read = readDraft({ ...filled, way });
    expect(read).toEqual({ ok: true, signIn, signUp: false, refresh: true });
  });

  it("covers every way there is", () => {
    expect(WAYS).toHaveLength(8);
  });

  it("says at each field what is missing", () => {
    const read = readDraft({ ...filled, way: "database", database: " ", password: "" });
    expect(read).toEqual({
      ok: false,
      errors: { database: "The database is missing.", password: "The password is missing." },
    });
  });

  it("signs up only where that is possible", () => {
    expect(readDraft({ ...filled, signUp: true })).toMatchObject({ ok: true, signUp: true });
    expect(readDraft({ ...filled, way: "root", signUp: true })).toMatchObject({ signUp: false });
  });

  it("keeps no refresh token where the person doesn't want it", () => {
    expect(readDraft({ ...filled, keepRefreshToken: false })).toMatchObject({ refresh: false });
  });
});

describe("the variables of an access method", () => {
  const read = (...variables: SignInDraft["variables"]) => readDraft({ ...filled, variables });

  it("have types", () => {
    expect(
      read(
        variableDraft("text", "1"),
        variableDraft("number", "1.5", "number"),
        variableDraft("yes", "true", "boolean"),
        variableDraft("list", "[1, 2]", "json"),
        variableDraft("", ""),
      ),
    ).toMatchObject({
      ok: true,
      signIn: { variables: { text: "1", number: 1.5, yes: true, list: [1, 2] } },
    });
  });

  it("say what is wrong with which of them", () => {
    const bad = [
      variableDraft("age", "forty", "number"),
      variableDraft("list", "[1,", "json"),
      variableDraft("", "text without a name"),
      variableDraft("same", "1"),
      variableDraft("same", "2"),
    ];
    const outcome = read(...bad);
    if (outcome.ok) throw new Error("This must not be accepted");
    const words = bad.map((row) => outcome.errors[`variable-${row.row}`]);
    expect(words[0]).toBe("That is not a number.");
    expect(words[1]).toMatch(/^That is not JSON/);
    expect(words[2]).toBe("Give it a name.");
    expect(words[3]).toBeUndefined();
    expect(words[4]).toBe("$same stands there twice.");
  });

  it("are covered where their names say so", () => {
    expect(isMasked({ name: "pass", type: "text" })).toBe(true);
    expect(isMasked({ name: "apiToken", type: "text" })).toBe(true);
    expect(isMasked({ name: "name", type: "text" })).toBe(false);
  });
});

describe("a form that is prefilled", () => {
  it("has all but the secrets of the earlier sign-in", () => {
    const draft = draftFrom(
      {
        way: "record",
        namespace: "app",
        database: "tenant_a",
        access: "account",
        variables: { name: "grace", pass: "", age: 7 },
      },
      { namespace: "other" },
    );
    expect(draft).toMatchObject({
      way: "record",
      namespace: "app",
      access: "account",
      password: "",
    });
    expect(draft.variables.map(({ name, text, type }) => [name, text, type])).toEqual([
      ["name", "grace", "text"],
      ["pass", "", "text"],
      ["age", "7", "number"],
    ]);
  });

  it("begins where the connection begins", () => {
    expect(draftFrom(undefined, { namespace: "app", database: "a" })).toMatchObject({
      way: "record",
      namespace: "app",
      database: "a",
    });
  });
});
