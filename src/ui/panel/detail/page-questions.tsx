/** What is asked before something is done in a page's session, or with its token. */
import type { JSX } from "preact";
import type { CommandResult } from "../../../messages/commands.ts";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import type { Action } from "../../components/action.ts";
import { Confirm } from "../../components/confirm.tsx";
import { useStore } from "../../store/context.ts";
import type { PanelStore } from "../../store/store.ts";
import { serverName } from "../../words/page.ts";
import { RESET_WORDS } from "./questions.tsx";

export type PageQuestion =
  | { kind: "reset" }
  | { kind: "expire" }
  /** What the worker wants confirmed before it connects to a server that it doesn't know. */
  | ({ kind: "copy" } & Extract<
      CommandResult<"session.keepCopy">,
      { confirm: unknown }
    >["confirm"]);

/** Keeps a copy and goes to it; answers the question where one is to be asked first. */
export async function keepCopy(
  store: PanelStore,
  key: string,
  confirmed?: boolean,
): Promise<PageQuestion | undefined> {
  const result = await store.call("session.keepCopy", { key, confirmed });
  if ("confirm" in result) return { kind: "copy", ...result.confirm };
  store.announce("Copy kept");
  store.select(result.key);
  return undefined;
}

export interface AskOfPageProps {
  session: PageSessionView;
  question: PageQuestion;
  action: Action;
  close: () => void;
}

export function AskOfPage({ session, question, action, close }: AskOfPageProps): JSX.Element {
  const store = useStore();
  const { key } = session;
  const act = async (work: () => Promise<unknown>) => {
    if (await action.run(work)) close();
  };
  switch (question.kind) {
    case "reset":
      return (
        <Confirm
          yes="Reset"
          onYes={() => act(() => store.call("session.reset", { key }))}
          close={close}
        >
          {RESET_WORDS} The page's SDK isn't aware of it.
        </Confirm>
      );
    case "expire":
      return (
        <Confirm
          yes="Expire now"
          onYes={() => act(() => store.call("session.expire", { key }))}
          close={close}
        >
          Simulated: invalidate behind the SDK's back. The server forgets who is signed in, the page
          goes on as if nobody had told it.
        </Confirm>
      );
    case "copy":
      return (
        <Confirm
          yes="Keep a copy"
          no="Cancel"
          onYes={() => act(() => keepCopy(store, key, true))}
          close={close}
        >
          Connect to <b>{serverName(question.url)}</b> as <b>{question.user ?? "anonymous"}</b> in{" "}
          <b>{question.place}</b>? Switchyard opens a WebSocket of its own to{" "}
          <span class="sy-mono">{question.url}</span>
          {question.user === undefined ? "." : " and sends the page's access token there only."}
        </Confirm>
      );
  }
}
