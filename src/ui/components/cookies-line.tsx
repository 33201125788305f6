/** Says that cookies can't be used yet, why they are wanted, and asks for them in the click itself. */
import "./cookies-line.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ViewClient } from "../../messages/view-client.ts";
import type { CookieRefusal } from "../../web/web-model.ts";
import type { ViewHost } from "../host.ts";
import { cookieWords } from "../words/web.ts";
import { useAction } from "./action.ts";
import { Button } from "./button.tsx";
import { ErrorNote } from "./error-note.tsx";

export interface CookiesLineProps {
  refusal: CookieRefusal;
  /** Of the page whose cookies are meant. */
  origin: string;
  host: ViewHost;
  call: ViewClient["call"];
}

export function CookiesLine({ refusal, origin, host, call }: CookiesLineProps): JSX.Element {
  const asking = useAction();
  const refused = useSignal(false);
  const { requestCookies } = host;

  const allow = () =>
    asking.run(async () => {
      if (!requestCookies) return host.openOptions();
      const granted = await requestCookies();
      refused.value = !granted;
      // What the cookies tell is wanted now, not with the next look.
      if (granted) await call("web.look", {});
    });

  return (
    <div class="sy-cookies" data-cookies={refusal}>
      <p>{cookieWords(refusal, origin)}</p>
      {refusal === "host" ? (
        <Button onClick={() => host.openOptions(origin)}>Open the options</Button>
      ) : (
        <Button
          variant="primary"
          title={requestCookies ? undefined : "Opens the options, where the browser asks you"}
          onClick={allow}
        >
          {requestCookies ? "Allow cookies" : "Allow it in Switchyard's options"}
        </Button>
      )}
      {refused.value && <p role="status">The browser was told no: nothing has changed.</p>}
      <ErrorNote error={asking.error} onDismiss={asking.clear} />
    </div>
  );
}
