/** Why a session is in its state and since when; and under which id the server knows it. */
import type { JSX } from "preact";
import type { SessionBase } from "../../../session/model.ts";
import { shortId } from "../../../session/short-id.ts";
import type { WebStatus } from "../../../web/web-model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Ago } from "../../components/times.tsx";
import { useStore } from "../../store/context.ts";
import { webStatusWord } from "../../words/web.ts";

export interface CauseProps {
  session: Pick<SessionBase, "cause" | "statusSince"> & { status: WebStatus };
}

export function Cause({ session }: CauseProps): JSX.Element {
  const cause = session.cause.replace(/\.$/, "");
  return (
    <span>
      {cause !== "" && cause !== webStatusWord(session.status) && `${cause} · `}
      <Ago at={session.statusSince} />
    </span>
  );
}

export interface SessionIdProps {
  session: Pick<SessionBase, "id">;
  /** Where a refusal to copy is shown. */
  action: Action;
}

export function SessionId({ session, action }: SessionIdProps): JSX.Element {
  const store = useStore();
  const { id } = session;
  if (id === undefined) return <>default session</>;
  return (
    <>
      <span class="sy-mono" title={id}>
        {shortId(id)}
      </span>
      <Button
        icon="copy"
        label="Copy the session's id"
        onClick={() => action.run(() => store.copy(id, "Session id"))}
      />
    </>
  );
}
