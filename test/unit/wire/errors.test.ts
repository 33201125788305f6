import { Uuid } from "surrealdb";
import { expect, test } from "vitest";
import {
  ConnectError,
  OutcomeUnknownError,
  plainError,
  SocketClosedError,
  serverErrorFrom,
} from "../../../src/wire/errors.ts";

test("a plain error survives structured cloning with all that it says", () => {
  const cause = new Error("socket hang up");
  for (const error of [
    new ConnectError("timeout", "ws://127.0.0.1:8000/rpc", "No answer", { cause }),
    new OutcomeUnknownError("closed", "create"),
    new SocketClosedError("query"),
    serverErrorFrom({
      code: -32000,
      kind: "NotFound",
      message: "Session not found",
      details: {
        kind: "Session",
        details: { id: new Uuid("0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90") },
      },
      cause: { kind: "Internal", message: "inner" },
    }),
  ]) {
    const plain = plainError(error);
    expect(structuredClone(plain)).toEqual(plain);
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
  }
});

test("a plain error keeps name, kind, code, details and causes", () => {
  const raw = {
    code: -32002,
    kind: "NotAllowed",
    message: "The session has expired",
    details: { kind: "Auth", details: { kind: "SessionExpired" } },
    cause: { kind: "Internal", message: "inner" },
  };
  expect(plainError(serverErrorFrom(raw))).toEqual({
    name: "NotAllowedError",
    ...raw,
    cause: { name: "InternalError", kind: "Internal", code: 0, message: "inner" },
  });
  expect(plainError(new OutcomeUnknownError("timeout", "create"))).toMatchObject({
    name: "OutcomeUnknownError",
    reason: "timeout",
    method: "create",
  });
  expect(plainError("oops")).toEqual({ name: "Error", message: "oops" });
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
