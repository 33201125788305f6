/** The buttons of a session. Their words are plain; the tooltips give the names of the SDKs. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { type CopyFormat, copyAs } from "../../../session/copy-as.ts";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { useStore } from "../../store/context.ts";
import { tabsOf } from "../../store/tabs-of.ts";
import { REMEMBER_HINT } from "../remember.tsx";
import { RunTabAs } from "../runs-as/run-tab-as.tsx";
import type { Question } from "./questions.tsx";

export interface SessionActionsProps {
  session: SessionView;
  action: Action;
  question: Signal<Question | undefined>;
}

const FORMATS: readonly { format: CopyFormat; text: string }[] = [
  { format: "javascript", text: "JavaScript SDK" },
  { format: "go", text: "Go SDK" },
  { format: "surrealql", text: "SurrealQL" },
];

export function SessionActions({ session, action, question }: SessionActionsProps): JSX.Element {
  const store = useStore();
  const connection = store.connections.get(session.connectionId);
  const { key } = session;
  const isDefault = session.id === undefined;
  /** What would cut a tab that runs as this session is asked about first. */
  const routed = tabsOf(store, (each) => each === key).length > 0;

  const items: MenuItem[] = [
    {
      text: "Run a query as this session",
      onSelect: () => store.queryAs(key),
    },
    {
      text: "Touch",
      title: "touch(): marks it as used, and brings an abandoned one back",
      parted: true,
      onSelect: () => action.run(() => store.call("session.touch", { key })),
    },
    {
      text: "Reset…",
      title: "reset()",
      onSelect: () => {
        question.value = "reset";
      },
    },
    {
      text: "Replace with…",
      title: "replace(by)",
      disabled: isDefault,
      onSelect: () => {
        question.value = "replace";
      },
    },
    {
      text: "Revoke tokens…",
      title: "revoke()",
      disabled: session.auth.level === "anonymous",
      onSelect: () => {
        question.value = "revoke";
      },
    },
    ...FORMATS.map(({ format, text }, index) => ({
      text: `Copy as ${text}`,
      title: "Secrets are placeholders",
      parted: index === 0,
      disabled: connection === undefined,
      onSelect: () =>
        action.run(async () => {
          if (connection) await store.copy(copyAs(session, connection, format), text);
        }),
    })),
  ];
  if (connection?.local) {
    items.push({
      text: "Remember on this computer",
      title: REMEMBER_HINT,
      parted: true,
      checked: session.remembered,
      onSelect: () =>
        action.run(() => store.call("session.remember", { key, on: !session.remembered })),
    });
  }
  items.push({
    text: routed ? "Close…" : "Close",
    title: "closeSession(), Go's Detach, Clerk's remove()",
    parted: true,
    danger: true,
    disabled: isDefault,
    onSelect: () => {
      if (routed) question.value = "close";
      else return action.run(() => store.call("session.close", { key }));
    },
  });

  return (
    <div class="sy-head-actions">
      <RunTabAs session={session} />
      <Button
        title="forkSession(): a new session with the same sign-in, place and variables"
        onClick={() =>
          action.run(async () => {
            const copy = await store.call("session.fork", { key });
            store.select(copy.key);
          })
        }
      >
        Duplicate
      </Button>
      {session.auth.level !== "anonymous" && session.status === "active" && (
        <Button
          title="invalidate(), Clerk's end(): still listed and attached, as nobody"
          onClick={() => {
            if (!routed) return action.run(() => store.call("session.end", { key }));
            question.value = "end";
            return undefined;
          }}
        >
          Sign out
        </Button>
      )}
      <Menu label="More actions" items={items} busy={action.busy} />
    </div>
  );
}
