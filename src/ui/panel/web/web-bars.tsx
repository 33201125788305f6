/**
 * What a person should hear of the page's web sign-ins: a bar each, until they dismiss it or do what it
 * offers. Above them stands why a switch came to nothing.
 */
import "./web-bars.css";
import type { JSX } from "preact";
import type { WebNotice } from "../../../web/web-model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { takeOffer } from "../../store/web.ts";
import { Bar } from "../bar.tsx";

export function WebBars(): JSX.Element {
  const { web } = useStore();
  const action = useAction();
  return (
    <div class="sy-banners sy-web-bars" aria-live="polite">
      <ErrorNote error={web.error.value} onDismiss={() => web.dismissError()} />
      {web.notices.value.map((notice) => (
        <NoticeBar key={notice.id} notice={notice} action={action} />
      ))}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </div>
  );
}

function NoticeBar({ notice, action }: { notice: WebNotice; action: Action }): JSX.Element {
  const store = useStore();
  const { id, tone, text, offer } = notice;
  return (
    <div data-web-notice={id} data-tone={tone}>
      <Bar
        kind="web"
        tone={tone === "done" ? "good" : "warn"}
        actions={
          offer && (
            <Button
              icon={offer === "reload" ? "refresh" : undefined}
              onClick={() => action.run(() => takeOffer(store, notice))}
            >
              {offer === "reload" ? "Reload page" : "Switch again"}
            </Button>
          )
        }
        onDismiss={() => action.run(() => store.call("web.dismiss", { id }))}
      >
        {text}
      </Bar>
    </div>
  );
}
