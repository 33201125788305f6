/** When the session was made, last used and last changed, and when it is given up unless it is used. */
import type { JSX } from "preact";
import { Ago, Until } from "../../components/times.tsx";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { isClosed } from "../../store/sessions.ts";
import { plural } from "../../values/sizes.ts";

export function Dates({ session }: { session: AnySession }): JSX.Element {
  return (
    <p class="sy-dates sy-dim">
      <span data-field="createdAt">
        Created <Ago at={session.createdAt} />
      </span>
      {" · "}
      <span data-field="lastActiveAt">
        last used <Ago at={session.lastActiveAt} />
      </span>
      {" · "}
      <span data-field="updatedAt">
        changed <Ago at={session.updatedAt} />
      </span>
      {isPageSession(session) ? (
        <>
          {" · "}
          <span data-field="requests">{plural(session.requests, "request")}</span>
        </>
      ) : !isClosed(session) && session.status !== "abandoned" ? (
        <>
          {" · "}
          <span data-field="abandonAt" title="Abandoned then, unless it is used; see Settings">
            abandoned <Until at={session.abandonAt} />
          </span>
        </>
      ) : null}
    </p>
  );
}
