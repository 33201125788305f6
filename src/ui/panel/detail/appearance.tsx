/** The session's badge, which opens its colour and, of a held session, its number. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { SessionView } from "../../../session/model.ts";
import type { Action } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { ColourChoice } from "../../components/colour-choice.tsx";
import { endKey } from "../../components/end-key.ts";
import { Field, Select } from "../../components/field.tsx";
import { usePopup } from "../../components/popup.ts";
import { useStore } from "../../store/context.ts";

const NUMBERS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

export interface AppearanceProps {
  session: SessionView;
  action: Action;
}

export function Appearance({ session, action }: AppearanceProps): JSX.Element {
  const store = useStore();
  const taken = new Map(
    store.sessions.all.value
      .filter((each) => each.number !== undefined && each.key !== session.key)
      .map((each) => [String(each.number), each.label]),
  );
  const edit = (change: { colour?: string; number?: number | null }) =>
    action.run(() => store.call("session.edit", { key: session.key, ...change }));
  return (
    <BadgeButton
      title="Colour and number"
      label={session.label}
      colour={session.colour}
      onColour={(colour) => edit({ colour })}
    >
      <Field label="Number">
        {({ id }) => (
          <Select
            id={id}
            value={session.number === undefined ? "" : String(session.number)}
            options={[
              { value: "", text: "None" },
              ...NUMBERS.map((number) => ({
                value: number,
                text: taken.has(number) ? `${number} (now ${taken.get(number)})` : number,
              })),
            ]}
            onChange={(number) => edit({ number: number === "" ? null : Number(number) })}
          />
        )}
      </Field>
    </BadgeButton>
  );
}

export interface BadgeButtonProps {
  /** What can be chosen there. */
  title: string;
  label: string;
  colour: string;
  onColour: (colour: string) => void;
  /** Beneath the colours. */
  children?: ComponentChildren;
}

export function BadgeButton(props: BadgeButtonProps): JSX.Element {
  const { title, label, colour, onColour, children } = props;
  const open = useSignal(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const close = () => {
    open.value = false;
  };
  usePopup({ anchor, popup, open: open.value, close, align: "fill" });
  useLayoutEffect(() => {
    if (open.value) popup.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
  }, [open.value]);

  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="sy-badge-button"
        aria-label={title}
        title={title}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Badge label={label} colour={colour} />
      </button>
      <div
        ref={popup}
        class="sy-popup sy-appearance"
        role="dialog"
        aria-label={title}
        popover="manual"
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          endKey(event);
          close();
          anchor.current?.focus();
        }}
      >
        {open.value && (
          <>
            <ColourChoice label={label} value={colour} onChange={onColour} />
            {children}
          </>
        )}
      </div>
    </>
  );
}
