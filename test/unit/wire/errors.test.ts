import { expect, test } from "vitest";
import { serverErrorFrom } from "../../../src/wire/errors.ts";

test("a server's error keeps its kind, code, details and cause", () => {
  const raw = {
    code: -32002,
    kind: "NotAllowed",
    message: "The session has expired",
    details: { kind: "Auth", details: { kind: "SessionExpired" } },
    cause: { kind: "Internal", message: "inner" },
  };
  const { name, kind, code, message, details, cause } = serverErrorFrom(raw);
  expect({ kind, code, message, details }).toEqual({
    kind: raw.kind,
    code: raw.code,
    message: raw.message,
    details: raw.details,
  });
  expect(name).toBe("NotAllowedError");
  expect(cause).toMatchObject({ name: "InternalError", kind: "Internal", message: "inner" });
});

test.each([
  [null],
  ["boom"],
  [{}],
  [{ code: "x", message: 3 }],
  [[]],
  [{ cause: 1, message: "m" }],
])("an error object that is none (%j) is still a server error", (raw) => {
  const error = serverErrorFrom(raw);
  expect(error.kind).toBe("Internal");
  expect(error.message).not.toBe("");
});
