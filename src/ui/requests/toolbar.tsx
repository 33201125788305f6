/**
 * What stands over the log: whether it is recorded, what of it is shown, and what is kept.
 *
 * All of it is also behind "⋯", so that what there is no room for can be left out.
 */
import { endKey } from "../components/end-key.ts";
import "./toolbar.css";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { LogLimits } from "../../session/log/log-entry.ts";
import type { Action } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { Checkbox } from "../components/field.tsx";
import { Icon } from "../components/icon.tsx";
import { Menu, type MenuItem } from "../components/menu.tsx";
import { useStore } from "../store/context.ts";
import { count } from "../values/sizes.ts";
import { FrameChoice, MethodChoice, SessionChoice, SlowerThan } from "./filters.tsx";
import { useRequests } from "./use-requests.ts";

export interface ToolbarProps {
  narrow: boolean;
  /** Leaves the filter for the list. */
  toList: () => void;
  working: Action;
}

export function Toolbar({ narrow, toList, working }: ToolbarProps): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  const { filter, preserve } = requests;
  const { readOnly } = requests.source.value;
  const recordable = !readOnly && store.page.info.value !== undefined;
  const file = useRef<HTMLInputElement>(null);
  const exportLog = () => working.run(() => requests.exportLog());

  function importFrom(input: HTMLInputElement) {
    const chosen = input.files?.[0];
    // The same file may be chosen again after it was changed.
    input.value = "";
    if (chosen) void working.run(async () => requests.importLog(chosen.name, await chosen.text()));
  }

  const items: MenuItem[] = [
    {
      text: "Show pings",
      checked: filter.value.pings,
      onSelect: () => requests.setFilter({ pings: !filter.value.pings }),
    },
    {
      text: "Preserve log",
      title: "Keeps requests when the page navigates",
      checked: preserve.value,
      disabled: readOnly,
      onSelect: () => requests.setPreserve(!preserve.value),
    },
    { text: "Export…", parted: true, onSelect: exportLog },
    { text: "Import…", onSelect: () => file.current?.click() },
    ...limitItems(requests.limits.value, (limits) => requests.setLimits(limits)),
  ];
  const more = <Menu label="More" items={items} />;

  return (
    <div class="sy-requests-bar" role="toolbar" aria-label="Requests">
      {recordable && <RecordButton working={working} />}
      {!readOnly && <Button icon="clear" label="Clear the log" onClick={() => requests.clear()} />}
      <FilterText toList={toList} />
      {narrow && more}
      <div class="sy-requests-choices">
        <SessionChoice />
        <MethodChoice />
        <FrameChoice />
      </div>
      <div class="sy-requests-checks">
        <Checkbox
          checked={filter.value.onlyErrors}
          onChange={(onlyErrors) => requests.setFilter({ onlyErrors })}
        >
          Errors
        </Checkbox>
        {!narrow && (
          <Checkbox
            checked={filter.value.pings}
            onChange={(pings) => requests.setFilter({ pings })}
          >
            Pings
          </Checkbox>
        )}
        <SlowerThan />
      </div>
      {!narrow && (
        <div class="sy-requests-keep">
          {!readOnly && (
            <Checkbox checked={preserve.value} onChange={(on) => requests.setPreserve(on)}>
              Preserve log
            </Checkbox>
          )}
          <Button
            icon="download"
            label="Export"
            title="Export: writes what is in the log to a file, secrets covered"
            onClick={exportLog}
          />
          <Button
            icon="upload"
            label="Import"
            title="Import: opens an exported log, for reading"
            onClick={() => file.current?.click()}
          />
          {more}
        </div>
      )}
      <input
        ref={file}
        type="file"
        class="sy-unseen"
        accept=".json,application/json"
        aria-label="Exported log"
        tabIndex={-1}
        onChange={(event) => importFrom(event.currentTarget)}
      />
    </div>
  );
}

function RecordButton({ working }: { working: Action }): JSX.Element {
  const requests = useRequests();
  const on = requests.recording.value;
  return (
    <Button
      variant="quiet"
      pressed={on}
      title={
        on
          ? "Pause. What the page does meanwhile isn't kept."
          : "Record what the page sends and receives"
      }
      onClick={() => working.run(() => requests.setRecording(!on))}
    >
      <span class={`sy-record${on ? " sy-record-on" : ""}`} aria-hidden="true">
        {on ? "●" : "○"}
      </span>
      {on ? "Recording" : "Record"}
    </Button>
  );
}

function FilterText({ toList }: { toList: () => void }): JSX.Element {
  const requests = useRequests();
  const { text } = requests.filter.value;
  return (
    <div class="sy-requests-search">
      <Icon name="search" />
      <input
        type="search"
        class="sy-input"
        placeholder="Filter requests"
        aria-label="Filter requests"
        title="Words in method, statement, user, result or error ( / )"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => requests.setFilter({ text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            if (text !== "") requests.setFilter({ text: "" });
            else toList();
          } else if (event.key === "ArrowDown" || event.key === "Enter") toList();
          else return;
          endKey(event);
        }}
      />
    </div>
  );
}

const ENTRIES = [1_000, 10_000, 100_000];
const BYTES = [16, 64, 128].map((megabytes) => megabytes * 1024 * 1024);

function limitItems(limits: LogLimits, set: (limits: LogLimits) => void): MenuItem[] {
  return [
    ...ENTRIES.map((entries, index) => ({
      text: `Keep ${count(entries)} requests`,
      title: "Older ones are dropped when there are more",
      checked: limits.entries === entries,
      parted: index === 0,
      onSelect: () => set({ ...limits, entries }),
    })),
    ...BYTES.map((bytes, index) => ({
      text: `Keep ${bytes / 1024 / 1024} MB of frames`,
      title: "Older ones are dropped when there is more",
      checked: limits.bytes === bytes,
      parted: index === 0,
      onSelect: () => set({ ...limits, bytes }),
    })),
  ];
}
