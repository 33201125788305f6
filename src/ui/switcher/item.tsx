// biome-ignore-all lint/a11y/useFocusableInteractive: the search has the focus and names the active option
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the search's
/** One of those whom a tab can run as: the page itself, a session of one's own, a web sign-in. */
import type { ComponentChildren, JSX } from "preact";
import { Badge } from "../components/badge.tsx";
import { Icon } from "../components/icon.tsx";
import { StateMark } from "../components/state-mark.tsx";
import { now } from "../store/clock.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { serverName } from "../words/page.ts";
import { OWN_SESSION, siteName } from "../words/routes.ts";
import { type StateWord, sessionState } from "../words/status.ts";
import { webPlaceWord, webState } from "../words/web.ts";
import { canServe, type SwitcherItem } from "./choices.ts";

/** What stands over the first item of a group; nothing where all are of one kind. */
export function headOf(
  items: readonly SwitcherItem[],
  index: number,
  pageHasServers: boolean,
): string | undefined {
  const item = items[index];
  const before = items[index - 1];
  if (item?.kind === "web") {
    const { origin } = item.session;
    const same = before?.kind === "web" && before.session.origin === origin;
    return same ? undefined : `Sign-in: ${siteName(origin)}`;
  }
  if (!pageHasServers || item?.kind !== "session") return undefined;
  if (before?.kind === "session" && before.near === item.near) return undefined;
  return item.near ? "On the page's server" : "On another server";
}

export interface ItemProps {
  id: string;
  item: SwitcherItem;
  head: string | undefined;
  active: boolean;
  chosen: boolean;
  onPick: () => void;
}

export function Item(props: ItemProps): JSX.Element {
  const { item } = props;
  switch (item.kind) {
    case "own":
      return (
        <Option {...props} pick="own">
          <span class="sy-switcher-digit" />
          <span class="sy-switcher-own">{OWN_SESSION}</span>
        </Option>
      );
    case "session": {
      const { session, connection, near, careful, digit } = item;
      return (
        <Option {...props} pick={session.key} idle={!canServe(session)}>
          <span class="sy-switcher-digit" title={digit === undefined ? undefined : `Key ${digit}`}>
            {digit}
          </span>
          <Words session={session} state={sessionState(session, now.value)} careful={careful}>
            {userWord(session)} · {placeWord(session)}
            {!near && connection && ` · ${serverName(connection.url)}`}
          </Words>
        </Option>
      );
    }
    case "web": {
      const { session, why } = item;
      return (
        <Option {...props} pick={session.key} idle={why !== undefined} title={why}>
          <span class="sy-switcher-digit" />
          <Words session={session} state={webState(session, now.value)}>
            {why ?? webPlaceWord(session)}
          </Words>
        </Option>
      );
    }
  }
}

interface OptionProps extends ItemProps {
  /** Names it, for whoever looks for one. */
  pick: string;
  /** It can be picked, but would not serve now. */
  idle?: boolean;
  title?: string | undefined;
  children: ComponentChildren;
}

function Option(props: OptionProps): JSX.Element {
  const { id, head, active, chosen, onPick, pick, idle, title, children } = props;
  return (
    <>
      {head !== undefined && (
        <div class="sy-switcher-head sy-ellipsis" role="presentation" title={head}>
          {head}
        </div>
      )}
      <div
        id={id}
        role="option"
        class={`sy-switcher-item${active ? " sy-switcher-active" : ""}${
          idle ? " sy-switcher-idle" : ""
        }`}
        aria-selected={active}
        title={title}
        data-pick={pick}
        // Else the press would take the focus from the search, with which the keys are.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onPick}
      >
        {children}
        <span class="sy-switcher-check" title={chosen ? "Now" : undefined}>
          {chosen && <Icon name="check" size={14} />}
        </span>
      </div>
    </>
  );
}

interface WordsProps {
  session: { label: string; colour: string };
  state: StateWord;
  careful?: boolean;
  /** Beneath the name. */
  children: ComponentChildren;
}

function Words({ session, state, careful, children }: WordsProps): JSX.Element {
  return (
    <>
      <Badge label={session.label} colour={session.colour} />
      <span class="sy-switcher-text">
        <span class="sy-switcher-line">
          <span class="sy-switcher-label sy-ellipsis" title={session.label}>
            {session.label}
          </span>
          {careful && <span class="sy-careful">Careful</span>}
          <StateMark state={state} />
        </span>
        <span class="sy-switcher-place sy-ellipsis">{children}</span>
      </span>
    </>
  );
}
