// biome-ignore-all lint/a11y/useSemanticElements: a select can't show what these options show
// biome-ignore-all lint/a11y/useFocusableInteractive: the search has the focus and names the active option
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the search's
/**
 * The list in which a person picks whom the tab runs as: a search, the sessions, and beneath them what
 * of the page is meant and whether it stays.
 *
 * The search has the focus all the time and moves the active option, as WAI-ARIA's combobox does. So
 * the same keys work wherever it stands: in the panel, in the popup.
 */
import { endKey } from "../components/end-key.ts";
import "../components/search.css";
import "./switcher.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { ViewClient } from "../../messages/view-client.ts";
import type { SessionKey } from "../../session/model.ts";
import { Icon } from "../components/icon.tsx";
import type { PageStore } from "../store/page.ts";
import type { RoutesStore, RouteTarget } from "../store/routes.ts";
import type { WebStore } from "../store/web.ts";
import type { WorkerState } from "../store/worker-state.ts";
import { type SwitcherItem, switcherItemKey, switcherItems, webCandidates } from "./choices.ts";
import { headOf, Item } from "./item.tsx";
import { activeAfter, switcherStep } from "./keys.ts";
import { optionOf, type ScopeOption, scopeOptions } from "./scopes.ts";
import { WhatAndWhen } from "./what-and-when.tsx";

export interface SwitcherParts extends Pick<WorkerState, "sessions" | "connections"> {
  page: PageStore;
  web: WebStore;
  routes: RoutesStore;
  call: ViewClient["call"];
}

export interface SwitcherProps {
  parts: SwitcherParts;
  /** Runs the tab as this session. */
  onPick: (to: SessionKey, target: RouteTarget) => void;
  /** Back to the page's own session. */
  onOwn: (documentId: string | undefined) => void;
  /** The page is to be signed in as this web session. */
  onPickWeb: (to: SessionKey) => void;
  onLeave: () => void;
  /** What is looked for at the start. */
  filter?: string | undefined;
  /** What can be done where there is no session to pick. */
  none: ComponentChildren;
}

export function Switcher(props: SwitcherProps): JSX.Element {
  const { parts, onPick, onPickWeb, onOwn, onLeave } = props;
  const { page, routes, web } = parts;
  const filter = useSignal(props.filter ?? "");
  const active = useSignal(-1);
  /** What the person chose here; until then what the tab's route says. */
  const chosen = useSignal<string | undefined>(undefined);
  const listId = useId();
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    search.current?.focus({ preventScroll: true });
    look(filter.peek());
  }, []);

  const sockets = page.sockets.value;
  const current = routes.current.value;
  const scopes = scopeOptions({
    frames: page.frames.value,
    sockets,
    sessions: page.sessions.all.value,
    current,
  });
  const scope =
    scopes.find(({ value }) => value === chosen.value) ??
    (current && optionOf(scopes, current)) ??
    (scopes[0] as ScopeOption);
  const route = scope.target.documentId
    ? routes.frames.value.find(({ origin }) => origin === scope.origin)
    : current;

  const itemsFor = (text: string) =>
    switcherItems({
      sessions: parts.sessions.all.value,
      connections: parts.connections.all.value,
      servers: sockets.map(({ url }) => url),
      web: webCandidates(web.sites.value, web.ofPage.all.value, web.saved.all.value),
      filter: text,
    });
  const items = itemsFor(filter.value);
  const optionId = (index: number) => `${listId}-${index}`;

  function pick(item: SwitcherItem | undefined) {
    if (!item) return;
    if (item.kind === "own") onOwn(scope.target.documentId);
    else if (item.kind === "web") onPickWeb(item.session.key);
    else onPick(item.session.key, scope.target);
  }

  function move(to: number) {
    active.value = to;
    list.current?.querySelectorAll("[role=option]")[to]?.scrollIntoView({ block: "nearest" });
  }

  function look(text: string) {
    filter.value = text;
    move(activeAfter(text, itemsFor(text)));
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const state = { items, filter: filter.value, active: active.value };
    const step = switcherStep(event.key, state);
    if (!step) return;
    if (step.kind === "move") move(step.to);
    else if (step.kind === "pick") pick(items[step.index]);
    else if (step.kind === "clear") look("");
    else onLeave();
    endKey(event);
  }

  return (
    <div class="sy-switcher">
      <div class="sy-search">
        <Icon name="search" />
        <input
          ref={search}
          type="text"
          class="sy-input"
          role="combobox"
          placeholder="Run this tab as…"
          aria-label="Run this tab as"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active.value < 0 ? undefined : optionId(active.value)}
          autocomplete="off"
          spellcheck={false}
          value={filter.value}
          onInput={(event) => look(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        id={listId}
        class="sy-switcher-list"
        role="listbox"
        aria-label="Sessions"
        tabIndex={-1}
      >
        {items.map((item, index) => (
          <Item
            key={switcherItemKey(item)}
            id={optionId(index)}
            item={item}
            head={headOf(items, index, sockets.length > 0)}
            active={index === active.value}
            chosen={
              item.kind === "own"
                ? !route
                : item.kind === "web"
                  ? item.session.current
                  : item.session.key === route?.to
            }
            onPick={() => pick(item)}
          />
        ))}
        {!items.some(({ kind }) => kind !== "own") &&
          (filter.value.trim() === "" ? (
            <div class="sy-switcher-none">{props.none}</div>
          ) : (
            <p class="sy-switcher-none sy-dim">No session matches “{filter.value}”.</p>
          ))}
      </div>
      <WhatAndWhen
        parts={parts}
        route={route}
        scope={scope}
        scopes={scopes}
        onScope={(option) => {
          chosen.value = option.value;
          const running = routes.current.value;
          // What runs already is changed at once: nobody would look for a second button.
          if (running && !option.target.documentId) void routes.set(running.to, option.target);
        }}
      />
    </div>
  );
}
