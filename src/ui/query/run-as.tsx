/**
 * Whom the statement runs as: each chosen session by name, with a way off, and a menu of all others.
 * It is never implied.
 */
import type { JSX } from "preact";
import { Badge } from "../components/badge.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu, type MenuItem } from "../components/menu.tsx";
import type { AnySession } from "../store/any-session.ts";
import { MOST_TARGETS } from "../store/query-targets.ts";
import { isClosed } from "../store/sessions.ts";
import type { PanelStore } from "../store/store.ts";
import { placeWord, userWord } from "../words/identity.ts";

export interface RunAsProps {
  store: PanelStore;
  /** Those chosen, in order. */
  sessions: readonly AnySession[];
}

export function RunAs({ store, sessions }: RunAsProps): JSX.Element {
  const keys = sessions.map(({ key }) => key);
  const full = sessions.length >= MOST_TARGETS;
  const choose = (chosen: readonly string[]) => store.queryTargets.choose(chosen);

  const items = (all: readonly AnySession[], parted: boolean): MenuItem[] =>
    all
      .filter((each) => !isClosed(each))
      .map((each, index) => {
        const checked = keys.includes(each.key);
        return {
          id: each.key,
          text: `${each.label} · ${userWord(each)} · ${placeWord(each)}`,
          checked,
          parted: parted && index === 0,
          stays: true,
          disabled: full && !checked,
          onSelect: () =>
            choose(checked ? keys.filter((key) => key !== each.key) : [...keys, each.key]),
        };
      });
  const ofPage = items(store.page.sessions.all.value, false);
  const held = items(store.sessions.all.value, ofPage.length > 0);

  return (
    <fieldset class="sy-run-as" aria-label="Run as">
      <span class="sy-run-as-word" aria-hidden="true">
        Run as
      </span>
      {sessions.map((each) => (
        <span key={each.key} class="sy-run-as-chip" data-run-as={each.key}>
          <Badge label={each.label} colour={each.colour} />
          <span class="sy-run-as-name" title={`${userWord(each)} · ${placeWord(each)}`}>
            {each.label}
          </span>
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
        items={[...ofPage, ...held]}
      />
    </fieldset>
  );
}
