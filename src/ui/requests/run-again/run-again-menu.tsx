/** "Run again as ▾": every session in which a recorded request can be run once more, one or several. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Menu, type MenuItem } from "../../components/menu.tsx";
import { obstacle } from "../../query/can-run.ts";
import { whyNotAct } from "../../store/acting.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { MOST_TARGETS } from "../../store/query-targets.ts";
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
  onRun: (sessions: readonly AnySession[]) => unknown;
  /** Writes it into the view Query, with these sessions chosen. */
  onOpen: (sessions: readonly AnySession[]) => unknown;
}

export function RunAgainMenu({ impossible, onRun, onOpen }: RunAgainMenuProps): JSX.Element {
  const store = useStore();
  /** By key, in the order in which they were chosen. */
  const checked = useSignal<readonly string[]>([]);
  const held: AnySession[] = store.sessions.all.value.filter((each) => !isClosed(each));
  const ofPage: AnySession[] = store.page.sessions.all.value.filter((each) => !isClosed(each));
  const all = [...held, ...ofPage];
  const able = all.filter((session) => whyNot(store, session) === undefined);
  const chosen = checked.value.flatMap((key) => able.find((each) => each.key === key) ?? []);
  const full = chosen.length >= MOST_TARGETS;

  const items: MenuItem[] = all.map((session, index) => {
    const obstacleText = whyNot(store, session);
    const isChosen = chosen.includes(session);
    return {
      id: session.key,
      text: `${session.label} · ${userWord(session)} · ${placeWord(session)}${
        isPageSession(session) ? " · this page" : ""
      }`,
      title: obstacleText,
      disabled: obstacleText !== undefined || (full && !isChosen),
      checked: isChosen,
      stays: true,
      parted: index === held.length && index > 0,
      onSelect: () => {
        const keys = chosen.map(({ key }) => key);
        checked.value = isChosen
          ? keys.filter((key) => key !== session.key)
          : [...keys, session.key];
      },
    };
  });
  const [only] = chosen;
  const who = chosen.length > 1 ? `${chosen.length} sessions` : (only?.label ?? "…");
  const actions: MenuItem[] = [
    {
      id: "run",
      text: `Run as ${who}`,
      title: "Runs it once in each, beside what was recorded; what writes is asked about first",
      parted: true,
      disabled: chosen.length === 0,
      onSelect: () => onRun(chosen),
    },
    {
      id: "open",
      text: "Open in Query",
      title:
        "Writes it into Query, with its variables and these sessions, to be changed and run there",
      onSelect: () => onOpen(chosen),
    },
  ];
  const reason =
    impossible ?? (items.length === 0 ? "There is no session to run it in." : undefined);
  return (
    <Menu
      label={reason ?? "Runs this request once more, as the sessions you choose"}
      text="Run again as"
      disabled={reason !== undefined}
      items={[...items, ...actions]}
    />
  );
}
