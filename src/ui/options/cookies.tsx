/** The permission "cookies": whether there is one, what it is for, and the ways to change that. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import { StateMark } from "../components/state-mark.tsx";
import type { OptionsParts } from "./options.tsx";

const ALLOWED = {
  tone: "good",
  mark: "●",
  word: "Allowed",
  sentence: "Switchyard may use the cookies of sites on which it is on.",
} as const;
const NOT_ALLOWED = {
  tone: "idle",
  mark: "○",
  word: "Not allowed",
  sentence: "Switchyard reads and writes no cookies.",
} as const;

export function Cookies({ parts }: { parts: OptionsParts }): JSX.Element {
  const { requestCookies, takeBackCookies, onCookies } = parts.host;
  const action = useAction();
  const granted = useSignal<boolean | undefined>(undefined);
  const refused = useSignal(false);
  useEffect(
    () =>
      onCookies?.((now) => {
        granted.value = now;
        if (now) refused.value = false;
      }),
    [],
  );

  const allow = () =>
    action.run(async () => {
      if (requestCookies) refused.value = !(await requestCookies());
    });

  return (
    <>
      <p>
        SuperTokens keeps its tokens in cookies that scripts can’t see. With this permission
        Switchyard shows where they are, saves sessions of a page and puts them back. It uses the
        cookies of sites on which it is on, and of no others; what it saves stays in memory until
        the browser closes.
      </p>
      <ul class="sy-options-sites">
        <li data-cookies={granted.value === undefined ? "unknown" : granted.value ? "on" : "off"}>
          <b>Cookies</b>
          {granted.value !== undefined && (
            <StateMark state={granted.value ? ALLOWED : NOT_ALLOWED} />
          )}
          {granted.value === true && takeBackCookies && (
            <Button onClick={() => action.run(takeBackCookies)}>Take back</Button>
          )}
          {granted.value === false && requestCookies && (
            <Button variant="primary" onClick={allow}>
              Allow
            </Button>
          )}
        </li>
      </ul>
      <p role="status" class="sy-options-done">
        {refused.value && "Not allowed, since the browser’s question was answered with no."}
      </p>
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}
