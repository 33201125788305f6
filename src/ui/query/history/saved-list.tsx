/** Statements that were saved, by name: recalled, renamed, removed, and brought back. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { SavedHead, SavedStatement } from "../../../session/query/kept-statements.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { endKey } from "../../components/end-key.ts";
import { ErrorNote, Note } from "../../components/error-note.tsx";
import { TextInput } from "../../components/field.tsx";
import { byteSize } from "../../values/sizes.ts";
import { matchesSearch, oneLine, ROW } from "./keys.ts";
import type { ListProps } from "./past-list.tsx";
import { useRowFocus } from "./use-row-focus.ts";

export function SavedList({ store, state, shelf, search, leave }: ListProps): JSX.Element {
  const { statements } = store;
  const action = useAction();
  const removed = useSignal<SavedStatement | undefined>(undefined);
  const renaming = useSignal<string | undefined>(undefined);
  const list = useRef<HTMLUListElement>(null);
  const focused = useRowFocus(list);
  const all = statements.saved.value;
  const shown = all.filter(({ name, method, head }) => matchesSearch(search, [name, method, head]));

  const recall = ({ id }: SavedHead) =>
    action.run(async () => {
      const statement = await store.call("statement.load", { id });
      state.recall(statement);
      shelf.name.value = statement.name;
      leave();
    });

  const remove = ({ id }: SavedHead) =>
    action.run(async () => {
      removed.value = (await store.call("statement.remove", { id })).removed;
    });

  const bringBack = ({ id: _, savedAt: __, ...statement }: SavedStatement) =>
    action.run(async () => {
      const { taken } = await store.call("statement.save", statement);
      if (taken !== undefined) {
        throw new Error(`There is another statement “${taken}” meanwhile. It was left as it is.`);
      }
      removed.value = undefined;
    });

  return (
    <>
      {shown.length === 0 ? (
        <p class="sy-shelf-none sy-dim">
          {all.length > 0
            ? "No saved statement has these words."
            : statements.loading.value === "here"
              ? "Nothing is saved yet. Write a statement, then press Save… and give it a name."
              : "Asking for what is saved…"}
        </p>
      ) : (
        <ul ref={list} class="sy-shelf-list" aria-label="Saved statements">
          {shown.map((head, index) => (
            <SavedRow
              key={head.id}
              head={head}
              first={index === 0}
              renaming={renaming.value === head.id}
              rename={(on) => {
                renaming.value = on ? head.id : undefined;
              }}
              call={store.call}
              recall={() => recall(head)}
              remove={() => remove(head)}
              onFocus={() => focused(index)}
            />
          ))}
        </ul>
      )}
      <ErrorNote error={action.error} onDismiss={action.clear} />
      {removed.value && (
        <Note
          tone="plain"
          actions={
            <Button icon="undo" onClick={() => removed.value && bringBack(removed.value)}>
              Undo
            </Button>
          }
        >
          “{removed.value.name}” is removed.
        </Note>
      )}
      <footer class="sy-shelf-foot">
        <span class="sy-dim">Stored unencrypted in this browser profile: don’t save secrets.</span>
      </footer>
    </>
  );
}

interface RowProps {
  head: SavedHead;
  first: boolean;
  renaming: boolean;
  rename: (on: boolean) => void;
  call: ListProps["store"]["call"];
  recall: () => unknown;
  remove: () => unknown;
  onFocus: () => void;
}

function SavedRow(props: RowProps): JSX.Element {
  const { head, first, rename, recall, remove, onFocus } = props;
  const { id, name, method, head: text, size } = head;
  if (props.renaming) {
    return (
      <li class="sy-shelf-row" data-saved={name}>
        <Renaming
          name={name}
          rename={(next) => props.call("statement.rename", { id, name: next })}
          close={() => rename(false)}
        />
      </li>
    );
  }
  return (
    <li class="sy-shelf-row" data-saved={name}>
      <button
        type="button"
        class="sy-shelf-main"
        {...{ [ROW]: "" }}
        tabIndex={first ? 0 : -1}
        title={text.slice(0, 1_000)}
        onFocus={onFocus}
        onClick={recall}
        onKeyDown={(event) => {
          if (event.key === "Delete") void remove();
          else if (event.key === "F2") rename(true);
          else return;
          event.preventDefault();
        }}
      >
        <span class="sy-shelf-line">
          <b class="sy-shelf-name">{name}</b>
        </span>
        <span class="sy-shelf-line">
          {method !== "query" && <b class="sy-shelf-method">{method}</b>}
          <code class="sy-mono sy-shelf-text">{oneLine(text) || "no arguments"}</code>
          {size > 1_000 && <span class="sy-shelf-at sy-dim">{byteSize(size)}</span>}
        </span>
      </button>
      <span class="sy-shelf-actions">
        <Button icon="edit" tabIndex={-1} label="Rename (F2)" onClick={() => rename(true)} />
        <Button icon="close" tabIndex={-1} label="Remove (Delete)" onClick={remove} />
      </span>
    </li>
  );
}

interface RenamingProps {
  name: string;
  rename: (name: string) => Promise<unknown>;
  close: () => void;
}

function Renaming({ name, rename, close }: RenamingProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const written = useSignal(name);
  const action: Action = useAction();
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <form
      class="sy-shelf-form"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await action.run(() => rename(written.value))) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        close();
        endKey(event);
      }}
    >
      <div class="sy-shelf-naming">
        <TextInput
          inputRef={field}
          label={`Another name for “${name}”`}
          value={written.value}
          required
          onInput={(value) => {
            written.value = value;
          }}
        />
        <Button type="submit" busy={action.busy}>
          Rename
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </form>
  );
}
