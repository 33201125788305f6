/** What would sign the page out, or can't be taken back, asks once, at its place, and names the page. */
import type { JSX } from "preact";
import type { WebSessionView } from "../../../web/web-model.ts";
import type { Action } from "../../components/action.ts";
import { Confirm } from "../../components/confirm.tsx";
import { useStore } from "../../store/context.ts";
import { isInPage } from "../../store/web.ts";
import { siteName } from "../../words/routes.ts";

export type WebQuestion = "end" | "remove";

export interface AskOfWebProps {
  session: WebSessionView;
  question: WebQuestion;
  action: Action;
  close: () => void;
}

export function AskOfWeb({ session, question, action, close }: AskOfWebProps): JSX.Element {
  const store = useStore();
  const { key, label, holder } = session;
  const page = isInPage(store.web, session) ? <b>{siteName(session.origin)}</b> : undefined;
  const act = async (work: () => Promise<unknown>) => {
    if (await action.run(work)) close();
  };
  if (question === "end") {
    return (
      <Confirm yes="Sign out" onYes={() => act(() => store.call("web.end", { key }))} close={close}>
        Sign “{label}” out at the server?{" "}
        {page && <>The page {page} runs as it, and is signed out by that.</>}
        {session.savedAs !== undefined && " The saved one ends with it."}
      </Confirm>
    );
  }
  return (
    <Confirm yes="Remove" onYes={() => act(() => store.call("web.remove", { key }))} close={close}>
      {holder === "extension" ? (
        <>
          Remove “{label}” from the list? It isn't ended by that, but its tokens are forgotten:
          nobody can switch to it again. {page && <>The page {page} keeps it.</>}
        </>
      ) : (
        <>
          Take “{label}” out of the page? {page} runs as it, and is signed out by that.
        </>
      )}
    </Confirm>
  );
}
