/** Signing in at the stand-in of Clerk, by e-mail address and password. */
import type { SignInJSON } from "@clerk/shared/types";
import { ApiError } from "./api-error.ts";
import { credentialsOf, personWith } from "./people.ts";
import { newId, type SessionStore, type StoredClient } from "./session-store.ts";

/** What becomes of the sessions that the client has: they stay, end, or forbid the new one. */
type Mode = "beside" | "replaces" | "refused";

/**
 * Makes a new session of the client, its active one.
 * @param body the form as it was sent
 * @throws {ApiError} where Clerk refuses
 */
export function signIn(
  store: SessionStore,
  client: StoredClient,
  body: Readonly<Record<string, string>>,
  mode: Mode,
): SignInJSON {
  const person = personWith(body.identifier);
  if (!person) throw new ApiError(422, "form_identifier_not_found", "Couldn't find your account.");
  const { identifier, password } = credentialsOf(person);
  if (body.password !== password)
    throw new ApiError(422, "form_password_incorrect", "Password is incorrect.");
  const former = store.signedIn(client);
  const same = former.find((session) => session.person === person);
  if (mode === "beside" && same) {
    const meta = { session_id: same.id };
    throw new ApiError(400, "identifier_already_signed_in", "You're already signed in.", meta);
  }
  if (mode === "refused" && former.length > 0)
    throw new ApiError(400, "session_exists", "You're already signed in.");
  if (mode === "replaces") for (const session of former) store.setStatus(session, "replaced");
  const session = store.signIn(client, person);
  const { first_name, last_name, image_url, has_image } =
    store.sessionJson(session).public_user_data;
  return {
    object: "sign_in",
    id: newId("sia"),
    status: "complete",
    identifier,
    supported_identifiers: ["email_address"],
    supported_first_factors: [{ strategy: "password" }],
    supported_second_factors: [],
    first_factor_verification: null,
    second_factor_verification: null,
    user_data: {
      ...(first_name && { first_name }),
      ...(last_name && { last_name }),
      image_url,
      has_image,
    },
    created_session_id: session.id,
    timezone: null,
  };
}
