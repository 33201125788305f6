/** The buttons of a page's session. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { PageSessionView } from "../../../session/page/page-model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { whyNotAct } from "../../store/acting.ts";
import { useStore } from "../../store/context.ts";
import { keepCopy, type PageQuestion } from "./page-questions.tsx";

export interface PageSessionActionsProps {
  session: PageSessionView;
  action: Action;
  question: Signal<PageQuestion | undefined>;
}

export function PageSessionActions(props: PageSessionActionsProps): JSX.Element {
  const { session, action, question } = props;
  const store = useStore();
  const blocked = whyNotAct(store, session);
  const { key, auth } = session;
  const signedIn = auth.level !== "anonymous";
  const noToken = signedIn && !session.hasToken ? "Its access token was not seen." : undefined;
  const tooltip = (text: string) => blocked ?? text;

  const items: MenuItem[] = [
    {
      text: "Run a query as this session",
      title: blocked,
      disabled: blocked !== undefined,
      onSelect: () => store.queryAs(key),
    },
    {
      text: "Check with server",
      title: tooltip("Asks the server who it thinks this session is"),
      disabled: blocked !== undefined,
      parted: true,
      onSelect: () => action.run(() => store.call("session.check", { key })),
    },
    {
      text: "Reset…",
      title: tooltip("reset()"),
      disabled: blocked !== undefined,
      onSelect: () => {
        question.value = { kind: "reset" };
      },
    },
    {
      text: "Expire now…",
      title: tooltip("Simulated: invalidate behind the SDK's back"),
      disabled: blocked !== undefined || !signedIn,
      onSelect: () => {
        question.value = { kind: "expire" };
      },
    },
    {
      text: "Close",
      title: tooltip("detach: it ends at the server, and the page's next request in it fails"),
      disabled: blocked !== undefined || session.id === undefined,
      danger: true,
      parted: true,
      onSelect: () => action.run(() => store.call("session.close", { key })),
    },
  ];

  return (
    <div class="sy-head-actions">
      <Button
        variant="primary"
        disabled={noToken !== undefined}
        title={
          noToken ??
          "A session of your own with the same place, variables and access token; never the refresh token"
        }
        onClick={() =>
          action.run(async () => {
            question.value = await keepCopy(store, key);
          })
        }
      >
        Keep a copy
      </Button>
      {signedIn && session.status === "active" && (
        <Button
          disabled={blocked !== undefined}
          title={tooltip("invalidate(): it stays attached, as nobody")}
          onClick={() => action.run(() => store.call("session.end", { key }))}
        >
          Sign out
        </Button>
      )}
      <Menu label="More actions" items={items} busy={action.busy} />
    </div>
  );
}
