/** Is Switchyard on here, in a word; what that means; and the one thing to do about it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SiteView } from "../../messages/commands.ts";
import { siteHost } from "../../messages/site-pattern.ts";
import { type Action, useAction } from "../components/action.ts";
import { Button } from "../components/button.tsx";
import { ErrorNote } from "../components/error-note.tsx";
import type { PopupParts } from "./popup.tsx";
import type { SiteState } from "./site-state.ts";

export function SiteCard({ state, parts }: { state: SiteState; parts: PopupParts }): JSX.Element {
  const action = useAction();
  /** What the person has answered the browser here, until the page is reloaded. */
  const answered = useSignal<"yes" | "no" | undefined>(undefined);
  const { tone, title, text } = wordsOf(state, answered.value === "yes");

  const ask = (request: () => Promise<boolean>) =>
    action.run(async () => {
      answered.value = (await request()) ? "yes" : "no";
    });
  const reload = () =>
    action.run(async () => {
      await parts.client.call("page.reload", {});
      answered.value = undefined;
    });

  return (
    <section class="sy-toolbar-site" data-site-state={state.kind} aria-live="polite">
      <h2 class={`sy-tone-${tone}`}>
        <span class="sy-state-mark" aria-hidden="true">
          {MARKS[tone]}
        </span>
        <span class="sy-toolbar-state">{title}</span>
      </h2>
      {text !== undefined && <p class={late(state)}>{text}</p>}
      <div class={`sy-toolbar-actions ${late(state)}`}>
        <Ways state={state} parts={parts} action={action} ask={ask} reload={reload} />
      </div>
      {answered.value === "no" && <p>The browser was told no: nothing has changed.</p>}
      <ErrorNote error={action.error} />
    </section>
  );
}

const MARKS = { good: "●", warn: "⚠", idle: "○" };

/** What is said of waiting appears only where it takes long. */
const late = ({ kind }: SiteState) => (kind === "waiting" ? "sy-toolbar-late" : "");

interface Words {
  tone: keyof typeof MARKS;
  title: string;
  text?: string;
}

function wordsOf(state: SiteState, justEnabled: boolean): Words {
  switch (state.kind) {
    case "waiting":
      return {
        tone: "idle",
        title: "Looking at this page…",
        text: "It hasn’t answered yet. Its tab may be loading, or asleep.",
      };
    case "forbidden":
      return {
        tone: "idle",
        title: "Not on this page",
        text: "It belongs to the browser, or is no web page: extensions can’t run here.",
      };
    case "off":
      return {
        tone: "idle",
        title: `Off on ${(state.url && siteHost(state.url)) ?? "this site"}`,
        text:
          "Enabled, it reads the traffic of this site’s WebSockets to SurrealDB and looks at its " +
          "sign-in (SuperTokens, Clerk), only while you look. Nothing leaves this computer.",
      };
    case "local-off":
      return {
        tone: "idle",
        title: "Not allowed on localhost",
        text: "The browser doesn’t let Switchyard run on the pages of this computer.",
      };
    case "needs-reload":
      return justEnabled
        ? { tone: "good", title: "Enabled", text: "Reload the page to begin." }
        : {
            tone: "warn",
            title: "Reload to begin",
            text: "Opened before Switchyard was installed or enabled.",
          };
    case "on":
      return {
        tone: "good",
        title: state.local ? "On, as on all of localhost" : "On for this site",
      };
    case "leaving":
      return { tone: "warn", title: "Turned off", text: "This page is watched until it reloads." };
  }
}

interface WaysProps {
  state: SiteState;
  parts: PopupParts;
  action: Action;
  ask: (request: () => Promise<boolean>) => unknown;
  reload: () => unknown;
}

/** The buttons. What asks for a site does so in the click itself, as browsers demand. */
function Ways({ state, parts, action, ask, reload }: WaysProps): JSX.Element | null {
  const { host, sites } = parts;
  switch (state.kind) {
    case "waiting":
    case "leaving":
      return <Reload onClick={reload} />;
    case "forbidden":
      return null;
    case "off": {
      const { url } = state;
      return (
        <Button
          variant="primary"
          onClick={() => (url === undefined ? host.openOptions() : ask(() => sites.enable(url)))}
        >
          Enable on this site
        </Button>
      );
    }
    case "local-off":
      return (
        <Button variant="primary" onClick={() => ask(() => sites.allowLocal())}>
          Allow on localhost
        </Button>
      );
    case "needs-reload":
      return (
        <>
          <Reload onClick={reload} />
          <TurnOff sites={state.sites} action={action} disable={sites.disable} />
        </>
      );
    case "on":
      return <TurnOff sites={state.sites} action={action} disable={sites.disable} />;
  }
}

function Reload({ onClick }: { onClick: () => unknown }): JSX.Element {
  return (
    <Button variant="primary" icon="refresh" onClick={onClick}>
      Reload page
    </Button>
  );
}

interface TurnOffProps {
  sites: readonly SiteView[];
  action: Action;
  disable: (site: SiteView) => Promise<void>;
}

/** One button; more where leave was given for `*.acme.com` and for `staging.acme.com`. */
function TurnOff({ sites, action, disable }: TurnOffProps): JSX.Element {
  return (
    <>
      {sites.map((site) => (
        <Button key={site.pattern} onClick={() => action.run(() => disable(site))}>
          {sites.length === 1 ? "Turn off on this site" : `Turn off on ${site.host}`}
        </Button>
      ))}
    </>
  );
}
