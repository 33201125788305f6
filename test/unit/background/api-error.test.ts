/** What a page is told of what went wrong: enough to act on, and nothing that isn't its to know. */
import { describe, expect, it } from "vitest";
import { ApiRefusal, toApiError } from "../../../src/background/api-error.ts";
import { GateClosedError, SessionClosedError, SessionError } from "../../../src/session/errors.ts";
import { RelayError, type RelayErrorKind } from "../../../src/session/relay/relay-error.ts";
import {
  OutcomeUnknownError,
  SocketClosedError,
  serverErrorFrom,
} from "../../../src/wire/errors.ts";
import { EnvelopeError } from "../../../src/wire/wire-error.ts";

describe("an error", () => {
  it("of the server's comes with its own words, code, kind and details", () => {
    const details = { kind: "Table", size: 2n ** 60n };
    const error = serverErrorFrom({ code: -32002, kind: "NotFound", message: "None", details });
    expect(toApiError(error)).toEqual({
      code: -32000,
      message: "None",
      data: { code: -32002, kind: "NotFound", details: { kind: "Table", size: `${2n ** 60n}` } },
    });
  });

  it.each<[Error, number, string | undefined]>([
    [new ApiRefusal("rejected", "No."), 4001, undefined],
    [new GateClosedError("Bob", "it is ended."), 4901, "not-sent"],
    [new SessionClosedError("Bob"), 4901, "not-sent"],
    [new SessionError("LiveQueryError", "The server did not begin it."), -32000, undefined],
    [new SocketClosedError("query"), 4901, "not-sent"],
    [new OutcomeUnknownError("closed", "query"), 4901, "unknown"],
    [new SessionError("OutcomeUnknownError", "It may have run."), 4901, "unknown"],
    [new EnvelopeError("trailing-bytes", "Bytes follow"), -32602, undefined],
  ])("%s has the code %i, and says what became of the request", (error, code, outcome) => {
    const told = toApiError(error);
    expect([told.code, told.data?.outcome]).toEqual([code, outcome]);
  });

  it.each<[RelayErrorKind, number, string]>([
    ["CannotServe", 4901, "not-sent"],
    ["OutcomeUnknown", 4901, "unknown"],
    ["MethodNotAllowed", 4200, "not-sent"],
    ["TransactionLost", -32602, "not-sent"],
    ["LiveQueryNotFound", -32602, "not-sent"],
    ["MixedOwners", -32602, "not-sent"],
    ["InvalidRequest", -32602, "not-sent"],
    ["TooMuch", -32005, "not-sent"],
    ["AnswerTooLarge", -32005, "ran"],
  ])("of the relay's (%s) has the code %i and the outcome %s", (kind, code, outcome) => {
    expect(toApiError(new RelayError(kind, "Why."))).toEqual({
      code,
      message: "Switchyard: Why.",
      data: { outcome, kind },
    });
  });

  it.each([new TypeError("session of Alice: eyJhbGciOi"), "eyJhbGciOi", undefined, null])(
    "that is an accident of ours tells nothing of it",
    (thrown) => {
      expect(toApiError(thrown)).toEqual({
        code: -32603,
        message: "Switchyard failed to carry this out.",
      });
    },
  );
});
