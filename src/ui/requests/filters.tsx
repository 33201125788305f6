/** What of the log is shown: by session, method, frame and duration. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { TextInput } from "../components/field.tsx";
import { Menu, type MenuItem } from "../components/menu.tsx";
import { useStore } from "../store/context.ts";
import { count } from "../values/sizes.ts";
import { placeWord } from "../words/identity.ts";
import { frameName } from "../words/page.ts";
import { sessionName, userThen } from "./session-names.ts";
import { useRequests } from "./use-requests.ts";

interface ChoiceProps<T> {
  /** "sessions": what there are several of. */
  what: string;
  chosen: readonly T[];
  options: readonly { value: T; text: string; short: string }[];
  onChange: (chosen: T[]) => void;
}

/** A menu in which any number of things is chosen; none of them means all. */
function Choice<T extends string | number>(props: ChoiceProps<T>): JSX.Element {
  const { what, chosen, options } = props;
  const [first] = chosen;
  const only = chosen.length === 1 && options.find((option) => option.value === first);
  const text = only ? only.short : chosen.length === 0 ? `All ${what}` : `${chosen.length} ${what}`;
  const items: MenuItem[] = [
    { text: `All ${what}`, checked: chosen.length === 0, onSelect: () => props.onChange([]) },
    ...options.map(({ value, text: long }, index) => ({
      id: String(value),
      text: long,
      checked: chosen.includes(value),
      stays: true,
      parted: index === 0,
      onSelect: () =>
        props.onChange(
          chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value],
        ),
    })),
  ];
  return (
    <span class={chosen.length > 0 ? "sy-choice-made" : undefined}>
      <Menu label={`Which ${what} are shown`} text={text} items={items} />
    </span>
  );
}

export function SessionChoice(): JSX.Element {
  const store = useStore();
  const requests = useRequests();
  requests.revision.value;
  const source = requests.source.value;
  const seen = source.sessions();
  const imported = source.readOnly ? seen : undefined;
  return (
    <Choice
      what="sessions"
      chosen={requests.filter.value.sessions}
      options={seen.map(({ key, last, requests: sent }) => {
        const { label } = sessionName(store, last, imported);
        const who = `${label} · ${userThen(last)} · ${placeWord(last)}`;
        return { value: key, text: `${who} (${count(sent)})`, short: label };
      })}
      onChange={(sessions) => requests.setFilter({ sessions })}
    />
  );
}

export function MethodChoice(): JSX.Element {
  const requests = useRequests();
  requests.revision.value;
  const seen = requests.source.value.methods();
  const chosen = requests.filter.value.methods;
  const methods = [
    ...seen,
    // Remembered from another page, which used them.
    ...chosen
      .filter((method) => !seen.some((each) => each.method === method))
      .map((method) => ({ method, requests: 0 })),
  ];
  return (
    <Choice
      what="methods"
      chosen={chosen}
      options={methods.map(({ method, requests: sent }) => ({
        value: method,
        text: `${method} (${count(sent)})`,
        short: method,
      }))}
      onChange={(next) => requests.setFilter({ methods: next })}
    />
  );
}

/** Nothing while all requests come from one frame. */
export function FrameChoice(): JSX.Element | null {
  const store = useStore();
  const requests = useRequests();
  requests.revision.value;
  const seen = requests.source.value.frames();
  const chosen = requests.filter.value.frames;
  if (seen.length < 2 && chosen.length === 0) return null;
  const frames = store.page.frames.value;
  return (
    <Choice
      what="frames"
      chosen={chosen}
      options={seen.map(({ frameId, requests: sent }) => {
        const frame = frames.find((each) => each.frameId === frameId);
        const name = frame ? frameName(frame) : frameId === 0 ? "the page" : `frame ${frameId}`;
        return { value: frameId, text: `${name} (${count(sent)})`, short: name };
      })}
      onChange={(next) => requests.setFilter({ frames: next })}
    />
  );
}

export function SlowerThan(): JSX.Element {
  const requests = useRequests();
  const id = useId();
  const { slowerThan } = requests.filter.value;
  return (
    <span class="sy-slower" title="Shows requests that took at least so long">
      <label for={id} aria-label="Slower than, in milliseconds">
        ≥
      </label>
      <TextInput
        id={id}
        type="number"
        min={0}
        value={slowerThan === undefined ? "" : String(slowerThan)}
        onInput={(text) => {
          const value = Number(text);
          requests.setFilter({ slowerThan: text === "" || !(value > 0) ? undefined : value });
        }}
      />
      ms
    </span>
  );
}
