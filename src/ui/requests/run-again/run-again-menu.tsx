/** "Run again in ▾": every session in which a recorded request can be run once more. */
import type { JSX } from "preact";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { obstacle } from "../../query/can-run.ts";
import { whyNotAct } from "../../store/acting.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { isClosed } from "../../store/sessions.ts";
import type { PanelStore } from "../../store/store.ts";
import { placeWord, userWord } from "../../words/identity.ts";

function whyNot(store: PanelStore, session: AnySession): string | undefined {
  if (isPageSession(session)) return whyNotAct(store, session);
  const inTheWay = obstacle(session);
  return inTheWay?.final ? inTheWay.text : undefined;
}

export interface RunAgainMenuProps {
  /** Why it can't be run again at all, one sentence. */
  impossible: string | undefined;
  onChoose: (session: AnySession) => unknown;
}

export function RunAgainMenu({ impossible, onChoose }: RunAgainMenuProps): JSX.Element {
  const store = useStore();
  const held: AnySession[] = store.sessions.all.value.filter((each) => !isClosed(each));
  const ofPage: AnySession[] = store.page.sessions.all.value.filter((each) => !isClosed(each));
  const items: MenuItem[] = [...held, ...ofPage].map((session, index) => {
    const obstacleText = whyNot(store, session);
    return {
      id: session.key,
      text: `${session.label} · ${userWord(session)} · ${placeWord(session)}${
        isPageSession(session) ? " · this page" : ""
      }`,
      title: obstacleText,
      disabled: obstacleText !== undefined,
      parted: index === held.length && index > 0,
      onSelect: () => onChoose(session),
    };
  });
  const reason =
    impossible ?? (items.length === 0 ? "There is no session to run it in." : undefined);
  return (
    <Menu
      label={reason ?? "Runs this request once more, in the session you choose"}
      text="Run again in"
      disabled={reason !== undefined}
      items={items}
    />
  );
}
