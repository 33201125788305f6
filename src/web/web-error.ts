/** The errors of web sign-ins: each says what was tried, why it failed, and what became of the page. */
import { SessionError } from "../session/errors.ts";
import type { CookieRefusal, WebStatus } from "./web-model.ts";

/** Why something couldn't be done with a web session. The page's own session is as it was. */
export class WebError extends SessionError {
  constructor(message: string, advice?: string) {
    super("WebError", message, advice);
  }
}

/** The server refused the session itself: what it is from now on, and why. */
export class SessionRefusedError extends SessionError {
  readonly status: WebStatus;
  /** One sentence. */
  readonly why: string;
  constructor(status: WebStatus, why: string, advice?: string) {
    super("SessionRefusedError", why, advice);
    this.status = status;
    this.why = why;
  }
}

/** Cookies can't be used here; the page's own session is as it was. */
export class CookiesRefusedError extends SessionError {
  readonly refusal: CookieRefusal;
  constructor(refusal: CookieRefusal) {
    if (refusal === "permission") {
      super(
        "CookiesRefusedError",
        "Switchyard may not use cookies yet. Nothing was changed.",
        "Allow it, then try again: saved sessions are put into the page as cookies.",
      );
    } else {
      super(
        "CookiesRefusedError",
        "Switchyard may not use the cookies of this site. Nothing was changed.",
        "Enable the site in Switchyard's options.",
      );
    }
    this.refusal = refusal;
  }
}

/** A swap stopped half-way, and the page has its former session back, as was read back. */
export class RolledBackError extends SessionError {
  constructor(why: string) {
    super("RolledBackError", `${why} The page has its former session back.`);
  }
}

/** A swap stopped half-way, and so did the way back. */
export class HalfSwappedError extends SessionError {
  constructor(why: string, and: string) {
    super(
      "HalfSwappedError",
      `${why} Putting the former session back failed too: ${and} The page may be signed out.`,
      "The former session is saved under My sessions: switch to it.",
    );
  }
}
