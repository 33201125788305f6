/** What `actInPage` answered, and why something couldn't be done, in words. */
import { WebError } from "../web-error.ts";
import { fieldsOf, nameOf } from "./look-answer.ts";

type Fields = Record<string, unknown>;

/**
 * The answer, where it says that all went well.
 *
 * @throws WebError what went wrong, and how the page is now
 */
export function readOutcome(given: unknown): Fields {
  const answer = fieldsOf(given);
  if (answer?.ok === true) return answer;
  if (answer?.ok !== false) {
    throw new WebError(
      "What the page answered made no sense, so it isn't known what Clerk did.",
      "Reload the page and look again.",
    );
  }
  throw failure(answer);
}

function failure(answer: Fields): WebError {
  const words = nameOf(answer.words);
  const says = words ? `: “${words}”` : "";
  const became = whatBecame(answer);
  switch (answer.reason) {
    case "absent":
      return new WebError("Clerk isn't loaded in this page. Nothing was changed.");
    case "unknown":
      return new WebError(
        "Clerk has no such session in this page any more. Nothing was changed.",
        "Choose another of its sessions, or sign in again.",
      );
    case "status":
      return new WebError(
        `Clerk says that this session is ${words ? `“${words}”` : "in no state that it knows"}. Nothing was changed.`,
        "Sign in again in the page.",
      );
    case "busy":
      return new WebError(
        "The page is switching sessions itself at this moment. Nothing was changed.",
        "Try again; if it stays so, reload the page.",
      );
    case "unreachable":
      return new WebError(`The page can't reach Clerk's server${says}. Nothing was changed.`);
    case "refused":
      return new WebError(`Clerk's server refused it${says}.`);
    case "other":
      return new WebError("Clerk's server answered for another session than the one meant.");
    case "unconfirmed":
      return new WebError(
        `It was done, but the page couldn't ask Clerk's server what became of it${says}.`,
        "Reload the page and look again.",
      );
    case "reload-differs":
      return new WebError(
        "It was done, but Clerk's server takes another session for the one used last: after a reload the page would run as that one.",
        "Switch to the session that the page shall run as.",
      );
    case "late":
      return new WebError(
        `Clerk in this page didn't answer in time; it may still do it.${became}`,
        "Reload the page and look again.",
      );
    case "not-switched":
      return new WebError(`Clerk switched to no such session, and gave no reason.${became}`);
    default:
      return new WebError(`Clerk in this page failed${says}.${became}`);
  }
}

/** As whom the page runs after a switch that failed. */
function whatBecame(answer: Fields): string {
  if (answer.isSignedOut === true) return " The page is signed out.";
  return answer.isFormer === true ? " The page runs as its former session." : "";
}
