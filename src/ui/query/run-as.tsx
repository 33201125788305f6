/**
 * Whom the statement runs as: each chosen session by name, with a list to change it and a way off, and a
 * list of all others to add. It is never implied.
 */
import type { JSX } from "preact";
import { useAction } from "../components/action.ts";
import { Badge } from "../components/badge.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu, type MenuItem } from "../components/menu.tsx";
import { type AnySession, isPageSession } from "../store/any-session.ts";
import { MOST_TARGETS } from "../store/query-targets.ts";
import { isClosed } from "../store/sessions.ts";
import type { PanelStore } from "../store/store.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { type AnonymousPlace, anonymousAt, anonymousPlaces } from "./anonymous.ts";

export interface RunAsProps {
  store: PanelStore;
  /** Those chosen, in order. */
  sessions: readonly AnySession[];
}

export function RunAs({ store, sessions }: RunAsProps): JSX.Element {
  const making = useAction();
  const keys = sessions.map(({ key }) => key);
  const full = sessions.length >= MOST_TARGETS;
  const choose = (chosen: readonly string[]) => store.queryTargets.choose(chosen);

  /** Runs as this one too, or no longer. */
  const toggled = (each: AnySession): Partial<MenuItem> => {
    const checked = keys.includes(each.key);
    return {
      checked,
      stays: true,
      disabled: full && !checked,
      onSelect: () =>
        choose(checked ? keys.filter((key) => key !== each.key) : [...keys, each.key]),
    };
  };
  /** Runs as this one in the place of another. */
  const inPlaceOf =
    (other: string) =>
    (each: AnySession): Partial<MenuItem> => ({
      checked: each.key === other,
      disabled: each.key !== other && keys.includes(each.key),
      onSelect: () => choose(keys.map((key) => (key === other ? each.key : key))),
    });

  const addAnonymous = (place: AnonymousPlace, index: number): MenuItem => ({
    id: `anonymous ${index}`,
    text: place.text,
    title: "A session that isn't signed in; it closes with this panel",
    parted: index === 0,
    disabled: full,
    onSelect: () =>
      making.run(async () => {
        const key = await anonymousAt(store, place, keys);
        choose([...keys, key]);
      }),
  });

  return (
    <fieldset class="sy-run-as" aria-label="Run as">
      <span class="sy-run-as-word" aria-hidden="true">
        Run as
      </span>
      {sessions.map((each) => (
        <span key={each.key} class="sy-run-as-chip" data-run-as={each.key} title={describe(each)}>
          <Badge label={each.label} colour={each.colour} />
          <Menu
            label={`Run as ${each.label}: choose another`}
            text={each.label}
            items={sessionItems(store, inPlaceOf(each.key))}
          />
          {sessions.length > 1 && (
            <button
              type="button"
              class="sy-run-as-off"
              aria-label={`Don't run as ${each.label}`}
              onClick={() => choose(keys.filter((key) => key !== each.key))}
            >
              <Icon name="close" size={12} />
            </button>
          )}
        </span>
      ))}
      <Menu
        label="Sessions to run as; several are compared"
        icon="add"
        text={sessions.length === 0 ? "Choose a session" : undefined}
        busy={making.busy}
        items={[
          ...sessionItems(store, toggled),
          ...anonymousPlaces(store, sessions).map(addAnonymous),
          ...(full ? [atMost] : []),
        ]}
      />
      <ErrorNote error={making.error} onDismiss={making.clear} />
    </fieldset>
  );
}

const atMost: MenuItem = {
  text: `${MOST_TARGETS} sessions at most`,
  parted: true,
  disabled: true,
  onSelect: () => undefined,
};

/** Sessions of the page first, then held ones. */
function sessionItems(
  store: PanelStore,
  act: (session: AnySession) => Partial<MenuItem>,
): MenuItem[] {
  const items = (all: readonly AnySession[], parted: boolean): MenuItem[] =>
    all
      .filter((each) => !isClosed(each))
      .map((each, index) => ({
        id: each.key,
        text: `${each.label} · ${userWord(each)} · ${placeWord(each)}${
          isPageSession(each) ? " · this page" : ""
        }`,
        title: describe(each),
        parted: parted && index === 0,
        onSelect: () => undefined,
        ...act(each),
      }));
  const ofPage = items(store.page.sessions.all.value, false);
  return [...ofPage, ...items(store.sessions.all.value, ofPage.length > 0)];
}

/** "user:bob · app/tenant_b · my session" */
function describe(session: AnySession): string {
  const kind = isPageSession(session) ? "a session of this page" : "my session";
  return `${userWord(session)} · ${placeWord(session)} · ${kind}`;
}
