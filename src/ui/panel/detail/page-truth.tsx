/**
 * Whether the server agrees with what is shown of a page's session.
 *
 * Of a page's session the server is asked only when a person looks at it: once when it is opened, and
 * again when it becomes somebody else or moves elsewhere meanwhile.
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import { useAction } from "../../components/action.ts";
import { whyNotAct } from "../../store/acting.ts";
import { useStore } from "../../store/context.ts";
import { Truth } from "./truth.tsx";

/** A page signs in and selects its place in one go: it is asked for when that is over (ms). */
const PAUSE = 200;

export function PageTruth({ session }: { session: PageSessionView }): JSX.Element | null {
  const store = useStore();
  const asking = useAction();
  const { key, auth, statusSince, namespace, database } = session;
  const blocked = whyNotAct(store, session);
  // A new token for the same user is a new sign-in as well.
  const identity = JSON.stringify([statusSince, auth.user, auth.access, namespace, database]);

  useEffect(() => {
    if (blocked !== undefined) return;
    const timer = setTimeout(() => {
      void asking.run(() => store.call("session.check", { key }));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [key, identity, blocked]);

  // Who doesn't ask and has no answer has nothing to say.
  if (blocked !== undefined && session.truth.state === "unchecked") return null;
  return <Truth session={session} working={asking} blocked={blocked} />;
}
