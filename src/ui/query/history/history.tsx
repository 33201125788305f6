/**
 * "Save…" and "History ▾" of the bar, and what they open: statements that were run lately, and those
 * that were saved, to search and to write into the editor again.
 *
 * The keys are those of a list with a field to search above it: arrows go up and down, Enter recalls,
 * Shift+Enter recalls and chooses the same sessions, Delete takes one away, Escape closes.
 */
import { endKey } from "../../components/end-key.ts";
import "./history.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { toErrorView } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { TextInput } from "../../components/field.tsx";
import { Icon } from "../../components/icon.tsx";
import { usePopup } from "../../components/popup.ts";
import type { PanelStore } from "../../store/store.ts";
import type { QueryState } from "../query-state.ts";
import { moveInRows } from "./keys.ts";
import { PastList } from "./past-list.tsx";
import { SaveForm } from "./save-form.tsx";
import { SavedList } from "./saved-list.tsx";
import {
  beginSaving,
  closeShelf,
  isBlank,
  type Shelf,
  type ShelfSide,
  shelfOf,
  writtenIn,
} from "./shelf.ts";

export interface HistoryProps {
  store: PanelStore;
  state: QueryState;
}

export function History({ store, state }: HistoryProps): JSX.Element {
  const shelf = shelfOf(store);
  const anchor = useRef<HTMLSpanElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const open = shelf.side.value !== undefined;
  usePopup({ anchor, popup, open, close: () => closeShelf(shelf), align: "end" });
  const saving = shelf.saving.value;
  // Here and not where the fields are: what isn't shown yet, as by theirs it isn't, takes no focus.
  useLayoutEffect(() => {
    if (!open) return;
    const field = popup.current?.querySelector<HTMLInputElement>(
      saving ? "form input" : "input[type=search]",
    );
    field?.focus();
    field?.select();
  }, [open, saving]);
  const keys = store.host.platform === "mac" ? "⌘S" : "Ctrl+S";

  function leave() {
    closeShelf(shelf);
    anchor.current?.querySelector<HTMLButtonElement>("[aria-expanded]")?.focus();
  }

  return (
    <span class="sy-shelf-anchor" ref={anchor}>
      <Button
        disabled={isBlank(writtenIn(state))}
        title={`Saves what is written under a name (${keys})`}
        onClick={() => beginSaving(shelf)}
      >
        Save…
      </Button>
      <Button
        popup="dialog"
        expanded={open}
        title="Statements that were run lately or saved"
        onClick={() => {
          if (open) closeShelf(shelf);
          else shelf.side.value = "past";
        }}
      >
        History ▾
      </Button>
      <div
        ref={popup}
        class="sy-popup sy-shelf"
        role="dialog"
        aria-label="History and saved statements"
        popover="manual"
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          leave();
          // DevTools would open its console drawer.
          endKey(event);
        }}
        onFocusOut={(event) => {
          const to = event.relatedTarget;
          if (to instanceof Node && !anchor.current?.contains(to)) closeShelf(shelf);
        }}
      >
        {open && <Opened store={store} state={state} shelf={shelf} leave={leave} />}
      </div>
    </span>
  );
}

interface OpenedProps extends HistoryProps {
  shelf: Shelf;
  /** Closes it, with the focus back on the button. */
  leave: () => void;
}

function Opened({ store, state, shelf, leave }: OpenedProps): JSX.Element {
  const { statements } = store;
  const search = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const side = shelf.side.value ?? "past";
  const saving = shelf.saving.value;
  const loading = statements.loading.value;

  useEffect(() => statements.open(), [statements]);

  // Where what had the focus is gone, as the last row of a list: the keys go on working.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) field.current?.focus();
  });

  const sides: { value: ShelfSide; text: string }[] = [
    { value: "past", text: `History ${statements.past.value.length || ""}` },
    { value: "saved", text: `Saved ${statements.saved.value.length || ""}` },
  ];
  const shared = { store, state, shelf, leave, search: search.value };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the list work from its search too
    <div
      ref={body}
      class="sy-shelf-body"
      onKeyDown={(event) => moveInRows(event, body.current, field.current)}
    >
      <div class="sy-shelf-head">
        <fieldset class="sy-shelf-sides" aria-label="Show">
          {sides.map(({ value, text }) => (
            <Button
              key={value}
              variant="quiet"
              pressed={value === side}
              onClick={() => {
                shelf.saving.value = false;
                shelf.side.value = value;
                field.current?.focus();
              }}
            >
              {text.trim()}
            </Button>
          ))}
        </fieldset>
        <div class="sy-search">
          <Icon name="search" />
          <TextInput
            type="search"
            inputRef={field}
            label={side === "past" ? "Search the history" : "Search what is saved"}
            placeholder="Search"
            value={search.value}
            onInput={(value) => {
              search.value = value;
            }}
          />
        </div>
      </div>
      {saving && <SaveForm store={store} state={state} shelf={shelf} leave={leave} />}
      {typeof loading === "object" && (
        <ErrorNote error={toErrorView(loading.failed)} onRetry={() => statements.open()} />
      )}
      {side === "past" ? <PastList {...shared} /> : <SavedList {...shared} />}
    </div>
  );
}
